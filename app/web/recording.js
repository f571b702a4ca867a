// The events of one reply, and the canvas after each of its steps. Independent of the page.
// docs/reference/steps.md describes the events.

const textOf = (token) => token.whole ?? token.text ?? "";

export class Recording {
  constructor(label, request) {
    this.label = label;
    this.request = request;
    this.events = [];
    // By position: {block, since, until, final: {step, ...} | null, gone: step | null, proposals: Map(step -> proposal)};
    // `since` and `until` are the steps between which its canvas is current.
    this.cells = [];
    this.groups = []; // blocks, or holes of a canvas: {block, hole, start, end}
    this.segments = null; // of an infill: text and holes, in order
    this.steps = []; // {ms, forwards, block, start, end, unmasked, tokens}; `tokens` counts the final tokens so far
    this.commits = []; // {ms, step, block}
    this.started = null;
    this.finished = null;
    this.error = null;
    this.ended = null; // "finished" | "stopped" | "lost" | "failed", once it is over
  }

  static from(saved) {
    const recording = new Recording(saved.label, saved.request);
    for (const event of saved.events) recording.take(event);
    recording.ended ??= saved.ended ?? "stopped";
    return recording;
  }

  toJSON() {
    return { label: this.label, request: this.request, ended: this.ended, events: this.events };
  }

  take(event) {
    this.events.push(event);
    if (event.choice) return; // only the first choice is drawn
    const take = { canvas: "takeCanvas", started: "takeStarted", step: "takeStep", committed: "takeCommitted", finished: "takeFinished", error: "takeError" }[event.type];
    if (take) this[take](event);
  }

  takeStarted(event) {
    this.started = event;
    this.segments = event.segments ?? null;
    event.canvas?.blocks.forEach(([start, end], block) => this.addGroup({ block, start, end }));
  }

  // An infill's canvas; a longer one replaces the one before it.
  takeCanvas(event) {
    for (const cell of this.cells) cell.until ??= this.numSteps;
    for (const { hole, start, end, given } of event.holes) {
      this.addGroup({ block: hole, hole, start, end });
      for (const token of given) this.cells[token.position].final = { ...token, step: -1, given: true };
    }
  }

  addGroup(group) {
    this.groups.push(group);
    for (let position = group.start; position < group.end; position++) {
      this.cells[position] = { block: group.block, since: this.numSteps, until: null, final: null, gone: null, proposals: new Map() };
    }
  }

  takeStep(event) {
    const step = this.steps.length;
    for (const token of event.tokens) {
      const cell = this.cells[token.position];
      if (cell) cell.final = { ...token, step };
    }
    const removed = new Set(event.removed);
    for (const position of removed) this.cells[position].gone = step;
    for (const proposal of event.proposals ?? []) this.cells[proposal.position]?.proposals.set(step, proposal);
    const before = this.steps.at(-1);
    this.steps.push({
      ms: event.ms,
      forwards: event.forwards, // so far; equal in steps that share one
      block: event.block,
      start: event.start ?? this.cells.findIndex((cell) => cell.until === null),
      end: event.end ?? this.cells.length,
      unmasked: event.tokens.map(({ position, confidence }) => ({ position, confidence, isRemoved: removed.has(position) })),
      tokens: (before?.tokens ?? 0) + event.tokens.filter((token) => !token.special && !removed.has(token.position)).length,
    });
  }

  takeCommitted(event) {
    this.commits.push({ ms: event.ms, step: this.steps.length, block: event.block, end: event.end });
    for (const token of event.tokens ?? []) {
      const final = this.cells[token.position]?.final;
      // A character split over several tokens is complete now, and is shown with the last of them.
      if (final && final.text === null) final.whole = token.text;
    }
  }

  takeFinished(event) {
    this.finished = event;
    this.ended = "finished";
    const drawn = event.choices?.find(({ index }) => index === 0) ?? event;
    for (const { index, text } of drawn.holes ?? []) this.trimHole(index, text);
  }

  // A hole's answer may be shorter than its tokens: it ends with its line, and blanks that its text has already are cut.
  trimHole(hole, text) {
    const cells = this.cells.filter((cell) => cell.block === hole && cell.until === null && cell.gone === null && cell.final);
    const whole = cells.map(({ final }) => textOf(final)).join("");
    const start = whole.indexOf(text);
    if (start < 0) return;
    let offset = 0;
    for (const cell of cells) {
      const [from, to] = [start - offset, start + text.length - offset];
      const own = textOf(cell.final);
      const kept = own.slice(Math.max(0, from), Math.max(0, to));
      offset += own.length;
      if (kept !== own) cell.kept = kept ? { ...cell.final, text: kept, whole: undefined } : null;
    }
  }

  takeError(event) {
    this.error = event.error;
    this.ended = "failed";
  }

  get numSteps() {
    return this.steps.length;
  }

  get text() {
    if (this.finished) return this.finished.text ?? this.finished.choices[0].text;
    return this.events.filter((event) => event.type === "committed" && !event.choice).map((event) => event.text).join("");
  }

  // Of a finished run: {tried, accepted}; null without any.
  get drafts() {
    const drafts = this.finished?.elbarto.drafts;
    return drafts?.tried ? drafts : null;
  }

  // The number of positions in the largest block, or in the canvas.
  get rows() {
    if (this.segments) return Math.max(1, ...this.groups.map(({ start, end }) => end - start)) * Math.max(1, new Set(this.groups.map(({ hole }) => hole)).size);
    return Math.max(1, ...this.groups.slice(0, 2).map(({ start, end }) => end - start));
  }

  // The finished canvas in order: [{text, position}], without a position for what was given around holes.
  parts() {
    const tokens = (hole) =>
      this.cells.flatMap((cell, position) => {
        const { kind, token } = hole === null || cell.block === hole ? this.at(position, this.numSteps) : {};
        return kind === "final" && !token.special ? [{ text: textOf(token), position }] : [];
      });
    if (!this.segments) return tokens(null);
    return this.segments.flatMap((segment) => (typeof segment === "string" ? [{ text: segment }] : tokens(segment.hole)));
  }

  // The last position that became final; after it the canvas stayed masked.
  get reach() {
    return this.cells.findLastIndex((cell) => cell?.final);
  }

  // How a position looks after `step` steps: {kind: "final" | "mask" | "gone", token}.
  at(position, step) {
    const cell = this.cells[position];
    if (step < cell.since || (cell.until !== null && step >= cell.until)) return { kind: "gone" };
    if (cell.gone !== null && cell.gone < step) return { kind: "gone" };
    if (this.ended === "finished" && step >= this.numSteps && cell.kept !== undefined) return cell.kept ? { kind: "final", token: cell.kept } : { kind: "gone" };
    if (cell.final && cell.final.step < step) return { kind: "final", token: cell.final, fresh: cell.final.step === step - 1 };
    if (step >= this.numSteps && this.ended === "finished" && position > this.reach) return { kind: "gone" };
    return { kind: "mask", token: cell.proposals.get(step - 1) ?? null };
  }

  // Counters after `step` steps; at the end of a finished run, the server's.
  meters(step) {
    const shown = this.steps[step - 1];
    const first = this.commits[0];
    const all = this.finished && step >= this.numSteps;
    const tokens = all ? this.finished.usage.completion_tokens : shown?.tokens ?? 0;
    const ms = all ? this.finished.elbarto.total_ms : shown?.ms ?? 0;
    const forwards = all ? this.finished.elbarto.denoise_forwards : shown?.forwards ?? 0;
    return {
      tokens,
      steps: step,
      forwards,
      drafts: all ? this.drafts : null,
      tpf: all ? this.finished.elbarto.tpf : forwards ? tokens / forwards : null,
      perSecond: ms ? (1000 * tokens) / ms : null,
      firstBlock: first && first.step <= step ? (all && this.finished.elbarto.first_block_ms) || first.ms : null,
      total: ms || null,
    };
  }
}
