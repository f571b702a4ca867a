// How the language server is started, and explanations for the user when it cannot be.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ExtensionContext } from "vscode";
import { settings } from "./settings";

export interface Launch {
  readonly program: string;
  readonly args: string[];
  readonly folder: string;
  /** The user has configured the whole command, so nothing is known about it. */
  readonly isCustom: boolean;
  /** The user has configured the Python. */
  readonly isNamed: boolean;
}

/** What went wrong, as a message for the user, and the command that may help. */
export interface Failure {
  readonly message: string;
  readonly remedy?: { readonly title: string; readonly command: string; readonly argument?: string };
}

const SETTINGS = "workbench.action.openSettings";
const PYTHON_SETTING = { title: "Open Settings", command: SETTINGS, argument: "elbarto.languageServer" };
const IS_WINDOWS = process.platform === "win32";

export async function findLaunch(context: ExtensionContext): Promise<Launch> {
  const languageServer = settings().get<{ folder: string; python: string; args: string[]; command: string[] }>(
    "languageServer",
  )!;
  const folder = withHome(languageServer.folder.trim());
  const [program, ...rest] = languageServer.command;
  if (program !== undefined) {
    return { program: withHome(program), args: rest, folder: homedir(), isCustom: true, isNamed: true };
  }
  const named = withHome(languageServer.python.trim());
  return {
    program: named || (await findPython(context, folder)),
    args: ["-m", "lsp", ...languageServer.args],
    folder: folder || bundledFolder(context),
    isCustom: false,
    isNamed: named !== "",
  };
}

/** The folder that contains the bundled Python package. */
export function bundledFolder(context: ExtensionContext): string {
  return context.asAbsolutePath("server");
}

/** The Python that "Set Up Python" creates, whether it exists or not. */
export function ownPython(context: ExtensionContext): string {
  return pythonOf(join(context.globalStorageUri.fsPath, "venv"));
}

/** A Python on this machine, new enough or not. */
export async function systemPython(): Promise<string | undefined> {
  const names = IS_WINDOWS
    ? ["python", "py"]
    : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
  const outdated: string[] = [];
  for (const name of names) {
    const answer = await run(name, ["-c", "import sys; print(sys.version_info >= (3, 11))"]);
    if (answer.output.trim() === "True") return name;
    if (answer.code === 0) outdated.push(name);
  }
  return outdated[0];
}

/** Resolves once the process runs; `onStderr` receives its stderr. */
export function start(launch: Launch, onStderr: (text: string) => void): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(launch.program, launch.args, { cwd: launch.folder, stdio: "pipe" });
    child.once("error", reject);
    child.once("spawn", () => resolve(child));
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", onStderr);
    child.stdin.on("error", () => undefined); // it has exited; the connection reports that
  });
}

/** Why it did not start. Checked only then, so that a successful start takes no longer. */
export async function explain(launch: Launch, stderr: string): Promise<Failure> {
  const said = lastLine(stderr);
  if (launch.isCustom) {
    const command = [launch.program, ...launch.args].join(" ");
    return {
      message: `The language server cannot be started with elbarto.languageServer.command: ${command}. ${said}`,
      remedy: PYTHON_SETTING,
    };
  }
  if (!existsSync(join(launch.folder, "lsp", "__main__.py"))) {
    return {
      message: `There is no El Barto Serve in ${launch.folder}: its folder lsp is missing. See elbarto.languageServer.folder.`,
      remedy: PYTHON_SETTING,
    };
  }
  const version = await run(launch.program, ["-c", "import sys; print(*sys.version_info[:2], sep='.')"]);
  if (version.code !== 0) {
    return {
      message: `The language server needs Python 3.11 or newer, and ${launch.program} cannot be run. Install Python, or name one in elbarto.languageServer.python.`,
      remedy: PYTHON_SETTING,
    };
  }
  const [major, minor] = version.output.trim().split(".").map(Number) as [number, number];
  if (major < 3 || (major === 3 && minor < 11)) {
    return {
      message: `The language server needs Python 3.11 or newer, and ${launch.program} is ${version.output.trim()}. Name another one in elbarto.languageServer.python.`,
      remedy: PYTHON_SETTING,
    };
  }
  const missing: string[] = [];
  for (const name of ["pygls", "httpx"]) {
    if ((await run(launch.program, ["-c", `import ${name}`])).code !== 0) missing.push(name);
  }
  if (missing.length > 0) {
    const message = `The language server needs ${missing.join(" and ")}, and ${launch.program} does not have ${missing.length > 1 ? "them" : "it"}.`;
    return launch.isNamed
      ? { message: `${message} Install requirements-lsp.txt there, or name no Python.`, remedy: PYTHON_SETTING }
      : { message, remedy: { title: "Set Up Python", command: "elbarto.setUp" } };
  }
  return { message: `The language server did not start. ${said}`.trim() };
}

export interface Answer {
  readonly code: number | undefined;
  readonly output: string;
}

/** Run a program to completion; a missing program counts as one that fails. */
export function run(program: string, args: string[], folder?: string, seconds = 20): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: seconds * 1000, windowsHide: true };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? undefined : 0, output: error ? `${stdout}${stderr}${error.message}` : stdout });
    });
  });
}

export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}

async function findPython(context: ExtensionContext, folder: string): Promise<string> {
  // Our own exists only if the user has set it up, because no other one was suitable.
  const candidates = [ownPython(context), ...(folder ? [pythonOf(join(folder, ".venv"))] : [])];
  return candidates.find((path) => existsSync(path)) ?? (await systemPython()) ?? (IS_WINDOWS ? "python" : "python3");
}

function pythonOf(environment: string): string {
  return IS_WINDOWS ? join(environment, "Scripts", "python.exe") : join(environment, "bin", "python");
}

function withHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}
