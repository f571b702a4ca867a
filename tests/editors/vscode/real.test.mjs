// The extension against the real server with the embedded model: what it suggests is shown, and what it fills in is run.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { Editor } from "./editor.mjs";
import { RealModel } from "./models.mjs";
import { python, repository, run, until } from "./tools.mjs";
import { steps, Transcript } from "./transcript.mjs";

const transcript = new Transcript("real");
const say = (what, value) => transcript.say(what, value);
const runtime = join(run, "runtime"); // where language servers find the model server that they share

const AVERAGE = 'def average(numbers):\n    """Return the average of numbers."""\n';
const LAST = "def last(items):\n";
const FIBONACCI = `def fibonacci(n):
    """Return the n-th Fibonacci number."""
    a, b = 0, 1
    for _ in range(n):
        ...
    ...
`;
const STACK = `class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        raise NotImplementedError

    def pop(self):
        raise NotImplementedError
`;
const WRONG = `${AVERAGE}    if not numbers:
        return 0
    return numbers
`;
const FILES = { "average.py": AVERAGE, "last.py": LAST, "fibonacci.py": FIBONACCI, "again.py": FIBONACCI, "wrong.py": WRONG, "stack.py": STACK };

let model;
let editor;
const step = steps({ transcript, editor: () => editor });

before(async () => {
  rmSync(runtime, { recursive: true, force: true });
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  model = await RealModel.start();
  editor = await Editor.start({
    name: "real",
    files: FILES,
    transcript,
    env: { XDG_RUNTIME_DIR: runtime, ELBARTO_LSP_SERVER_GRACE_S: "1" },
    machineSettings: {
      "elbarto.serverUrl": model.url,
      "elbarto.languageServer.folder": repository,
      "elbarto.languageServer.python": python,
    },
  });
});

after(async () => {
  await editor?.stop();
  await model?.stop();
});

/** What Python prints for an expression, after a file of the project has been run. */
function evaluate(name, expression) {
  const program = `from ${name} import *; print(${expression})`;
  const options = { cwd: editor.folder, encoding: "utf8", timeout: 20_000 };
  const said = execFileSync(python, ["-B", "-c", program], options).trim();
  say(`python says that ${expression} is`, said);
  return said;
}

/** Wait for an edit of the active file, and save it. */
async function edited(name) {
  await until("the edit", () => editor.page.locator(".tab.active.dirty").count(), 90);
  say("the file", await editor.saved(name));
}

step("ghost text appears on a new line", async () => {
  await editor.open("average.py", 2);
  await editor.statusIs("ready", ({ icon }) => icon === "sparkle", 60);
  await editor.press("Enter");
  const ghost = await until("ghost text", () => editor.ghost(), 30);
  say("ghost text", `    ${ghost}`);
  const status = await editor.statusIs("figures", ({ icon, text }) => icon === "sparkle" && /\d m?s · \d\.\d TPF/.test(text));
  say("status bar", status);
  await editor.screenshot(join(run, "vscode-ghost-text.png"));
});

step("ghost text is accepted, and is right", async () => {
  const ghost = await editor.ghost();
  await editor.press("Tab");
  await editor.savedIs("average.py", `${AVERAGE}    ${ghost}\n`);
  assert.equal(evaluate("average", "average([1, 2, 6])"), "3.0");
});

step("candidates are cycled", async () => {
  await editor.open("last.py", 1);
  await editor.press("Enter");
  await editor.command("El Barto: Suggest Here");
  const first = await until("ghost text", () => editor.ghost(), 30);
  say("first candidate", first);
  const isOther = async () => ![first, ""].includes(await editor.ghost());
  await until("another candidate", async () => {
    await editor.press("Alt+]");
    return until("another", isOther, 1).catch(() => false);
  });
  say("next candidate", await editor.ghost());
  await until("the first again", async () => {
    await editor.press("Alt+[");
    return editor.ghostIs(first, 1).catch(() => false);
  });
  await editor.press("Tab");
  await editor.savedIs("last.py", `${LAST}    ${first}\n`);
});

step("two holes are filled in one edit, are right, and are undone at once", async () => {
  await editor.command("View: Close All Editors");
  await editor.open("fibonacci.py", 1);
  await editor.command("El Barto: Fill All Holes of the Function or Selection");
  await until("the edit", () => editor.page.locator(".tab.active.dirty").count(), 90);
  await until("the progress has gone", async () => (await editor.messages()).length === 0);
  await editor.command("File: Compare Active File with Saved");
  await until("the comparison", () => editor.page.locator(".monaco-diff-editor .char-insert").count());
  await editor.screenshot(join(run, "vscode-two-holes.png"));
  await editor.command("View: Close Editor");
  const filled = await editor.saved("fibonacci.py");
  say("the file", filled);
  assert.equal(evaluate("fibonacci", "[fibonacci(n) for n in range(8)]"), "[0, 1, 1, 2, 3, 5, 8, 13]");
  await editor.press("Control+Z");
  await editor.savedIs("fibonacci.py", FIBONACCI);
  await editor.press("Control+Shift+Z");
  await editor.savedIs("fibonacci.py", filled);
  say("one undo gives the holes back, one redo fills them");
});

step("the selection is rewritten between what stands around it, and is right", async () => {
  await editor.open("wrong.py", 5, 1);
  await editor.press("Shift+End");
  await editor.command("El Barto: Rewrite Selection");
  await edited("wrong.py");
  const rewritten = await editor.saved("wrong.py");
  assert.equal(rewritten.slice(0, WRONG.indexOf("return numbers")), WRONG.slice(0, WRONG.indexOf("return numbers")));
  assert.equal(evaluate("wrong", "average([1, 2, 6])"), "3.0");
});

step("a model server that was restarted is found again", async () => {
  await model.stop();
  await editor.open("stack.py", 1, 1);
  await editor.command("El Barto: Fill All Holes of the File");
  say("status bar", await editor.statusIs("error", ({ icon }) => icon === "warning", 30));
  await model.start();
  say("status bar", await editor.statusIs("ready", ({ icon }) => icon === "sparkle", 60));
  await editor.dismissMessages();
  await editor.command("El Barto: Fill All Holes of the File");
  await edited("stack.py");
  assert.equal(evaluate("stack", "(lambda s: [s.push(1), s.push(2), s.pop(), s.items])(Stack())"), "[None, None, 2, [1]]");
});

step("without a server's address, a model server is started", async () => {
  await model.stop();
  if (await fetch("http://127.0.0.1:8000/health").then(() => true, () => false)) {
    say("left out", "something answers on port 8000, so that would be taken");
    return;
  }
  editor.writeSettings({ "elbarto.serverUrl": "" });
  say("status bar", await editor.statusIs("starting or loading", ({ icon }) => icon === "loading", 60));
  say("status bar", await editor.statusIs("ready", ({ icon }) => icon === "sparkle", 120));
  await editor.dismissMessages();
  await editor.open("again.py", 1, 1);
  await editor.command("El Barto: Fill All Holes of the Function or Selection");
  await edited("again.py");
  assert.equal(evaluate("again", "fibonacci(10)"), "55");
  assert.ok(isStarted(), "nothing was started");
  await editor.stop();
  editor = undefined;
  await until("the model server has stopped", () => !isStarted(), 30);
  say("the editor has gone, and the model server with it");
});

/** Whether a model server that the editors share runs. */
function isStarted() {
  return readdirSync(runtime, { recursive: true }).some((path) => path.endsWith("server.json"));
}
