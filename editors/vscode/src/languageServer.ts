// The lifecycle of the language server: started with the first document, restarted when it exits or its settings change.
import { commands, type ExtensionContext, type LogOutputChannel, window } from "vscode";
import {
  type CancellationToken,
  CloseAction,
  type CloseHandlerResult,
  DidChangeConfigurationNotification,
  ErrorAction,
  ExecuteCommandRequest,
  State,
} from "vscode-languageclient";
import { LanguageClient } from "vscode-languageclient/node";
import { type Failure, explain, findLaunch, lastLine, type Launch, start } from "./launch";
import { CLIENT_FEATURES, type Status } from "./protocol";
import { withProgress } from "./progress";
import { languageServerOptions, shownByLanguageServer } from "./settings";

export const DOCUMENTS = ["file", "untitled", "vscode-notebook-cell", "vscode-vfs"].map((scheme) => ({ scheme }));
const API_KEY = "elbarto.apiKey";
const RESTARTS = 3;
const RESTARTS_WITHIN_MS = 3 * 60_000;
const KEPT_STDERR = 4000;
const SHOW_LOG = { title: "Show Log", command: "elbarto.showLog" };

/** A client that shows no messages itself when the server cannot be reached. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown, _showNotification?: boolean | "force"): void {
    super.error(message, data, false);
  }
}

export class LanguageServer {
  private client: LanguageClient | undefined;
  private starting: Promise<boolean> | undefined;
  private failure: Failure | undefined;
  private apiKey: string | undefined;
  private stderr = "";
  private restarts: number[] = [];
  private confidence: unknown; // its capabilities depend on this from the start

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
    private readonly onStatus: (status: Pick<Status, "state" | "message">) => void,
    private readonly onClient: (client: LanguageClient) => void,
  ) {}

  /** From then on this class restarts it; opening a document no longer starts it. */
  get isTried(): boolean {
    return this.client !== undefined || this.starting !== undefined;
  }

  get isRunning(): boolean {
    return this.client?.state === State.Running;
  }

  get converter() {
    return this.client!.code2ProtocolConverter;
  }

  /** Start it unless it runs. Returns false, after showing a message, if it cannot be started. */
  start(): Promise<boolean> {
    if (this.isRunning) return Promise.resolve(true);
    this.starting ??= this.tryToStart().finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  async restart(): Promise<boolean> {
    await this.starting;
    await this.stop();
    return this.start();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.debug(`stopping: ${error}`); // it was not running
    }
    await setRunning(false);
  }

  /**
   * Run one of the language server's commands, showing progress if it takes long. Undefined if it was cancelled or
   * failed; a failure has then been shown to the user.
   */
  async execute<Result>(command: string, argument: object, token?: CancellationToken): Promise<Result | undefined> {
    if (!(await this.start())) return undefined;
    const client = this.client!;
    try {
      return await withProgress(client, token, (workDoneToken, cancellation) =>
        client.sendRequest<Result>(
          ExecuteCommandRequest.method,
          { command, arguments: [argument], workDoneToken },
          cancellation,
        ),
      );
    } catch (error) {
      if (isCancellation(error)) return undefined;
      this.log.error(`${command}: ${error}`);
      if (this.isRunning) void window.showErrorMessage(`El Barto: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** The settings have changed: the language server requests them again, or is restarted. */
  async configurationChanged(isAnother = false): Promise<void> {
    if (!this.isTried) return;
    if (isAnother || shownByLanguageServer() !== this.confidence) await this.restart();
    else if (this.isRunning) await this.client!.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  }

  async setApiKey(key: string | undefined): Promise<void> {
    if (key) await this.context.secrets.store(API_KEY, key);
    else await this.context.secrets.delete(API_KEY);
    this.apiKey = key;
    await this.configurationChanged();
  }

  private async tryToStart(): Promise<boolean> {
    this.failure = undefined;
    this.stderr = "";
    this.onStatus({ state: "starting", message: "The language server is starting." });
    this.apiKey = await this.context.secrets.get(API_KEY);
    const launch = await findLaunch(this.context);
    this.log.info(`starting ${[launch.program, ...launch.args].join(" ")} in ${launch.folder}`);
    await this.stop();
    this.confidence = shownByLanguageServer();
    const client = this.newClient(launch);
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.log.error(`the language server did not start: ${error}`);
      await this.fail(await explain(launch, this.stderr || messageOf(error)));
      return false;
    }
    await setRunning(true);
    return true;
  }

  private newClient(launch: Launch): LanguageClient {
    const client: QuietClient = new QuietClient(
      "elbarto",
      "El Barto",
      () => start(launch, (text) => (this.stderr = (this.stderr + text).slice(-KEPT_STDERR))),
      {
        documentSelector: DOCUMENTS,
        outputChannel: this.log,
        // The language server requests the settings: values sent here would override settings that are removed later.
        initializationOptions: () => ({
          settings: { confidence: languageServerOptions(this.apiKey).confidence },
          clientFeatures: CLIENT_FEATURES,
        }),
        initializationFailedHandler: () => false,
        errorHandler: {
          error: () => ({ action: ErrorAction.Continue, handled: true }),
          closed: () => this.closed(client),
        },
        middleware: {
          workspace: {
            configuration: (params, token, next) =>
              params.items.every((item) => item.section === "elbarto")
                ? params.items.map(() => languageServerOptions(this.apiKey))
                : next(params, token),
          },
          // A failed request for ghost text needs no message.
          provideInlineCompletionItems: async (document, position, context, token, next) => {
            try {
              return await next(document, position, context, token);
            } catch (error) {
              this.log.debug(`inline completion: ${error}`);
              return null;
            }
          },
        },
      },
    );
    this.onClient(client);
    return client;
  }

  /** The process has exited. It is restarted, but only a few times within a few minutes. */
  private closed(client: LanguageClient): CloseHandlerResult {
    const isOurs = client === this.client && this.starting === undefined;
    const now = Date.now();
    this.restarts = [...this.restarts.filter((at) => now - at < RESTARTS_WITHIN_MS), now];
    if (!isOurs) return { action: CloseAction.DoNotRestart, handled: true };
    void setRunning(false);
    if (this.restarts.length > RESTARTS) {
      this.restarts = [];
      const said = lastLine(this.stderr);
      void this.fail({
        message: `The language server has stopped ${RESTARTS + 1} times within minutes. ${said}`.trim(),
        remedy: { title: "Restart", command: "elbarto.restart" },
      });
    } else {
      this.log.warn("the language server has exited unexpectedly and is restarted");
      setTimeout(() => void this.start(), 200);
    }
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private async fail(failure: Failure): Promise<void> {
    const isNew = this.failure?.message !== failure.message;
    this.failure = failure;
    await setRunning(false);
    this.onStatus({ state: "error", message: failure.message });
    if (!isNew) return;
    const choices = failure.remedy ? [failure.remedy, SHOW_LOG] : [SHOW_LOG];
    // Not awaited: the message stays until the user answers it.
    void window.showErrorMessage(`El Barto: ${failure.message}`, ...choices.map((choice) => choice.title)).then((title) => {
      const chosen = choices.find((choice) => choice.title === title);
      if (chosen) void commands.executeCommand(chosen.command, ...("argument" in chosen ? [chosen.argument] : []));
    });
  }
}

function setRunning(isRunning: boolean): Thenable<unknown> {
  return commands.executeCommand("setContext", "elbarto.isRunning", isRunning);
}

function isCancellation(error: unknown): boolean {
  const code = (error as { code?: number }).code;
  return code === -32800 || code === -32802 || (error as Error).name === "Canceled";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
