// The extension against the fake model server: every command, in one editor, in this order.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Editor } from "./editor.mjs";
import { FakeModel } from "./models.mjs";
import { python, repository, run, until } from "./tools.mjs";
import { steps, Transcript } from "./transcript.mjs";

const bare = join(run, "bare/bin/python"); // a Python without packages
const transcript = new Transcript("fake");
const say = (what, value) => transcript.say(what, value);

const ANSWERS = {
  "def add(a, b):\n    return ": ["a + b", "b + a", "sum((a, b))"],
  "def pair(x):\n    return ": ["(x, x)", "[x, x]"],
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
  "pair.py": "def pair(x):\n    return \n",
  "slow.py": "def slow(values):\n    total = ...\n    return total\n",
  "wait.py": "def wait(x):\n    return \n",
  "bundled.py": "def pair(x):\n    return \n",
  "setup.py": "def pair(x):\n    return \n",
  "limit.py": "def limit(values):\n    total = ...\n    return total\n",
  "unsure.py": "def unsure(values):\n    total = ...\n    return total\n",
};

let model;
let editor;
const step = steps({
  transcript,
  editor: () => editor,
  before: () => model.set({ delay_s: 0, answers: ANSWERS }),
});

before(async () => {
  execFileSync(python, ["-m", "venv", "--clear", "--without-pip", join(run, "bare")]);
  model = await FakeModel.start();
  await model.set({ answers: ANSWERS, default: "", chat: "```python\ndef one():\n    return 1\n```", confidences: { sum: 0.31 } });
  editor = await Editor.start({
    name: "fake",
    files: FILES,
    transcript,
    machineSettings: {
      "elbarto.serverUrl": model.url,
      "elbarto.languageServer.folder": repository,
      "elbarto.languageServer.python": python,
      "elbarto.holeMaxTokens": 40,
    },
  });
});

after(async () => {
  await editor?.stop();
  await model?.stop();
});

step("the status bar says ready once a file is open", async () => {
  await editor.open("add.py", 1);
  const status = await editor.statusIs("ready", ({ icon, text }) => icon === "sparkle" && text.includes("El Barto"), 30);
  say("status bar", status);
});

step("ghost text appears while typing", async () => {
  await editor.press("Enter");
  await editor.type("return ");
  await editor.ghostIs("a + b");
  say("ghost text", await editor.ghost());
  await editor.screenshot(join(run, "ghost-text.png"));
});

step("the status bar shows milliseconds and tokens per forward", async () => {
  const status = await editor.statusIs("figures", ({ text }) => /\d+ ms · \d\.\d TPF/.test(text));
  say("status bar", status);
});

step("candidates are cycled", async () => {
  await editor.command("El Barto: Suggest Here");
  await editor.ghostIs("a + b");
  await until("another candidate", async () => {
    await editor.press("Alt+]");
    return editor.ghostIs("b + a", 1).catch(() => false);
  });
  say("next candidate", await editor.ghost());
});

step("a word is accepted, then the rest", async () => {
  await editor.press("Control+ArrowRight");
  await until("the rest is shown", async () => /^ ?\+ a$/.test(await editor.ghost()));
  say("a word is accepted; what is left", await editor.ghost());
  await editor.press("Tab");
  await editor.savedIs("add.py", "def add(a, b):\n    return b + a\n");
  say("the rest is accepted; the line", "return b + a");
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
  await editor.screenshot(join(run, "two-holes.png"));
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

step("another suggestion is asked for", async () => {
  await editor.open("pair.py", 2);
  await editor.command("El Barto: Suggest Here");
  await editor.ghostIs("(x, x)");
  await model.set({ answers: { ...ANSWERS, "def pair(x):\n    return ": ["x, x", "[x] * 2"] } });
  await editor.command("El Barto: Suggest Something Else Here");
  await editor.ghostIs("x, x");
  say("something else", await editor.ghost());
  await editor.press("Escape");
});

step("holes are found", async () => {
  await editor.open("mean.py", 1, 1);
  await editor.command("El Barto: Go to Next Hole");
  await editor.statusBarHas("Ln 3, Col 16 (3 selected)");
  await editor.command("El Barto: Go to Next Hole");
  await editor.statusBarHas("Ln 4, Col 16 (3 selected)");
  await editor.command("El Barto: Go to Previous Hole");
  await editor.statusBarHas("Ln 3, Col 16 (3 selected)");
});

step("a hint goes along", async () => {
  await editor.open("mean.py", 3, 14);
  await editor.command("El Barto: Fill This Hole with a Hint...");
  await editor.page.waitForSelector(".quick-input-widget:visible");
  await editor.type("all of them", 5);
  await editor.press("Enter");
  await editor.savedIs("mean.py", MEAN.replace("...", "sum(values)"));
  const { body } = (await model.records()).at(-1);
  const holes = body.segments.filter((segment) => segment.hole);
  assert.equal(holes[0].hole.hint, "all of them");
  assert.equal(holes[0].hole.max_tokens, 40);
  say("what the server was asked for", holes);
});

step("a command is cancelled, and the server stops", async () => {
  await model.set({ delay_s: 10 });
  await editor.open("slow.py", 2, 14);
  await editor.command("El Barto: Fill All Holes of the Function or Selection");
  const busy = await editor.statusIs("busy", ({ icon }) => icon === "sync");
  say("status bar", busy);
  const begun = await until("a step", async () => (await model.records()).at(-1).steps || undefined);
  await editor.command("El Barto: Cancel");
  await editor.statusIs("ready", ({ icon }) => icon === "sparkle");
  await until("the server was hung up on", async () => (await model.records()).at(-1).isAborted);
  assert.equal(await editor.saved("slow.py"), FILES["slow.py"]);
  const { steps } = (await model.records()).at(-1);
  assert.ok(steps < 10);
  say("cancelled", `after ${begun} of 10 steps; the server has stopped at ${steps}, and the file is as it was`);
});

step("progress has a Cancel button", async () => {
  await model.set({ delay_s: 20 });
  await editor.open("slow.py", 2, 14);
  await editor.command("El Barto: Fill This Hole");
  await editor.messageWith("El Barto: filling the hole");
  await editor.screenshot(join(run, "progress.png"));
  await editor.answer("El Barto: filling the hole", "Cancel");
  await until("the server was hung up on", async () => (await model.records()).at(-1).isAborted);
  await until("the progress has gone", async () => (await editor.messages()).length === 0);
  assert.equal(await editor.saved("slow.py"), FILES["slow.py"]);
});

step("typing cancels what is being computed", async () => {
  await model.set({ delay_s: 20 });
  const before = (await model.records()).length;
  await editor.open("wait.py", 2);
  await editor.command("El Barto: Suggest Here");
  await until("it is computed", async () => (await model.records()).length > before);
  await editor.type("x");
  await until("the server was hung up on", async () => (await model.records())[before].isAborted);
  say("typed on", `the server has stopped at ${(await model.records())[before].steps} of 10 steps`);
  await editor.press("Escape");
  await editor.command("El Barto: Cancel");
});

step("what is unsure is underlined, and denoised again", async () => {
  editor.writeSettings({ "elbarto.confidence": "highlight" });
  await editor.open("unsure.py", 2, 14);
  await editor.command("El Barto: Fill This Hole");
  await editor.savedIs("unsure.py", FILES["unsure.py"].replace("...", "sum(values)"));
  const underlined = await until("an underline", () => editor.underlined());
  assert.equal(underlined, "sum");
  say("underlined", underlined);
  await editor.screenshot(join(run, "unsure.png"));
  await model.set({ answers: { ...ANSWERS, "sum(values)": "len(values)", "    total = sum(values)": "    total = len(values)" } });
  await editor.goTo(2, 1);
  await editor.press("Shift+End");
  await editor.command("El Barto: Re-denoise Unsure Tokens");
  await editor.savedIs("unsure.py", FILES["unsure.py"].replace("...", "len(values)"));
  say("denoised again", "len(values)");
  await until("no underline", async () => !(await editor.underlined()));
  editor.writeSettings({ "elbarto.confidence": "off" });
});

step("a setting with an invalid value is named, and the default holds", async () => {
  editor.writeSettings({ "elbarto.holeMaxTokens": 0 });
  const message = await editor.messageWith("elbarto.holeMaxTokens", 30);
  assert.match(message, /must be an integer from 1 to 1024, got 0; using 64/);
  say("message", message);
  await editor.screenshot(join(run, "invalid-setting.png"));
  await editor.dismissMessages();
  await editor.open("limit.py", 2, 14);
  await editor.command("El Barto: Fill This Hole");
  await editor.savedIs("limit.py", FILES["limit.py"].replace("...", "sum(values)"));
  const { body } = (await model.records()).at(-1);
  assert.equal(body.segments.find((segment) => segment.hole).hole.max_tokens, 64);
  editor.writeSettings({ "elbarto.holeMaxTokens": 64 });
});

step("automatic completions are switched off", async () => {
  await editor.command("El Barto: Switch Automatic Completions On or Off");
  await editor.statusIs("off", ({ text }) => text.includes("(off)"));
  const before = (await model.records()).length;
  await editor.open("pair.py", 2);
  await editor.type("y");
  await editor.press("Backspace");
  await new Promise((done) => setTimeout(done, 1500));
  assert.equal((await model.records()).length, before);
  await editor.command("El Barto: Switch Automatic Completions On or Off");
  await editor.statusIs("on", ({ text }) => !text.includes("(off)"));
});

step("one message when the model server goes, and it comes back by itself", async () => {
  await model.order({ stop: true });
  await editor.open("mean.py", 4, 14);
  await editor.command("El Barto: Fill This Hole");
  const status = await editor.statusIs("error", ({ icon }) => icon === "warning");
  say("status bar", status);
  const messages = await editor.messages();
  say("messages", messages);
  assert.equal(messages.length, 1);
  await editor.screenshot(join(run, "server-down.png"));
  await editor.dismissMessages();
  await model.order({ start: true });
  await editor.statusIs("ready", ({ icon }) => icon === "sparkle", 60);
  say("messages", await editor.messages());
  await editor.dismissMessages();
});

step("a language server that dies is started again", async () => {
  await editor.anotherLanguageServer(() => editor.killLanguageServer());
  await editor.open("mean.py", 4, 14);
  await editor.command("El Barto: Fill This Hole");
  await editor.savedIs("mean.py", MEAN.replace("...", "sum(values)").replace("...", "len(values)"));
  assert.deepEqual(await editor.messages(), []);
});

step("Python that is missing is named, and the commands say so too", async () => {
  editor.writeSettings({ "elbarto.languageServer.python": "/nowhere/python3" });
  const message = await editor.messageWith("/nowhere/python3 cannot be run", 30);
  say("message", message);
  await editor.screenshot(join(run, "no-python.png"));
  await editor.statusIs("error", ({ icon }) => icon === "warning");
  await editor.dismissMessages();
  await editor.command("El Barto: Fill This Hole");
  const again = await editor.messageWith("/nowhere/python3 cannot be run", 30);
  assert.doesNotMatch(again, /Client is not running/);
  await editor.dismissMessages();
});

step("packages that are missing are named", async () => {
  editor.writeSettings({ "elbarto.languageServer.python": bare });
  say("message", await editor.messageWith("needs pygls and httpx", 30));
  await editor.dismissMessages();
});

step("Python is set up where packages are missing", async () => {
  const checkout = join(run, "checkout");
  rmSync(checkout, { recursive: true, force: true });
  mkdirSync(checkout);
  symlinkSync(join(repository, "lsp"), join(checkout, "lsp"));
  symlinkSync(join(run, "bare"), join(checkout, ".venv"));
  editor.writeSettings({ "elbarto.languageServer.folder": checkout, "elbarto.languageServer.python": "" });
  const message = await editor.messageWith("checkout/.venv/bin/python does not have them", 30);
  say("message", message);
  await editor.answer(message, "Set Up Python");
  say("message", await editor.messageWith("Python is set up, and the language server runs", 180));
  await editor.dismissMessages();
  const [server] = editor.languageServers();
  assert.match(server.command[0], /globalStorage\/elbarto-serve\.elbarto\/venv\/bin\/python$/);
  await editor.open("setup.py", 2);
  await editor.command("El Barto: Suggest Here");
  await editor.ghostIs("(x, x)");
});

step("a folder without the language server is named", async () => {
  editor.writeSettings({ "elbarto.languageServer.folder": editor.folder });
  say("message", await editor.messageWith("its folder lsp is missing", 30));
  await editor.dismissMessages();
});

step("the language server that comes with the extension works", async () => {
  const machine = { "elbarto.languageServer.folder": "", "elbarto.languageServer.python": python };
  await editor.anotherLanguageServer(() => editor.writeSettings(machine));
  await editor.open("bundled.py", 2);
  await editor.command("El Barto: Suggest Here");
  await editor.ghostIs("(x, x)");
  say("ghost text", await editor.ghost());
  assert.match(editor.languageServers()[0].folder, /extensions\/elbarto-serve\.elbarto-[\d.]+\/server$/);
});
