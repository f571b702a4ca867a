// What the driver and the tests stand on: places, waiting, processes.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const repository = resolve(import.meta.dirname, "../../..");
export const python = process.env.PYTHON ?? join(repository, ".venv/bin/python");
export const run = join(import.meta.dirname, "run"); // what a run leaves: pictures, transcripts, the editor's data

/** Poll until `condition` gives something true; that is the answer. */
export async function until(what, condition, seconds = 15) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < deadline) {
    last = await condition();
    if (last) return last;
    await sleep(50);
  }
  throw new Error(`in vain for ${seconds} s: ${what}`);
}

export async function freePort() {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** The environment, without anything that would decide for the language server under test. */
export function cleanEnvironment(more) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(ELBARTO_|VSCODE_|NODE_TEST)/.test(name));
  return { ...Object.fromEntries(kept), ...more };
}

export function ended(process_) {
  if (process_.exitCode !== null || process_.signalCode !== null) return Promise.resolve();
  return new Promise((done) => process_.once("exit", done));
}

export function descendants(pid) {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(read(`/proc/${name}/stat`).replace(/^.*\) /s, "").split(" ")[1])]);
  const found = [pid];
  for (const each of found) found.push(...parents.filter(([, parent]) => parent === each).map(([child]) => child));
  return found;
}

export function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended
  }
}

export function link(path) {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
