// A picture of a whole run under the slider: steps from left to right, and a mark for each token that a step made
// final, the block's first position at the top. Left-to-right decoding would be a row of even stairs.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 40;

function node(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export class Weave {
  constructor() {
    this.element = node("svg", { class: "weave", preserveAspectRatio: "none" });
    this.drawn = 0;
    this.commits = 0;
  }

  // `total` is the number of steps across the slider's width.
  draw(recording, total) {
    const { rows } = recording;
    this.element.setAttribute("viewBox", `0 0 ${Math.max(1, total)} ${HEIGHT}`);
    for (; this.drawn < recording.numSteps; this.drawn++) this.add(recording.steps[this.drawn], this.drawn, rows);
    for (; this.commits < recording.commits.length; this.commits++) {
      const { step, block } = recording.commits[this.commits];
      // A block that is committed token by token, as by a model that sees the whole canvas, ends with the last of them.
      if (block !== undefined && block === recording.commits[this.commits - 1]?.block) this.line.remove();
      this.line = node("line", { x1: step, x2: step, y1: 0, y2: HEIGHT, class: "commit" });
      this.element.append(this.line);
    }
  }

  add({ unmasked, start }, step, rows) {
    const height = HEIGHT / rows;
    for (const { position, confidence, isRemoved } of unmasked) {
      const y = Math.min(rows - 1, position - start) * height;
      const mark = node("rect", { x: step + 0.08, y: y + height * 0.08, width: 0.84, height: Math.max(2.4, height * 0.84) });
      if (isRemoved) mark.classList.add("removed");
      mark.style.setProperty("--doubt", Math.sqrt(1 - Math.min(1, confidence ?? 1)).toFixed(3));
      this.element.append(mark);
    }
  }
}
