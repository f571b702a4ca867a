// The page: reads the form, starts and stops runs, and lets the transport draw them.

import { EXAMPLES, MARKER } from "./examples.js";
import { follow, key, watchHealth } from "./client.js";
import * as files from "./files.js";
import { segmentsOf } from "./holes.js";
import { Lane } from "./lane.js";
import { totals } from "./meters.js";
import { Recording } from "./recording.js";
import * as settings from "./settings.js";
import { start as startTheme } from "./theme.js";
import { Transport } from "./transport.js";

const ALTERNATIVES = 5;
const find = (id) => document.getElementById(id);
const transport = new Transport((step, total) => lanes.forEach((lane) => lane.draw(step, total)));
const drafts = { chat: EXAMPLES.chat[0], infill: EXAMPLES.infill[0] };
let lanes = [];
let stops = [];
let wasReady = false; // whether the server has ever been ready

const task = () => new FormData(find("form")).get("task");
const compares = () => find("compare").checked;
const say = (text, bad = false) => {
  find("status").textContent = text;
  find("status").classList.toggle("bad", bad);
};

function request(lane) {
  const chosen = settings.read(lane, task());
  const text = find("prompt").value;
  if (task() === "infill") return { segments: segmentsOf(text), alternatives: ALTERNATIVES, ...chosen };
  return { messages: [{ role: "user", content: text }], alternatives: ALTERNATIVES, ...chosen };
}

function run() {
  const text = find("prompt").value;
  if (!text.trim()) return complain("Write something first: what the function should do.", "Write some code with a hole first.");
  if (task() === "infill" && !text.includes(MARKER)) return complain("", `Mark each hole with ${MARKER} (three underscores).`);
  stop();
  const labels = compares() ? ["A", "B"] : ["A"];
  place(labels.map((label) => new Recording(label, request(label.toLowerCase()))));
  stops = lanes.map((lane) => begin(lane.recording));
  find("stop").disabled = false;
  say("Denoising…");
  if (matchMedia("(max-width: 60rem)").matches) find("status").scrollIntoView({ block: "start" });
}

function complain(forChat, forInfill) {
  say(task() === "infill" ? forInfill : forChat, true);
  find("prompt").focus();
}

// Puts recordings on the stage, each in its own lane.
function place(recordings) {
  lanes = recordings.map((recording) => {
    const lane = new Lane(recording.label);
    lane.show(recording);
    return lane;
  });
  find("lanes").replaceChildren(...lanes.map((lane) => lane.element));
  find("lanes").classList.toggle("two", lanes.length > 1);
  document.body.classList.toggle("compares", lanes.length > 1);
  document.body.classList.toggle("infills", recordings.some((recording) => recording.request.segments));
  transport.load(lanes);
}

// The empty canvas shown before the first run.
function blank() {
  const recording = new Recording("A", {});
  const blocks = Array.from({ length: 32 }, (_, index) => [4 * index, 4 * index + 4]);
  recording.take({ type: "started", canvas: { blocks } });
  recording.ended = "stopped";
  recording.isBlank = true;
  return recording;
}

function begin(recording) {
  return follow(
    recording.request,
    (event) => recording.take(event),
    (how) => {
      recording.ended = how;
      if (lanes.every((lane) => lane.recording.ended)) finish();
    },
  );
}

function finish() {
  stops = [];
  find("stop").disabled = true;
  const recordings = lanes.map((lane) => lane.recording);
  for (const id of ["save", "copy"]) find(id).disabled = !recordings.some((recording) => recording.numSteps);
  const error = recordings.find((recording) => recording.error)?.error;
  if (error?.code === "invalid_api_key") askForKey();
  else if (recordings.some((recording) => recording.ended === "lost")) say(`${error?.message ?? "The connection was lost."} Reconnecting…`, true);
  else if (error) say(error.message, true);
  else if (recordings.some((recording) => recording.ended === "stopped")) say("Stopped. The server has ended the request.");
  else say(summary(recordings));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) transport.toEnd();
  else transport.draw();
}

function summary(recordings) {
  const counts = recordings.map((recording) => `${recordings.length > 1 ? `${recording.label}: ` : ""}${totals(recording)}`);
  const slow = transport.speed && recordings.some(({ steps }) => steps.length > 1 && (1000 * steps.length) / steps.at(-1).ms > transport.speed);
  return `${counts.join("; ")}.${slow ? " Played back slower than it ran." : ""}`;
}

function stop() {
  stops.forEach((end) => end());
}

function askForKey() {
  say("This server requires an API key.", true);
  find("key-why").textContent = key.get() ? "It rejected the key that you entered." : "Ask its operator for the key.";
  find("key").value = "";
  find("key-dialog").showModal();
}

function setTask(chosen, text) {
  drafts[chosen] = text ?? drafts[chosen];
  find("prompt").value = drafts[chosen];
  find("prompt").rows = chosen === "infill" ? 10 : 4;
  find("prompt").classList.toggle("code", chosen === "infill");
  find("prompt-label").textContent = chosen === "infill" ? "Code with holes" : "What should the function do?";
  find("prompt-help").textContent = chosen === "infill" ? "Three underscores mark a hole. There may be several, with text between them." : "";
  find("prompt-help").hidden = chosen !== "infill";
  find("form").elements.task.value = chosen;
  settings.forTask(chosen);
  showExamples(chosen);
}

function showExamples(chosen) {
  find("examples").replaceChildren(
    ...EXAMPLES[chosen].map((text) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = shortened(chosen, text);
      button.title = text;
      button.addEventListener("click", () => setTask(chosen, text));
      return button;
    }),
  );
}

function shortened(chosen, text) {
  if (chosen === "infill") return text.split("\n")[0].replace(/^(def|class) |:$/g, "");
  const words = text.replace(/^Write a (Python )?(function (that )?|class to )/, "").replace(/\.( Use type hints\.)?$/, "");
  return words.length > 42 ? `${words.slice(0, 40).trimEnd()}…` : words;
}

function setCompare() {
  document.body.classList.toggle("with-b", compares());
}

async function open(file) {
  try {
    const saved = files.parse(await file.text());
    stop();
    find("compare").checked = saved.recordings.length > 1;
    setCompare();
    saved.recordings.forEach(({ request: savedRequest }, index) => settings.fill("ab"[index], savedRequest));
    const [{ request: savedRequest }] = saved.recordings;
    setTask(saved.task, saved.task === "infill" ? textOf(savedRequest.segments) : savedRequest.messages?.at(-1)?.content ?? "");
    place(saved.recordings);
    finish();
    say(`Opened ${file.name}, a saved run. Nothing was sent to the server.`);
  } catch (error) {
    say(error.message, true);
  }
}

const textOf = (segments) => segments.map((segment) => (typeof segment === "string" ? segment : MARKER)).join("");

function showServer(now, before) {
  const words = { ok: now.model, loading: "the model is loading", away: "server unreachable, trying again", closed: "shutting down", failed: "the model could not be loaded" };
  find("server").dataset.state = now.state;
  find("server-text").textContent = words[now.state] ?? now.state;
  if (before && now.state === "ok") say(`${wasReady ? "Reconnected: " : ""}${now.model} is ready.`);
  wasReady ||= now.state === "ok";
  if (before?.state === "ok" && now.state !== "ok" && !stops.length) say("The server is unreachable. Reconnecting…", true);
}

function onKey(event) {
  const typing = event.target.closest("input, textarea, select, button, a, summary, dialog, .canvas");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  } else if (event.key === "Escape" && stops.length && !find("key-dialog").open) stop();
  else if (event.key === " " && (!typing || typing.matches(".canvas")) && transport.total) {
    event.preventDefault();
    transport.toggle();
  }
}

function wire() {
  settings.build(document.querySelector("#settings-table tbody"));
  find("form").addEventListener("submit", (event) => (event.preventDefault(), run()));
  find("form").addEventListener("change", ({ target }) => target.name === "task" && setTask(target.value));
  find("prompt").addEventListener("input", () => (drafts[task()] = find("prompt").value));
  find("compare").addEventListener("change", setCompare);
  find("stop").addEventListener("click", stop);
  find("save").addEventListener("click", () => files.save(lanes.map((lane) => lane.recording), task()));
  find("open").addEventListener("click", () => find("file").click());
  find("file").addEventListener("change", ({ target }) => {
    if (target.files[0]) open(target.files[0]);
    target.value = "";
  });
  find("copy").addEventListener("click", copy);
  find("key-form").addEventListener("submit", () => (key.set(find("key").value.trim()), run()));
  find("key-cancel").addEventListener("click", () => find("key-dialog").close());
  document.addEventListener("keydown", onKey);
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
  });
}

async function copy() {
  const texts = lanes.map((lane) => lane.recording.text);
  await navigator.clipboard.writeText(texts.join("\n\n"));
  say("Copied.");
}

if (matchMedia("(prefers-reduced-motion: reduce)").matches) find("speed").value = "0";
if (matchMedia("(max-width: 60rem)").matches) find("settings").open = false;
startTheme(find("theme"));
wire();
setTask("chat");
setCompare();
place([blank()]);
transport.pause();
say("Press Run: a reply begins as a canvas of masks.");
watchHealth(showServer);
