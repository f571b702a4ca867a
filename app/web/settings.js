// The table of settings, with a column for each canvas, and the request fields read from it.

const MODES = ["static", "threshold", "adaptive", "factor", "entropy", "greedy", "dynamic", "sequential", "entropy_bounded"];
const CHAT = ["chat"];
const ROWS = [
  { name: "decode_mode", label: "Decode mode", help: "The rule that selects which proposals become final in a step", options: MODES, b: "threshold" },
  { name: "threshold", label: "Threshold", help: "Modes threshold, adaptive and dynamic: the confidence at which a proposal is accepted", min: 0, max: 1, step: 0.05, b: 0.95 },
  { name: "steps", label: "Steps", help: "Modes static, dynamic and sequential: denoising steps for the whole reply", min: 1, step: 1 },
  { name: "block_length", label: "Block length", help: "Tokens that are denoised together. The larger, the freer the order; models are trained for one", min: 1, max: 1024, step: 1, a: 16, b: 16, tasks: CHAT },
  { name: "speculation", label: "Speculation", help: "Forwards that several steps share; the text stays the same", options: ["auto", "off"] },
  { name: "max_tokens", label: "Max tokens", help: "Maximum number of tokens in the reply", min: 1, step: 1, tasks: CHAT, a: 128, b: 128 },
  { name: "temperature", label: "Temperature", help: "0 always takes the most likely token", min: 0, max: 2, step: 0.1 },
  { name: "seed", label: "Seed", help: "The same seed gives the same reply", min: 0, step: 1 },
];

export function build(body) {
  for (const row of ROWS) {
    const line = document.createElement("tr");
    line.dataset.setting = row.name;
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = row.label;
    head.title = row.help;
    line.append(head);
    for (const lane of ["a", "b"]) {
      const cell = document.createElement("td");
      if (lane === "b") cell.className = "only-b";
      cell.append(field(row, lane));
      line.append(cell);
    }
    body.append(line);
  }
}

function field(row, lane) {
  const input = document.createElement(row.options ? "select" : "input");
  if (row.options) {
    input.append(new Option("default", ""), ...row.options.map((name) => new Option(name)));
  } else {
    Object.assign(input, { type: "number", min: row.min ?? "", max: row.max ?? "", step: row.step, placeholder: "default", inputMode: "decimal" });
  }
  input.id = `${row.name}-${lane}`;
  input.setAttribute("aria-label", `${row.label}, ${lane.toUpperCase()}`);
  input.title = row.help;
  input.value = row[lane] ?? "";
  return input;
}

export function read(lane, task) {
  const fields = {};
  for (const row of ROWS) {
    const { value } = document.getElementById(`${row.name}-${lane}`);
    if (value === "" || !(row.tasks ?? [task]).includes(task)) continue;
    fields[row.name] = row.options ? value : Number(value);
  }
  return fields;
}

// Puts a request's fields into a column, and clears the others.
export function fill(lane, request) {
  for (const row of ROWS) document.getElementById(`${row.name}-${lane}`).value = request[row.name] ?? "";
}

export function forTask(task) {
  for (const row of ROWS) document.querySelector(`tr[data-setting="${row.name}"]`).hidden = !(row.tasks ?? [task]).includes(task);
}

// The words of the help.
export const EXPLANATIONS = ROWS.map(({ label, help }) => [label, help]);

// Every field's value, and back: what survives a reload.
export const values = () => Object.fromEntries(inputs().map((input) => [input.id, input.value]));
export function restore(saved) {
  for (const input of inputs()) input.value = saved[input.id] ?? input.value;
}

const inputs = () => [...document.querySelectorAll("#settings-table :is(input, select)")];

// Marks the field that a refusal is about, in words that have its label. False if there is no such field.
export function complain(name, lane, message) {
  const row = ROWS.find((other) => other.name === name);
  if (!row) return false;
  document.getElementById(`${name}-${lane}`).setAttribute("aria-invalid", "true");
  showProblem(message.startsWith(name) ? row.label + message.slice(name.length) : message);
  return true;
}

export function forgive() {
  for (const input of inputs()) input.removeAttribute("aria-invalid");
  showProblem("");
}

function showProblem(text) {
  const element = document.getElementById("settings-problem");
  element.textContent = text;
  element.hidden = !text;
}

// A summary of the settings, for the heading of a canvas.
export function recipe(request, params) {
  const parts = [];
  const value = (name) => params?.[name] ?? request[name];
  const mode = value("decode_mode");
  if (mode) parts.push(mode);
  if (["threshold", "adaptive", "dynamic"].includes(mode) && value("threshold") != null) parts.push(`at ${value("threshold")}`);
  if (mode === "static" && value("steps") && !request.segments) parts.push(`at most ${value("steps")} steps`);
  if (value("block_length") && !request.segments) parts.push(`blocks of ${value("block_length")}`);
  if (value("temperature")) parts.push(`temperature ${value("temperature")}`);
  if ([0, "off"].includes(value("speculation"))) parts.push("no speculation");
  return parts.join() === "static" ? "" : parts.join(", ");
}
