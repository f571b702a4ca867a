// The playhead of all canvases: it follows the run at the chosen speed; afterwards it can move back and forth.

const find = (id) => document.getElementById(id);

export class Transport {
  constructor(draw, ended) {
    this.drawAll = draw; // (step, total)
    this.ended = ended; // called when the playback has reached the end
    this.lanes = [];
    this.head = 0; // a fraction of a step while it plays
    this.playing = false;
    this.last = null;
    find("play").addEventListener("click", () => this.toggle());
    find("back").addEventListener("click", () => this.seek(Math.ceil(this.head) - 1));
    find("forth").addEventListener("click", () => this.seek(Math.floor(this.head) + 1));
    find("scrub").addEventListener("input", ({ target }) => this.seek(Number(target.value)));
  }

  get total() {
    return Math.max(0, ...this.lanes.map((lane) => lane.recording?.numSteps ?? 0));
  }

  get isRunning() {
    return this.lanes.some((lane) => lane.recording && !lane.recording.ended);
  }

  // Steps per second; 0: as it happens.
  get speed() {
    return Number(find("speed").value);
  }

  load(lanes) {
    this.lanes = lanes;
    this.head = 0;
    find("weaves").replaceChildren(...lanes.map((lane) => lane.weave.element));
    this.play();
  }

  toggle() {
    if (this.playing) this.pause();
    else {
      if (this.head >= this.total && !this.isRunning) this.head = 0;
      this.play();
    }
  }

  play() {
    if (!this.playing) {
      this.playing = true;
      this.last = null;
      requestAnimationFrame((now) => this.frame(now));
    }
    this.draw();
  }

  pause() {
    this.playing = false;
    this.draw();
  }

  seek(step) {
    this.head = Math.max(0, Math.min(this.total, step));
    this.pause();
  }

  toEnd() {
    this.seek(this.total);
  }

  frame(now) {
    if (!this.playing) return;
    const seconds = this.last === null ? 0 : (now - this.last) / 1000;
    this.last = now;
    this.head = this.speed ? Math.min(this.total, this.head + seconds * this.speed) : this.total;
    if (this.head >= this.total && !this.isRunning) this.playing = false;
    this.draw();
    if (this.playing) requestAnimationFrame((next) => this.frame(next));
    else this.ended();
  }

  draw() {
    const { total } = this;
    const step = Math.floor(this.head + 1e-6);
    const scrub = find("scrub");
    for (const id of ["play", "back", "forth"]) find(id).disabled = !total;
    scrub.disabled = !total;
    scrub.max = total;
    scrub.value = step;
    scrub.setAttribute("aria-valuetext", `step ${step} of ${total}`);
    find("weaves").style.setProperty("--head", total ? step / total : 0);
    find("position").textContent = total ? `step ${step} of ${total}` : "no steps yet";
    find("play").setAttribute("aria-label", this.playing ? "Pause" : "Play");
    find("play").classList.toggle("playing", this.playing);
    this.drawAll(step, total);
  }
}
