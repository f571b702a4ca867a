// A real VS Code (code-server) with the extension installed from its .vsix, in a real browser, driven by real keys.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanEnvironment, descendants, ended, freePort, link, read, repository, run, until } from "./tools.mjs";

const installed = process.env.VSCODE_DIR ?? join(import.meta.dirname, "installed");
const vsix = join(repository, "editors/vscode/elbarto.vsix");
const { chromium } = createRequire(join(installed, "drive/package.json"))("playwright-core");

/** One editor. Settings of scope "machine" are taken from a file of their own, as VS Code does on a remote machine; only of that one
 * does it notice that somebody else has written it. */
export class Editor {
  static async start({ name, files, settings = {}, machineSettings = {}, env = {}, transcript }) {
    const editor = new Editor();
    editor.transcript = transcript;
    editor.root = join(run, name);
    rmSync(editor.root, { recursive: true, force: true });
    editor.folder = join(editor.root, "project");
    editor.data = join(editor.root, "data");
    mkdirSync(editor.folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(editor.folder, path), text);
    editor.userSettings = { ...USER_SETTINGS, ...settings };
    editor.machineSettings = machineSettings;
    editor.writeSettings();
    await editor.serve(env);
    await editor.browse();
    return editor;
  }

  writeSettings(machine = {}) {
    Object.assign(this.machineSettings, machine);
    for (const [place, values] of [["User", this.userSettings], ["Machine", this.machineSettings]]) {
      mkdirSync(join(this.data, place), { recursive: true });
      writeFileSync(join(this.data, place, "settings.json"), JSON.stringify(values, null, 2));
    }
  }

  async serve(env) {
    const port = await freePort();
    const program = join(installed, "server/node_modules/.bin/code-server");
    const common = ["--user-data-dir", this.data, "--extensions-dir", join(this.root, "extensions")];
    const environment = cleanEnvironment({ PATH: `${join(installed, "node/node_modules/.bin")}:${process.env.PATH}`, ...env });
    const installing = [...common, "--install-extension", vsix];
    const said = execFileSync(program, installing, { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    this.transcript.say("installed", said.trim().split("\n").at(-1));
    const flags = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-workspace-trust", "--disable-telemetry"];
    const more = ["--disable-update-check", "--disable-getting-started-override"];
    this.server = spawn(program, [...flags, ...more, ...common, this.folder], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.serverLog = "";
    for (const stream of [this.server.stdout, this.server.stderr]) {
      stream.on("data", (data) => (this.serverLog += data));
    }
    this.url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(this.folder)}`;
    await until("code-server listens", () => fetch(this.url).then(() => true, () => false), 60);
  }

  async browse() {
    const args = ["--no-sandbox", "--disable-gpu"];
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    this.browser = await chromium.launch({ executablePath, args });
    const context = await this.browser.newContext({ viewport: { width: 820, height: 400 }, deviceScaleFactor: 1.5 });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    this.page = await context.newPage();
    this.console = [];
    this.page.on("console", (message) => this.console.push(`${message.type()}: ${message.text()}`));
    await this.page.goto(this.url);
    await this.page.waitForSelector(".monaco-workbench", { timeout: 60_000 });
    await this.page.waitForSelector(".explorer-folders-view .monaco-list-row", { timeout: 60_000 });
    await this.press("Control+B"); // more room for the text
  }

  async stop() {
    await this.browser?.close();
    if (this.server && this.server.exitCode === null) {
      process.kill(-this.server.pid, "SIGTERM");
      await ended(this.server);
    }
  }

  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  type(text, delay = 60) {
    return this.page.keyboard.type(text, { delay });
  }

  /** Open a file of the project; the cursor goes to a line and column (from 1), or the end of the line. */
  async open(name, line, column) {
    await this.press("Control+P");
    await this.page.waitForSelector(".quick-input-widget:visible");
    await this.page.keyboard.insertText(name);
    await this.page.click(`.quick-input-list .monaco-list-row[aria-label^="${name}"]`);
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`);
    if (line !== undefined) await this.goTo(line, column);
  }

  async goTo(line, column) {
    await this.press("Control+G");
    await this.page.waitForSelector(".quick-input-widget:visible");
    await this.page.keyboard.insertText(`${line}:${column ?? 1}`);
    await this.page.locator(".quick-input-widget", { hasText: `to go to line ${line}` }).waitFor();
    await this.press("Enter");
    await this.page.waitForSelector(".quick-input-widget", { state: "hidden" });
    await this.page.waitForSelector(".monaco-editor.focused");
    await this.statusBarHas(`Ln ${line}, Col ${column ?? 1}`);
    if (column === undefined) {
      await this.press("End");
      await sleep(100);
    }
  }

  /** Run a command by its title in the palette. */
  async command(title) {
    await this.press("F1");
    await this.page.waitForSelector(".quick-input-widget:visible");
    await this.page.keyboard.insertText(title);
    const list = ".quick-input-list .monaco-list-row";
    const row = `${list}[aria-label="${title}"], ${list}[aria-label^="${title},"]`;
    await this.page.waitForSelector(row);
    await this.page.click(row);
    await this.page.mouse.move(600, 220); // nothing is there that would show a tooltip
    await this.page.waitForSelector(row, { state: "hidden" });
  }

  /** The ghost text that is shown. */
  ghost() {
    return this.page.evaluate(() => {
      const inline = [...document.querySelectorAll(".ghost-text-decoration, .ghost-text-decoration-preview")];
      const below = [...document.querySelectorAll(".ghost-text .view-line, .suggest-preview-text .view-line")];
      return [inline.map((each) => each.textContent).join(""), ...below.map((each) => each.textContent)]
        .join("\n")
        .replaceAll("\u00a0", " ")
        .trimEnd();
    });
  }

  ghostIs(text, seconds) {
    return until(`ghost text ${JSON.stringify(text)}`, async () => (await this.ghost()) === text, seconds);
  }

  status() {
    return this.page.evaluate(() => {
      const item = document.querySelector('.statusbar-item[id$="elbarto.status"]');
      const label = item?.querySelector("a")?.getAttribute("aria-label");
      return item && { icon: item.innerHTML.match(/codicon-([\w-]+)/)?.[1], text: item.textContent.trim(), label };
    });
  }

  statusIs(what, condition, seconds) {
    return until(`status bar: ${what}`, async () => {
      const status = await this.status();
      return status && condition(status) && status;
    }, seconds);
  }

  /** The messages that are shown. */
  messages() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll(".notification-toast .notification-list-item-message")].map((each) => each.textContent),
    );
  }

  messageWith(text, seconds) {
    return until(`a message with ${JSON.stringify(text)}`, async () => (await this.messages()).find((each) => each.includes(text)), seconds);
  }

  /** Press a button of a message. */
  async answer(text, button) {
    const toast = this.page.locator(".notification-toast", { hasText: text });
    await toast.locator(".monaco-button", { hasText: button }).click();
  }

  async dismissMessages() {
    await this.command("Notifications: Clear All Notifications");
  }

  statusBarHas(text) {
    return until(`the status bar has ${text}`, () =>
      this.page.evaluate((text) => document.querySelector(".part.statusbar").textContent.includes(text), text),
    );
  }

  /** The text with the underline of what is unsure. */
  underlined() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll(".view-line span")]
        .filter((each) => getComputedStyle(each).textDecoration.includes("dotted") && each.children.length === 0)
        .map((each) => each.textContent)
        .join(""),
    );
  }

  /** The language servers that this editor has started. */
  languageServers() {
    return descendants(this.server.pid)
      .map((pid) => ({ pid, command: read(`/proc/${pid}/cmdline`).split("\0"), folder: link(`/proc/${pid}/cwd`) }))
      .filter(({ command }) => command.includes("-m") && command.includes("lsp"));
  }

  /** Do what makes another language server run, and wait until it does. */
  async anotherLanguageServer(change) {
    const before = this.languageServers().map(({ pid }) => pid);
    await change();
    await until("another language server", () => this.languageServers().some(({ pid }) => !before.includes(pid)), 30);
    await this.statusIs("ready", ({ icon }) => icon === "sparkle", 30);
  }

  killLanguageServer() {
    for (const { pid } of this.languageServers()) process.kill(pid, "SIGKILL");
  }

  /** The text of a file, saved first. */
  async saved(name) {
    await until(`${name} is saved`, async () => {
      await this.press("Control+S");
      await sleep(50);
      return this.page.evaluate(() => document.querySelector(".tab.active.dirty") === null);
    });
    return readFileSync(join(this.folder, name), "utf8");
  }

  savedIs(name, text, seconds = 15) {
    return until(`${name} is ${JSON.stringify(text)}`, async () => (await this.saved(name)) === text, seconds).catch((error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(readFileSync(join(this.folder, name), "utf8"))}`);
    });
  }

  async screenshot(path) {
    mkdirSync(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }
}

const USER_SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "remote.autoForwardPorts": false,
  "editor.minimap.enabled": false,
  "breadcrumbs.enabled": false,
  "window.commandCenter": false,
  "window.customMenuBarAltFocus": false,
  "workbench.layoutControl.enabled": false,
  "workbench.activityBar.location": "hidden",
  "files.autoSave": "off",
};
