// The extension against the fake model server: every command, in one editor, in this order.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { Editor, Model, python, repository, Transcript, until } from "./editor.mjs";

const images = process.env.IMAGES ?? join(import.meta.dirname, "run");
const transcript = new Transcript(join(import.meta.dirname, "run", "fake.txt"));
const say = (...parts) => transcript.say(...parts);

const ANSWERS = {
  "def add(a, b):\n    return ": ["a + b", "b + a", "sum((a, b))"],
  "return b + a": "",
  "    pi = 3\n    ": "return pi * r * r",
  "    total = ": "sum(values)",
  "    count = ": "len(values)",
  "def greet(name):\n    ": 'return f"Hello, {name}!"',
};
const MEAN = `def mean(values):
    """The arithmetic mean."""
    total = ...
    count = ...
    return total / count
`;
const FILES = {
  "add.py": "def add(a, b):\n",
  "area.py": "def area(r):\n    pi = 3\n    ...\n",
  "mean.py": MEAN,
  "greet.py": "def greet(name):\n    print(name)\n",
  "one.py": "# A function that answers one.\n",
};

let model;
let editor;

before(async () => {
  model = await Model.start();
  await model.set({ answers: ANSWERS, default: "", chat: "```python\ndef one():\n    return 1\n```", confidences: { sum: 0.31 } });
  editor = await Editor.start({
    name: "fake",
    files: FILES,
    transcript,
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

/** A subtest that leaves a picture where it fails. */
function step(name, run) {
  test(name, async () => {
    try {
      await run();
    } catch (error) {
      const path = join(import.meta.dirname, "run", `failed-${name.replace(/\W+/g, "-")}.png`);
      await editor?.screenshot(path);
      say("failed", name, "status", await editor.status(), "messages", await editor.messages());
      throw error;
    }
  });
}

step("the status bar says ready once a file is open", async () => {
  await editor.open("add.py", 1);
  const status = await editor.statusIs("ready", ({ icon, text }) => icon === "sparkle" && text.includes("El Barto"), 30);
  say("status", status);
});

step("ghost text appears while typing", async () => {
  await editor.press("Enter");
  await editor.type("return ");
  await editor.ghostIs("a + b");
  say("ghost", await editor.ghost());
  await editor.screenshot(join(images, "vscode-ghost-text.png"), { x: 0, y: 0, width: 1000, height: 640 });
});

step("the status bar shows milliseconds and tokens per forward", async () => {
  const status = await editor.statusIs("figures", ({ text }) => /\d+ ms · \d\.\d TPF/.test(text));
  say("status", status);
});

step("candidates are cycled", async () => {
  await editor.command("El Barto: Suggest Here");
  await editor.ghostIs("a + b");
  await until("three candidates", async () => {
    await editor.press("Alt+]");
    return (await editor.ghost()) === "b + a";
  });
  say("next candidate", await editor.ghost());
});

step("a word is accepted, then the rest", async () => {
  await editor.press("Control+ArrowRight");
  await until("the rest is shown", async () => /^ ?\+ a$/.test(await editor.ghost()));
  say("accepted a word; rest", await editor.ghost());
  await editor.press("Tab");
  await editor.savedIs("add.py", "def add(a, b):\n    return b + a");
  say("accepted", "return b + a");
});

step("a code action fills one hole", async () => {
  await editor.open("area.py", 3, 6);
  await editor.press("Control+.");
  const row = editor.page.locator(".action-widget .monaco-list-row", { hasText: "Fill this hole (El Barto)" });
  await row.waitFor({ timeout: 10_000 });
  say("actions", await editor.page.locator(".action-widget .monaco-list-row.action").allTextContents());
  await row.click();
  await editor.savedIs("area.py", "def area(r):\n    pi = 3\n    return pi * r * r\n");
  say("filled", "return pi * r * r");
});

step("all holes are filled in one edit, and undone at once", async () => {
  await editor.open("mean.py", 3);
  await editor.command("El Barto: Fill All Holes of the Function or Selection");
  const filled = MEAN.replace("...", "sum(values)").replace("...", "len(values)");
  await editor.savedIs("mean.py", filled);
  say("two holes filled", filled);
  await editor.screenshot(join(images, "vscode-two-holes.png"), { x: 0, y: 0, width: 1000, height: 640 });
  await editor.press("Control+Z");
  await editor.savedIs("mean.py", MEAN);
  say("one undo gives", MEAN);
});

step("the selection is rewritten", async () => {
  await editor.open("greet.py", 2, 1);
  await editor.press("Shift+End");
  await editor.command("El Barto: Rewrite Selection");
  await editor.savedIs("greet.py", 'def greet(name):\n    return f"Hello, {name}!"\n');
  say("rewritten", 'return f"Hello, {name}!"');
});

step("code is generated from a comment", async () => {
  await editor.open("one.py", 1);
  await editor.command("El Barto: Generate from Comment");
  await until("the function is there", async () => (await editor.saved("one.py")).includes("def one():\n    return 1"));
  say("generated", await editor.saved("one.py"));
});
