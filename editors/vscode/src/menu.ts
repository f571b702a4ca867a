// The menu of the status bar item, and the commands around the connection.
import { commands, ConfigurationTarget, type Disposable, type LogOutputChannel, type QuickPickItem, window } from "vscode";
import type { LanguageServer } from "./languageServer";
import { settings } from "./settings";
import type { StatusItem } from "./status";

interface Choice extends QuickPickItem {
  readonly command: string;
  readonly argument?: string;
}

export function registerMenu(server: LanguageServer, status: StatusItem, log: LogOutputChannel): Disposable[] {
  const all: Record<string, () => unknown> = {
    menu: () => showMenu(status),
    showLog: () => log.show(),
    showStatus: () => showStatus(server, log),
    restart: () => server.restart(),
    reconnect: () => server.execute("elbarto.ls.reconnect", {}),
    setApiKey: () => setApiKey(server),
    toggleAutomatic,
    toggleLanguage,
  };
  return Object.entries(all).map(([name, run]) => commands.registerCommand(`elbarto.${name}`, run));
}

async function showMenu(status: StatusItem): Promise<void> {
  const language = window.activeTextEditor?.document.languageId;
  const { state, message } = status.current;
  const choices: Choice[] = [
    { label: "$(sparkle) Suggest here", command: "elbarto.suggest" },
    { label: "$(symbol-array) Fill all holes of the function or selection", command: "elbarto.fillAllHoles" },
    state === "busy"
      ? { label: "$(close) Cancel what is being computed", command: "elbarto.cancel" }
      : { label: "$(refresh) Look for the model server again", command: "elbarto.reconnect" },
    {
      label: isAutomatic() ? "$(circle-slash) Switch automatic completions off" : "$(check) Switch automatic completions on",
      command: "elbarto.toggleAutomatic",
    },
  ];
  if (language && isAutomatic()) {
    const isOff = disabledLanguages().includes(language);
    const label = isOff ? `$(check) Switch them on for ${language}` : `$(circle-slash) Switch them off for ${language}`;
    choices.push({ label, command: "elbarto.toggleLanguage" });
  }
  choices.push(
    { label: "$(info) Show status", command: "elbarto.showStatus" },
    { label: "$(debug-restart) Restart the language server", command: "elbarto.restart" },
    { label: "$(output) Show log", command: "elbarto.showLog" },
    { label: "$(gear) Settings", command: "workbench.action.openSettings", argument: "elbarto." },
  );
  const chosen = await window.showQuickPick(choices, { title: "El Barto", placeHolder: message });
  if (chosen) await commands.executeCommand(chosen.command, ...(chosen.argument ? [chosen.argument] : []));
}

async function showStatus(server: LanguageServer, log: LogOutputChannel): Promise<void> {
  const answer = await server.execute<Record<string, unknown>>("elbarto.ls.status", {});
  if (!answer) return;
  log.info(`status:\n${JSON.stringify(answer, null, 2)}`);
  log.show();
}

async function setApiKey(server: LanguageServer): Promise<void> {
  const key = await window.showInputBox({
    title: "El Barto: API Key",
    prompt: "The model server's API key. It is kept in VS Code's secret storage; empty forgets it.",
    password: true,
    ignoreFocusOut: true,
  });
  if (key !== undefined) await server.setApiKey(key || undefined);
}

async function toggleAutomatic(): Promise<void> {
  await update("automatic", !isAutomatic());
}

async function toggleLanguage(): Promise<void> {
  const language = window.activeTextEditor?.document.languageId;
  if (!language) return;
  const languages = disabledLanguages();
  const isOff = languages.includes(language);
  await update("disabledLanguages", isOff ? languages.filter((each) => each !== language) : [...languages, language]);
}

/** The scope where it is already set, so that the change takes effect. */
async function update(name: string, value: unknown): Promise<void> {
  const values = settings().inspect(name);
  const target =
    values?.workspaceFolderValue !== undefined
      ? ConfigurationTarget.WorkspaceFolder
      : values?.workspaceValue !== undefined
        ? ConfigurationTarget.Workspace
        : ConfigurationTarget.Global;
  await settings().update(name, value, target);
}

function isAutomatic(): boolean {
  return settings().get<boolean>("automatic") ?? true;
}

function disabledLanguages(): string[] {
  return settings().get<string[]>("disabledLanguages") ?? [];
}
