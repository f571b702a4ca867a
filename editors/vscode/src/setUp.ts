// "Set Up Python": creates the extension's own virtual environment, with the language server's requirements.
import { mkdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ExtensionContext, type LogOutputChannel, ProgressLocation, window } from "vscode";
import { bundledFolder, lastLine, ownPython, run, systemPython } from "./launch";
import type { LanguageServer } from "./languageServer";

const INSTALL_S = 600;

export async function setUp(context: ExtensionContext, server: LanguageServer, log: LogOutputChannel): Promise<void> {
  const options = { location: ProgressLocation.Notification, title: "El Barto: setting up Python" };
  const problem = await window.withProgress(options, () => install(context, log));
  if (problem) {
    log.error(problem);
    void window.showErrorMessage(`El Barto: Python could not be set up. ${lastLine(problem)}`, "Show Log").then((title) => {
      if (title) log.show();
    });
  } else if (await server.restart()) {
    void window.showInformationMessage("El Barto: Python is set up, and the language server runs.");
  }
}

/** The reason for a failure, or undefined on success. */
async function install(context: ExtensionContext, log: LogOutputChannel): Promise<string | undefined> {
  const python = await systemPython();
  if (!python) return "There is no Python on this machine; install Python 3.11 or newer.";
  const target = ownPython(context);
  const folder = dirname(dirname(target));
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  log.info(`creating a virtual environment with ${python} in ${folder}`);
  const created = await run(python, ["-m", "venv", folder], undefined, INSTALL_S);
  if (created.code !== 0 || !existsSync(target)) {
    await rm(folder, { recursive: true, force: true });
    return created.output;
  }
  const requirements = join(bundledFolder(context), "requirements-lsp.txt");
  const installed = await run(target, ["-m", "pip", "install", "-r", requirements], undefined, INSTALL_S);
  log.info(installed.output.trim());
  if (installed.code === 0) return undefined;
  await rm(folder, { recursive: true, force: true });
  return installed.output;
}
