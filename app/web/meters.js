// The numbers above a canvas.

const METERS = [
  ["forwards", "Forwards", "denoising steps so far, each a forward of the model", (value) => String(value)],
  ["tokens", "Tokens", "tokens that are final", (value) => String(value)],
  ["tpf", "Tokens / forward", "above 1 where a step makes several tokens final", (value) => value.toFixed(2)],
  ["perSecond", "Tokens / s", "by the server's clock", (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1))],
  ["firstBlock", "First text", "from the request to the first complete block or hole", milliseconds],
  ["total", "Elapsed", "by the server's clock, whatever the playback speed", milliseconds],
];

function milliseconds(value) {
  return value >= 10000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
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
