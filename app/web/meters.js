// The numbers above a canvas.

const METERS = [
  ["steps", "Steps", "denoising steps so far", (value) => String(value)],
  ["forwards", "Forwards", "of the model, so far: fewer than steps if steps share one", (value) => String(value)],
  ["tokens", "Tokens", "tokens that are final", (value) => String(value)],
  ["tpf", "Per forward", "tokens a forward: above 1 where a step makes several tokens final, or steps share a forward", (value) => value.toFixed(2)],
  ["perSecond", "Per second", "tokens, by the server's clock", (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1))],
  ["firstBlock", "First text", "from the request to the first complete block or hole", milliseconds],
  ["total", "Elapsed", "by the server's clock, whatever the playback speed", milliseconds],
  ["drafts", "Drafts", "later states that forwards also evaluated, and that a step reached; known at the end", reached],
];

function milliseconds(value) {
  return value >= 10000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
}

function reached({ accepted, tried }) {
  return `${accepted} of ${tried}`;
}

// A finished run in one line.
export function totals({ finished, numSteps, drafts }, isShort) {
  const { denoise_forwards: forwards, tpf, total_ms: ms } = finished.elbarto;
  if (isShort) return `${finished.usage.completion_tokens} tokens in ${milliseconds(ms)}`;
  const parts = [`${finished.usage.completion_tokens} tokens`, `${numSteps} steps`, `${forwards} forwards`, `${tpf.toFixed(1)} tokens a forward`];
  if (drafts) parts.push(`drafts ${reached(drafts)} reached`);
  return [...parts, milliseconds(ms)].join(" · ");
}

// The words of the help.
export const EXPLANATIONS = METERS.map(([, label, help]) => [label, help]);

export function build(list) {
  return METERS.map(([name, label, help, format]) => {
    const group = document.createElement("div");
    group.className = `meter-${name}`;
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    term.textContent = label;
    group.title = help;
    value.textContent = "–";
    value.dataset.meter = name;
    group.append(term, value);
    list.append(group);
    return { name, value, format };
  });
}

export function draw(meters, counters) {
  for (const { name, value, format } of meters) {
    const number = counters?.[name];
    if (name === "drafts") value.parentElement.hidden = !number;
    const text = number === null || number === undefined ? "–" : format(number);
    if (value.textContent !== text) value.textContent = text;
  }
}
