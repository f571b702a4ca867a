// The settings to send to the language server: only those that are set, so that the environment decides the others.
import { workspace } from "vscode";

/** Options of the language server; docs/reference/lsp.md lists them. Everything else under `elbarto` is the extension's own. */
const OPTIONS = [
  "serverUrl",
  "apiKey",
  "startServer",
  "automatic",
  "disabledLanguages",
  "automaticCandidates",
  "invokedCandidates",
  "maxTokens",
  "holeMaxTokens",
  "commentMaxTokens",
  "multiLine",
  "deadlineMs",
  "debounceMs",
  "contextTokens",
  "crossFile",
  "cacheEntries",
  "prefetch",
  "confidence",
  "confidenceThreshold",
  "placeholders",
  "parameters",
  "statistics",
] as const;

export function settings() {
  return workspace.getConfiguration("elbarto");
}

export function languageServerOptions(storedApiKey: string | undefined): Record<string, unknown> {
  const configuration = settings();
  const options: Record<string, unknown> = {};
  for (const name of OPTIONS) {
    const values = configuration.inspect(name);
    const isSet = values?.globalValue ?? values?.workspaceValue ?? values?.workspaceFolderValue;
    options[name] = isSet === undefined ? null : configuration.get(name);
  }
  options.apiKey ||= storedApiKey ?? null;
  // Highlights are drawn here, from the notification elbarto/confidence.
  if (options.confidence === "highlight") options.confidence = "off";
  return options;
}

/** How the language server itself shows unsure text, which it registers when it starts. The last variable is an alias. */
export function shownByLanguageServer(): unknown {
  const { ELBARTO_LSP_CONFIDENCE, ELBARTO_CONFIDENCE } = process.env;
  return languageServerOptions(undefined).confidence ?? (ELBARTO_LSP_CONFIDENCE || ELBARTO_CONFIDENCE || "off");
}
