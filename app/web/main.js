// The page: starts and stops runs, opens earlier ones, and wires the controls.

import { addressOf, follow, key, modelCard, watchHealth } from "./client.js";
import * as clipboard from "./clipboard.js";
import * as dialogs from "./dialogs.js";
import * as files from "./files.js";
import * as form from "./form.js";
import { codeOf } from "./highlight.js";
import * as history from "./history.js";
import { Recording } from "./recording.js";
import * as schema from "./schema.js";
import * as settings from "./settings.js";
import * as stage from "./stage.js";
import { start as startTheme } from "./theme.js";
import * as words from "./words.js";

const find = (id) => document.getElementById(id);
const { say } = stage;
const last = { chat: null, infill: null }; // the recordings last shown of each task
let stops = [];
let health = null;
let wasReady = false; // whether the server has ever been ready
let waits = false; // whether a run begins as soon as the model is loaded

function run() {
  stop();
  form.remember();
  const requests = requestsOf(form.compares() ? ["a", "b"] : ["a"]);
  if (!requests) return;
  find("stop").disabled = false;
  waits = health?.state === "loading";
  if (waits) return say("The model is still loading. The run begins as soon as it is ready.");
  show(requests.map((request, index) => new Recording("AB"[index], request)));
  stops = stage.recordings().map(begin);
  say("Denoising…");
  if (stage.narrow.matches) document.querySelector(".stage").scrollIntoView({ block: "start" });
}

// The form's requests for the given lanes; null, with the reason said where it belongs, if there can be none.
function requestsOf(lanes) {
  schema.complain("");
  settings.forgive();
  const problem = form.problem();
  say(problem, true);
  if (problem) find("prompt").focus();
  try {
    return problem ? null : lanes.map(form.request);
  } catch (error) {
    schema.complain(error.message);
    return null;
  }
}

function show(recordings) {
  last[form.task()] = recordings;
  stage.place(recordings);
}

function begin(recording) {
  return follow(
    recording.request,
    (event) => recording.take(event),
    (how) => {
      recording.ended = how;
      if (stage.recordings().every((other) => other.ended)) finish();
    },
  );
}

function finish() {
  stops = [];
  find("stop").disabled = true;
  stage.offer();
  report(stage.recordings());
  stage.showEnd();
  remember(stage.recordings());
}

function report(recordings) {
  const failed = recordings.find((recording) => recording.error);
  if (failed?.error.code === "invalid_api_key") return askForKey();
  if (recordings.some((recording) => recording.ended === "lost")) {
    return say(`${failed ? words.plainly(failed.error) : "The connection was lost."} Reconnecting…`, true);
  }
  if (failed) return refuse(failed);
  if (recordings.some((recording) => recording.ended === "stopped")) return say("Stopped. The request was cancelled on the server.");
  say(stage.summary());
}

// A refusal is shown at the field it is about.
function refuse({ error, label }) {
  const param = error.param ?? "";
  if (param.startsWith("response_format")) {
    say("The server refused the JSON schema.", true);
    return schema.complain(words.aboutSchema(error.message));
  }
  const isSetting = settings.complain(param, label.toLowerCase(), error.message);
  if (isSetting) find("settings").open = true;
  say(isSetting ? "The server refused a setting." : words.plainly(error), true);
}

function stop() {
  if (waits) {
    waits = false;
    find("stop").disabled = true;
    say("");
  }
  stops.forEach((end) => end());
}

function askForKey() {
  say("");
  find("key-why").textContent = key.get() ? "That key was not accepted." : "Ask whoever runs the server for it.";
  find("key").value = "";
  find("key-dialog").showModal();
}

async function remember(recordings) {
  if (!recordings.every((recording) => recording.started && recording.numSteps)) return;
  try {
    await history.add(recordings, form.task(), form.title(recordings[0].request));
    await listHistory();
  } catch {
    find("history").hidden = true; // a browser that keeps nothing, as in a private window
  }
}

async function listHistory() {
  const runs = await history.list();
  history.show(find("history-list"), runs, (run) => open(run.data, "An earlier run"));
  find("history").hidden = !runs.length;
  return runs;
}

function open(text, said) {
  try {
    const saved = files.parse(text);
    stop();
    form.fill(saved.task, saved.recordings.map(({ request }) => request));
    form.remember();
    placeEarlier(saved.recordings, said);
  } catch (error) {
    say(error.message, true);
  }
}

function placeEarlier(recordings, said) {
  show(recordings);
  stage.transport.toEnd();
  say(`${said}. Nothing was sent to the server.`);
}

// A first visit sees a recorded run; later ones see their own last run.
async function welcome() {
  if (!form.recall()) form.setTask("infill");
  stage.place(last[form.task()] ?? [stage.blank(form.task(), find("prompt").value)]);
  stage.transport.pause();
  const runs = await listHistory().catch(() => []);
  if (stops.length) return;
  const latest = runs.find((run) => run.task === form.task());
  if (latest) return placeEarlier(files.parse(latest.data).recordings, "Your last run");
  if (!form.isFirstVisit()) return;
  const example = files.parse(await (await fetch(addressOf("web/example.json"))).text());
  if (!stops.length && form.isFirstVisit()) stage.placeExample(example.recordings);
}

function showServer(now, before) {
  health = now;
  find("server").dataset.state = now.state;
  find("server-text").textContent = now.state === "ok" ? now.model : (words.SERVER[now.state] ?? now.state);
  if (now.state === "ok" && now.model !== before?.model) suit();
  if (now.state === "ok" && waits) run();
  else if (before && now.state === "ok") say(`${wasReady ? "Reconnected: " : ""}${now.model} is ready.`);
  wasReady ||= now.state === "ok";
  if (before?.state === "ok" && now.state !== "ok" && !stops.length) say("The server is unreachable. Reconnecting…", true);
}

// Not every model can be watched while it fills holes: those begin with a question instead.
async function suit() {
  if (!form.isFirstVisit()) return;
  const card = await modelCard().catch(() => null);
  if (card && !card.infill_modes.includes("canvas") && form.isFirstVisit()) form.setTask("chat");
}

function onKey(event) {
  const typing = event.target.closest("input, textarea, select, button, a, summary, dialog, .canvas");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  } else if (event.key === "Escape" && (stops.length || waits) && !document.querySelector("dialog[open]")) stop();
  else if (event.key === " " && (!typing || typing.matches(".canvas")) && stage.transport.total) {
    event.preventDefault();
    stage.transport.toggle();
  }
}

function changeTask(chosen) {
  form.setTask(chosen);
  if (!stops.length) preview();
}

// What belongs to the form: the last run of its task, or an empty canvas.
function preview(recordings = last[form.task()]) {
  stage.place(recordings ?? [stage.blank(form.task(), find("prompt").value)]);
  if (recordings) stage.transport.toEnd();
  else stage.transport.pause();
  say("");
}

function followUp() {
  const [{ request, text }] = stage.recordings();
  form.setTask("chat", "");
  form.setTurns([...request.messages, { role: "assistant", content: text }]);
  form.remember();
  find("prompt").focus();
}

const copy = (text) => clipboard.copy(text).then(
  () => say("Copied."),
  (error) => say(error.message, true),
);

const copied = (recording) => (recording.segments ? recording.text : codeOf(recording.text));

function wireForm() {
  find("form").addEventListener("submit", (event) => (event.preventDefault(), run()));
  find("form").addEventListener("invalid", () => say(""), true);
  find("form").addEventListener("change", ({ target }) => target.name === "task" && changeTask(target.value));
  find("form").addEventListener("example", () => !stops.length && preview(null));
  for (const type of ["input", "change", "example"]) find("form").addEventListener(type, form.remember);
  find("speed").addEventListener("change", form.remember);
  find("compare").addEventListener("change", () => form.setCompare());
  find("stop").addEventListener("click", stop);
  find("start-over").addEventListener("click", () => (form.setTurns([]), form.remember()));
  find("follow-up").addEventListener("click", followUp);
  find("history-clear").addEventListener("click", async () => (await history.clear(), listHistory()));
  find("key-form").addEventListener("submit", () => (key.set(find("key").value.trim()), run()));
  find("key-cancel").addEventListener("click", () => find("key-dialog").close());
}

function wireFiles() {
  const read = async (file) => open(await file.text(), `Opened ${file.name}, a saved run`);
  find("save").addEventListener("click", () => files.save(stage.recordings(), form.task()));
  find("copy").addEventListener("click", () => copy(stage.recordings().map(copied).join("\n\n")));
  find("curl").addEventListener("click", () => {
    const requests = requestsOf(["a"]);
    if (requests) copy(clipboard.curlOf(requests[0]));
  });
  find("open").addEventListener("click", () => find("file").click());
  find("file").addEventListener("change", ({ target }) => {
    if (target.files[0]) read(target.files[0]);
    target.value = "";
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) read(event.dataTransfer.files[0]);
  });
}

settings.build(document.querySelector("#settings-table tbody"));
if (stage.narrow.matches) find("settings").open = false;
startTheme(find("theme"));
dialogs.wire(() => health);
wireForm();
wireFiles();
document.addEventListener("keydown", onKey);
form.setCompare();
welcome();
watchHealth(showServer);
