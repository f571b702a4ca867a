// One canvas with its heading, meters and inspector.

import { CanvasView } from "./canvas.js";
import { inspect, moveTo } from "./inspector.js";
import * as meters from "./meters.js";
import { recipe } from "./settings.js";
import { Weave } from "./weave.js";

const OUTCOMES = { finished: "", stopped: "stopped", lost: "connection lost", failed: "failed" };

export class Lane {
  constructor(label) {
    const template = document.getElementById("lane-template");
    this.element = template.content.firstElementChild.cloneNode(true);
    this.label = label;
    this.step = 0;
    this.pointed = null;
    this.recording = null;
    this.inspector = this.element.querySelector(".inspector");
    this.meters = meters.build(this.element.querySelector(".meters"));
    this.canvas = new CanvasView(this.element.querySelector(".canvas"), (position) => this.inspect(position));
    this.canvas.element.setAttribute("aria-label", `Canvas ${label}: arrow keys move from token to token`);
    this.canvas.element.addEventListener("scroll", () => this.moveInspector());
    this.weave = new Weave();
    this.inspect(null);
  }

  show(recording) {
    this.recording = recording;
    this.weave.element.remove();
    this.weave = new Weave();
    this.canvas.show(recording);
    this.draw(0, 0);
  }

  draw(step, total) {
    const { recording } = this;
    if (!recording) return;
    this.step = Math.min(step, recording.numSteps);
    this.canvas.draw(this.step);
    meters.draw(this.meters, recording.started && !recording.isBlank ? recording.meters(this.step) : null);
    this.weave.draw(recording, total);
    this.inspect(this.canvas.selected ?? this.pointed);
    this.head();
  }

  head() {
    const { recording } = this;
    const find = (selector) => this.element.querySelector(selector);
    find("h2").textContent = recording.label;
    find(".recipe").textContent = recipe(recording.request, recording.started?.params);
    const outcome = recording.isBlank ? "" : (OUTCOMES[recording.ended] ?? "");
    find(".outcome").textContent = outcome || reason(recording);
    find(".outcome").classList.toggle("bad", ["failed", "lost"].includes(recording.ended));
    this.element.classList.toggle("running", !recording.ended);
  }

  inspect(position) {
    this.pointed = position;
    const shown = [position, this.step, this.recording?.numSteps, Boolean(this.recording?.started)].join();
    if (shown !== this.inspected) inspect(this.inspector, this.recording, position, this.step);
    this.inspected = shown;
    this.moveInspector();
  }

  moveInspector() {
    moveTo(this.inspector, this.canvas?.nodes[this.pointed]);
  }
}

function reason(recording) {
  const best = recording.finished?.choices[0];
  const why = best?.finish_reason ?? best?.holes?.find((hole) => hole.finish_reason !== "stop")?.finish_reason;
  return why === "length" ? "stopped at the length limit" : why === "deadline" ? "stopped at the time limit" : "";
}
