// Details of one position, beside its token: its confidence, its step, and its alternatives.

import { doubt, percent, visible } from "./canvas.js";

const GAP = 8; // pixels between token and details, and to the window's edge

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const name = (token) => visible(token).replaceAll("\n", "⏎").replaceAll(" ", "·") || "(nothing)";

export function inspect(element, recording, position, step) {
  element.hidden = position === null || !recording?.cells[position];
  if (element.hidden) return;
  const { kind, token } = recording.at(position, step);
  const cell = recording.cells[position];
  const facts = [place(recording, cell, position)];
  if (kind === "final" && token.given) facts.push("pinned by the request");
  else if (kind === "final") facts.push(`unmasked in step ${token.step + 1} of ${recording.numSteps}`);
  else if (token) facts.push("masked; this is the current proposal");
  else facts.push("masked; nothing proposed yet");
  const parts = [];
  if (token) {
    const sure = make("span", "sure", token.confidence == null ? "" : `${percent(token.confidence)} sure`);
    sure.style.setProperty("--doubt", doubt(token.confidence).toFixed(3));
    parts.push(make("p", "what", make("code", "", name(token)), sure));
  }
  parts.push(make("p", "facts", facts.join(" · ")));
  const others = (token?.alternatives ?? []).filter((other) => other.id !== token.id);
  if (others.length) parts.push(make("ol", "others", ...[token, ...others].map(bar)));
  element.replaceChildren(...parts);
}

// Below the token, or above it where there is no room; never over the window's edges.
export function moveTo(element, node) {
  if (element.hidden || !node) return;
  const [token, own] = [node.getBoundingClientRect(), element.getBoundingClientRect()];
  const left = Math.max(GAP, Math.min(token.left, document.documentElement.clientWidth - own.width - GAP));
  const below = token.bottom + GAP;
  const top = below + own.height > innerHeight - GAP ? Math.max(GAP, token.top - GAP - own.height) : below;
  element.style.setProperty("--left", `${Math.round(left)}px`);
  element.style.setProperty("--top", `${Math.round(top)}px`);
}

function place(recording, cell, position) {
  if (recording.segments) return `hole ${cell.block + 1}`;
  return `position ${position + 1}, block ${cell.block + 1}`;
}

function bar(token) {
  const fill = make("span", "fill");
  fill.style.setProperty("--share", Math.max(0.004, token.confidence ?? 0).toFixed(4));
  return make("li", "", make("code", "", name(token)), make("span", "bar", fill), make("span", "share", percent(token.confidence ?? 0)));
}
