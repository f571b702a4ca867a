// Details of one position: its confidence, its step, and its alternatives.

import { doubt, percent, visible } from "./canvas.js";

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const name = (token) => visible(token).replaceAll("\n", "⏎").replaceAll(" ", "·") || "(nothing)";

export function inspect(element, recording, position, step) {
  if (position === null || !recording?.cells[position]) {
    const hint = recording?.numSteps ? "Point at a token, tap it, or use the arrow keys in the canvas to see how sure the model was and what else it considered." : "";
    element.replaceChildren(make("p", "hint", hint));
    return;
  }
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

function place(recording, cell, position) {
  if (recording.segments) return `hole ${cell.block + 1}`;
  return `position ${position + 1}, block ${cell.block + 1}`;
}

function bar(token) {
  const fill = make("span", "fill");
  fill.style.setProperty("--share", Math.max(0.004, token.confidence ?? 0).toFixed(4));
  return make("li", "", make("code", "", name(token)), make("span", "bar", fill), make("span", "share", percent(token.confidence ?? 0)));
}
