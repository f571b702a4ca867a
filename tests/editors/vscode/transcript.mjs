// What a run says, and its steps.
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repository, run } from "./tools.mjs";

/** What happened: on stdout, with the seconds since the start; and in a file of `run`, without anything that is another each time. */
export class Transcript {
  constructor(name) {
    this.path = join(run, `${name}.txt`);
    this.started = performance.now();
    mkdirSync(run, { recursive: true });
    writeFileSync(this.path, "");
  }

  step(name) {
    appendFileSync(this.path, `* ${name}\n`);
  }

  /** `value` may have several lines. */
  say(what, value) {
    const text = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
    const isLong = text.includes("\n");
    const lines = isLong ? ["", ...text.trimEnd().split("\n").map((line) => line && `        ${line}`)] : [text && ` ${text}`];
    const said = `${what}${text && ":"}${lines.join("\n")}`;
    const lasting = said.replaceAll(repository, "<repository>").replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>");
    appendFileSync(this.path, `    ${lasting.replace(/[\d.]+ m?s(?= · )/g, "<time>")}\n`);
    console.log(`${((performance.now() - this.started) / 1000).toFixed(2).padStart(7)}  ${said}`);
  }
}

/** Tests that follow one another in one editor; each leaves a picture where it fails. */
export function steps({ transcript, editor, before }) {
  return (name, body) =>
    test(name, async () => {
      transcript.step(name);
      try {
        await before?.();
        await body();
      } catch (error) {
        const path = join(run, `failed-${name.replace(/\W+/g, "-")}.png`);
        await editor()?.screenshot(path);
        transcript.say("failed", { status: await editor()?.status(), messages: await editor()?.messages() });
        throw error;
      }
    });
}
