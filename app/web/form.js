// The form: task, prompt and settings, the request they make, and their memory over a reload.

import { EXAMPLES } from "./examples.js";
import * as conversation from "./conversation.js";
import { hasHole, segmentsOf, textOf } from "./holes.js";
import * as schema from "./schema.js";
import * as settings from "./settings.js";

const MEMORY = "elbarto-page";
const ALTERNATIVES = 5;
const find = (id) => document.getElementById(id);
const drafts = { chat: EXAMPLES.chat[0], infill: EXAMPLES.infill[0] };
let shown = "infill"; // the task whose draft is in the field

export const task = () => new FormData(find("form")).get("task");
export const compares = () => find("compare").checked;

// The request of a lane ("a" or "b"). Throws an Error with words for the schema's field.
export function request(lane) {
  const text = find("prompt").value;
  const chosen = settings.read(lane, task());
  if (task() === "infill") return { segments: segmentsOf(text), alternatives: ALTERNATIVES, ...chosen };
  return { messages: [...conversation.get(), { role: "user", content: text }], alternatives: ALTERNATIVES, ...schema.read(), ...chosen };
}

// What is missing before a request can be made; "" if nothing is.
export function problem() {
  const text = find("prompt").value;
  if (task() === "chat") return text.trim() ? "" : "Write a prompt first.";
  if (!text.trim()) return "Write some code with a hole first.";
  return hasHole(text) ? "" : "Mark each hole with ___ (three underscores).";
}

export function setTask(chosen, text) {
  const isInfill = chosen === "infill";
  drafts[chosen] = text ?? drafts[chosen];
  shown = chosen;
  find("form").elements.task.value = chosen;
  find("prompt").value = drafts[chosen];
  find("prompt").rows = isInfill ? 12 : 4;
  find("prompt").classList.toggle("code", isInfill);
  find("prompt-help").textContent = "Three underscores mark a hole. There may be several, with text between them.";
  find("prompt-help").hidden = !isInfill;
  find("schema-field").hidden = isInfill;
  settings.forTask(chosen);
  setTurns(conversation.get());
  showExamples(chosen);
}

export function setTurns(turns) {
  conversation.set(turns);
  find("conversation").hidden = !turns.length || task() === "infill";
  find("prompt-label").textContent = task() === "infill" ? "Code with holes" : turns.length ? "Your follow-up" : "Your prompt";
}

export function setCompare(on = compares()) {
  find("compare").checked = on;
  document.body.classList.toggle("with-b", on);
}

// Puts the requests of runs that were opened into the form.
export function fill(chosen, requests) {
  setCompare(requests.length > 1);
  requests.forEach((saved, index) => settings.fill("ab"[index], saved));
  const [first] = requests;
  if (chosen === "infill") return setTask(chosen, textOf(first.segments));
  schema.fill(first);
  setTask(chosen, first.messages?.at(-1)?.content ?? "");
  setTurns(first.messages?.slice(0, -1) ?? []);
}

export const title = ({ segments, messages }) => (segments ? textOf(segments) : (messages?.at(-1)?.content ?? "")).trim().split("\n")[0].slice(0, 80);

function showExamples(chosen) {
  find("examples").className = `examples ${chosen}`;
  find("examples").replaceChildren(
    ...EXAMPLES[chosen].map((text) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = chosen === "infill" ? text.split("\n")[0].replace(/^(def|class) |:$/g, "") : text;
      button.addEventListener("click", () => {
        setTurns([]);
        setTask(chosen, text);
        find("form").dispatchEvent(new CustomEvent("example"));
      });
      return button;
    }),
  );
}

export function remember() {
  drafts[shown] = find("prompt").value;
  const state = { task: task(), drafts, settings: settings.values(), compare: compares(), schema: find("schema").value, speed: find("speed").value, turns: conversation.get() };
  localStorage.setItem(MEMORY, JSON.stringify(state));
}

export const isFirstVisit = () => localStorage.getItem(MEMORY) === null;

// Restores what was remembered. False on a first visit.
export function recall() {
  let state;
  try {
    state = JSON.parse(localStorage.getItem(MEMORY));
  } catch {
    state = null;
  }
  if (!state) return false;
  Object.assign(drafts, state.drafts);
  settings.restore(state.settings);
  find("schema").value = state.schema;
  find("speed").value = state.speed;
  setCompare(state.compare);
  setTask(state.task);
  setTurns(state.turns);
  return true;
}
