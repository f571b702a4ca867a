// The stage: the canvases of one or two runs, and what is said about them.

import * as words from "./words.js";
import { Lane } from "./lane.js";
import { totals } from "./meters.js";
import { Recording } from "./recording.js";
import { segmentsOf } from "./holes.js";
import { Transport } from "./transport.js";

const find = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
export const narrow = matchMedia("(max-width: 60rem)");
const REPEATS = 2; // of a recorded example, unless somebody touches the page
const PAUSE_MS = 3000;

let lanes = [];
let repeats = 0;
export const transport = new Transport((step, total) => lanes.forEach((lane) => lane.draw(step, total)), repeat);

export const recordings = () => lanes.map((lane) => lane.recording);

export function say(text, bad = false) {
  find("status").textContent = text;
  find("status").classList.toggle("bad", bad);
}

// Puts recordings on the stage, each in its own lane.
export function place(shown) {
  repeats = 0;
  lanes = shown.map((recording) => {
    const lane = new Lane(recording.label);
    lane.show(recording);
    return lane;
  });
  const isInfill = shown.some((recording) => recording.segments || recording.request.segments);
  find("lanes").replaceChildren(...lanes.map((lane) => lane.element));
  find("lanes").classList.toggle("two", lanes.length > 1);
  document.body.classList.toggle("compares", lanes.length > 1);
  document.body.classList.toggle("infills", isInfill);
  find("lead").textContent = words.lead(isInfill, false);
  find("timeline-legend").textContent = words.timeline(isInfill);
  transport.load(lanes);
  offer();
}

// What can be done with the runs that are shown.
export function offer() {
  const shown = recordings();
  for (const id of ["save", "copy"]) find(id).disabled = !shown.some((recording) => recording.numSteps);
  find("follow-up").disabled = !(shown[0]?.ended === "finished" && shown[0].request.messages);
}

// A run that was made before: an example, which plays, or an earlier one, which is shown as it ended.
export function placeExample(shown) {
  place(shown);
  find("lead").textContent = words.lead(true, true);
  if (calm.matches) return transport.seek(Math.round(transport.total / 2));
  repeats = REPEATS;
  document.addEventListener("pointerdown", () => (repeats = 0), { once: true, capture: true });
  document.addEventListener("keydown", () => (repeats = 0), { once: true, capture: true });
}

function repeat() {
  const shown = lanes;
  if (repeats > 0) setTimeout(() => repeats-- > 0 && lanes === shown && transport.toggle(), PAUSE_MS);
}

// The empty canvas of a task, before its first run.
export function blank(task, text) {
  const recording = new Recording("A", {});
  if (task === "infill") recording.take({ type: "started", segments: numbered(segmentsOf(text)) });
  else recording.take({ type: "started", canvas: { blocks: Array.from({ length: 8 }, (_, index) => [16 * index, 16 * index + 16]) } });
  if (task === "infill") recording.take({ type: "canvas", holes: recording.segments.filter((segment) => segment.hole !== undefined).map(({ hole }) => ({ hole, start: 8 * hole, end: 8 * hole + 8, given: [] })) });
  recording.ended = "stopped";
  recording.isBlank = true;
  return recording;
}

function numbered(segments) {
  let hole = 0;
  return segments.map((segment) => (typeof segment === "string" ? segment : { hole: hole++ }));
}

export function showEnd() {
  if (calm.matches) transport.toEnd();
  else transport.draw();
}

export function summary() {
  const shown = recordings();
  const isShort = shown.length > 1 || narrow.matches;
  const counts = shown.map((recording) => `${shown.length > 1 ? `${recording.label}: ` : ""}${totals(recording, isShort)}`);
  const slow = transport.speed && shown.some(({ steps }) => steps.length > 1 && (1000 * steps.length) / steps.at(-1).ms > transport.speed);
  return `${counts.join("; ")}.${slow ? " Played back slower than it ran." : ""}`;
}

addEventListener("scroll", () => lanes.forEach((lane) => lane.moveInspector()), { passive: true });
addEventListener("resize", () => lanes.forEach((lane) => lane.moveInspector()));
if (calm.matches) find("speed").value = "0";
