// The numbers above a canvas.

const METERS = [
  ["steps", "Steps", "denoising steps so far", (value) => String(value)],
  ["forwards", "Forwards", "of the model, so far: fewer than steps if steps share one", (value) => String(value)],
  ["tokens", "Tokens", "tokens that are final", (value) => String(value)],
  ["tpf", "Tokens / forward", "above 1 where a step makes several tokens final, or steps share a forward", (value) => value.toFixed(2)],
  ["drafts", "Drafts reached", "later states that forwards also evaluated, and that a step reached; known at the end", reached],
  ["perSecond", "Tokens / s", "by the server's clock", (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1))],
  ["firstBlock", "First text", "from the request to the first complete block or hole", milliseconds],
  ["total", "Elapsed", "by the server's clock, whatever the playback speed", milliseconds],
];

function milliseconds(value) {
  return value >= 10000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
}

function reached({ accepted, tried }) {
  return `${accepted} of ${tried}`;
}

// A finished run in one line.
export function totals({ finished, numSteps, drafts }) {
  const { denoise_forwards: forwards, tpf, total_ms: ms } = finished.elbarto;
  const parts = [`${finished.usage.completion_tokens} tokens`, `${numSteps} steps`, `${forwards} forwards`, `${tpf.toFixed(1)} tokens a forward`];
  if (drafts) parts.push(`drafts ${reached(drafts)} reached`);
  return [...parts, milliseconds(ms)].join(" · ");
}

export function build(list) {
  return METERS.map(([name, label, help, format]) => {
    const group = document.createElement("div");
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
    const text = number === null || number === undefined ? "–" : format(number);
    if (value.textContent !== text) value.textContent = text;
  }
}
