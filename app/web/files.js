// Runs as JSON files: the requests and every event received, without the API key.

import { Recording } from "./recording.js";

const FORMAT = "elbarto-run";
const VERSION = 1;

export const pack = (recordings, task) => ({ format: FORMAT, version: VERSION, saved: new Date().toISOString(), task, recordings });

export function save(recordings, task) {
  const run = pack(recordings, task);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(run)], { type: "application/json" }));
  link.download = `elbarto-run-${run.saved.slice(0, 19).replaceAll(":", "")}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// Throws an Error with a message for users.
export function parse(text) {
  let run;
  try {
    run = JSON.parse(text);
  } catch {
    throw new Error("This file is not JSON.");
  }
  if (run?.format !== FORMAT) throw new Error("This file does not contain a saved run.");
  if (run.version !== VERSION) throw new Error(`This run was saved in version ${run.version} of the format; this page reads version ${VERSION}.`);
  try {
    const recordings = run.recordings.slice(0, 2).map((saved) => Recording.from(saved));
    if (!recordings.length || !recordings.every((recording) => recording.started)) throw new Error();
    return { task: run.task === "infill" ? "infill" : "chat", recordings };
  } catch {
    throw new Error("This run’s events cannot be read.");
  }
}
