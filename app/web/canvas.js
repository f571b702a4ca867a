// Draws a recording after a given step: one element per position, created once and then updated.

import { cut, highlight } from "./highlight.js";

const AHEAD = 240; // masked positions drawn after the block that is being filled

export const percent = (value) => (value >= 0.9995 ? "100%" : value >= 0.0995 ? `${(100 * value).toFixed(1)}%` : `${(100 * value).toFixed(2)}%`);

// How strongly a token is tinted: 0 at confidence 1, with 0.99 and 0.9 as easy to tell apart as 0.6 and 0.4.
export const doubt = (confidence) => (confidence == null ? 0 : Math.min(1, Math.sqrt(1 - Math.min(1, confidence))));

// "<[end_of_sentence]>" is long for something that appears in every reply.
function shortName(special) {
  const name = special.replace(/[^A-Za-z0-9_]+/g, "");
  return /^(eos|im_end|end|endoftext|end_of.*)$/i.test(name) ? "end" : name.replaceAll("_", " ");
}

export function visible(token) {
  if (token.special) return shortName(token.special);
  return (token.whole ?? token.text ?? "\ufffd").replaceAll("\t", "→\t");
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// A token's text, tinted where it is visible; a visible mark precedes each line end.
function write(element, token, colours) {
  element.replaceChildren();
  const text = visible(token);
  if (/^[ \t]+$/.test(text)) return element.append(make("span", "tint", text));
  for (const [piece, kind] of colours ?? [[text, ""]]) {
    for (const part of piece.replaceAll(/→?\t/g, "→\t").split(/(\s+)/)) {
      if (part.includes("\n")) element.append(make("i", "tint newline", "⏎".repeat(part.split("\n").length - 1)), part);
      else if (part) element.append(/\s/.test(part) ? part : make("span", `tint ${kind && `syntax-${kind}`}`, part));
    }
  }
}

export class CanvasView {
  constructor(element, inspect) {
    this.element = element;
    this.inspect = inspect; // called with the position under the pointer, or null
    this.selected = null;
    this.clear();
    element.addEventListener("pointerover", ({ target }) => this.point(target.closest?.("[data-position]")));
    element.addEventListener("pointerleave", () => this.point(null));
    element.addEventListener("click", ({ target }) => this.select(target.closest("[data-position]")?.dataset.position));
    element.addEventListener("keydown", (event) => this.keydown(event));
    element.addEventListener("blur", () => this.select(null));
  }

  clear() {
    this.recording = null;
    this.nodes = [];
    this.states = [];
    this.blocks = [];
    this.given = []; // [text, its element]: what an infill has around its holes
    this.colours = null; // position -> [[part, kind], ...], once the run is over
    this.step = 0;
    this.rest = make("span", "rest");
    this.element.replaceChildren();
    this.select(null);
  }

  show(recording) {
    this.clear();
    this.recording = recording;
  }

  draw(step) {
    const { recording } = this;
    if (!recording?.started) return;
    this.build();
    this.step = step;
    const over = recording.ended === "finished" && step >= recording.numSteps;
    if (over !== Boolean(this.colours)) this.colour(over);
    this.element.classList.toggle("over", over);
    const front = this.front(step);
    const last = recording.segments ? Infinity : front + AHEAD;
    recording.cells.forEach((_cell, position) => this.update(position, position > last ? { kind: "gone" } : recording.at(position, step)));
    const hidden = recording.segments ? 0 : recording.cells.length - 1 - last;
    this.rest.textContent = hidden > 0 && !over ? `… and ${hidden.toLocaleString("en")} more masked positions` : "";
    const current = recording.steps[step - 1];
    const isOver = step >= recording.numSteps && recording.ended;
    this.blocks.forEach(({ element, nodes, block }) => {
      element.hidden = nodes.every((position) => this.states[position].kind === "gone");
      element.classList.toggle("current", !isOver && (recording.segments ? true : current?.block === block));
    });
    this.follow(front);
  }

  // Computes the syntax colours of the finished text, or takes them away.
  colour(over) {
    const { recording, given } = this;
    this.colours = over ? new Map() : null;
    const ranges = over ? highlight(recording.parts().map(({ text }) => text).join(""), Boolean(recording.segments)) : [];
    let [offset, next] = [0, 0];
    for (const { position, text } of over ? recording.parts() : given.map(([text]) => ({ text }))) {
      const pieces = cut(text, offset, ranges);
      offset += text.length;
      if (position !== undefined) this.colours.set(position, pieces);
      else given[next++]?.[1].replaceChildren(...pieces.map(([piece, kind]) => make("span", kind && `syntax-${kind}`, piece)));
    }
  }

  // Scrolls to the block that is being filled, if the canvas is taller than its frame.
  follow(front) {
    const node = this.nodes[Math.max(0, front - 1)];
    const { scrollHeight, clientHeight } = this.element;
    if (!node || scrollHeight <= clientHeight || this.recording.segments) return;
    const bottom = node.getBoundingClientRect().bottom - this.element.getBoundingClientRect().top;
    if (bottom > clientHeight || bottom < 0) this.element.scrollTop += bottom - clientHeight / 2;
  }

  // Where the canvas is being filled after `step` steps.
  front(step) {
    return this.recording.steps[Math.max(0, step - 1)]?.end ?? 0;
  }

  // Creates missing elements: the text around holes, and blocks, which arrive with the first event or later.
  build() {
    const { segments, groups } = this.recording;
    if (!this.rest.isConnected) {
      this.holes = [];
      for (const segment of segments ?? []) {
        if (typeof segment === "string") this.given.push([segment, this.element.appendChild(make("span", "given", segment))]);
        else this.element.append((this.holes[segment.hole] = make("span", "hole")));
      }
      this.element.append(this.rest);
    }
    for (const group of groups.slice(this.blocks.length)) {
      const block = this.buildBlock(group);
      if (segments) this.holes[group.hole].append(block);
      else this.rest.before(block);
    }
  }

  buildBlock({ start, end, block }) {
    const element = make("span", "block");
    const nodes = [];
    for (let position = start; position < end; position++) {
      const node = make("span", "cell");
      node.dataset.position = position;
      this.nodes[position] = node;
      nodes.push(position);
      element.append(node);
    }
    this.blocks.push({ element, nodes, block });
    return element;
  }

  update(position, state) {
    const before = this.states[position];
    this.states[position] = state;
    state.colours = state.kind === "final" && !state.token.special ? this.colours?.get(position) : undefined;
    if (before?.kind === state.kind && before.token === state.token && before.fresh === state.fresh && before.colours === state.colours) return;
    const node = this.nodes[position];
    const { kind, token } = state;
    node.hidden = kind === "gone";
    if (kind === "gone") return;
    node.className = `cell ${kind}`;
    node.classList.toggle("ghost", kind === "mask" && Boolean(token));
    node.classList.toggle("special", kind === "final" && Boolean(token.special));
    node.classList.toggle("pinned", Boolean(token?.given));
    node.classList.toggle("fresh", Boolean(state.fresh));
    node.classList.toggle("selected", position === this.selected);
    node.style.setProperty("--doubt", doubt(token?.confidence).toFixed(3));
    if (kind === "final") write(node, token, state.colours);
    else if (token) node.textContent = token.special?.includes("delete") ? "×" : visible(token).replaceAll("\n", "⏎").trim() || "␣";
    else node.textContent = "";
  }

  point(node) {
    if (this.selected === null || document.activeElement !== this.element) this.inspect(node ? Number(node.dataset.position) : null);
  }

  select(position) {
    if (this.selected !== null) this.nodes[this.selected]?.classList.remove("selected");
    this.selected = position === null || position === undefined ? null : Number(position);
    const node = this.nodes?.[this.selected];
    node?.classList.add("selected");
    node?.scrollIntoView?.({ block: "nearest" });
    this.inspect?.(this.selected);
  }

  keydown(event) {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const shown = this.nodes.map((_node, position) => position).filter((position) => this.nodes[position] && !this.nodes[position].hidden);
    if (!shown.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = shown.indexOf(this.selected);
    let next;
    if (move) next = at < 0 ? (move > 0 ? shown[0] : shown.at(-1)) : shown[Math.max(0, Math.min(shown.length - 1, at + move))];
    else if (event.key === "Home") next = shown[0];
    else if (event.key === "End") next = shown.at(-1);
    else return;
    event.preventDefault();
    this.select(next);
  }
}
