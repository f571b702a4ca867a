// El Barto for VS Code: a client of the language server of El Barto Serve. This module wires its parts.
import { commands, type ExtensionContext, languages, type TextDocument, window, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { EditorCommands } from "./commands";
import { Decorations } from "./decorations";
import { DOCUMENTS, LanguageServer } from "./languageServer";
import { registerMenu } from "./menu";
import { ConfidenceNotification, DraftNotification, StatusNotification } from "./protocol";
import { setUp } from "./setUp";
import { StatusItem } from "./status";

let server: LanguageServer | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("El Barto", { log: true });
  const status = new StatusItem();
  const decorations = new Decorations();
  const listen = (client: LanguageClient) => {
    decorations.clear(); // of the previous client
    client.onNotification(StatusNotification, (params) => status.set(params));
    client.onNotification(ConfidenceNotification, (params) => decorations.showConfidence(client, params));
    client.onNotification(DraftNotification, (params) => decorations.showDraft(client, params));
  };
  const languageServer = new LanguageServer(context, log, (state) => status.set(state), listen);
  server = languageServer;

  const startFor = (document: TextDocument) => {
    if (languages.match(DOCUMENTS, document) > 0 && !languageServer.isTried) void languageServer.start();
  };
  context.subscriptions.push(
    log,
    status,
    decorations,
    ...new EditorCommands(languageServer).register(),
    ...registerMenu(languageServer, status, log),
    commands.registerCommand("elbarto.setUp", () => setUp(context, languageServer, log)),
    workspace.onDidOpenTextDocument(startFor),
    workspace.onDidCloseTextDocument((document) => decorations.closed(document.uri.toString())),
    workspace.onDidChangeConfiguration(async (event) => {
      if (!event.affectsConfiguration("elbarto")) return;
      status.draw();
      decorations.configurationChanged();
      await languageServer.configurationChanged(event.affectsConfiguration("elbarto.languageServer"));
    }),
    window.onDidChangeVisibleTextEditors((editors) => decorations.draw(editors)),
  );
  workspace.textDocuments.forEach(startFor);
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
