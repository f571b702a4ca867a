// The status bar item, which shows the notification elbarto/status.
import { MarkdownString, StatusBarAlignment, ThemeColor, window } from "vscode";
import type { Status } from "./protocol";
import { settings } from "./settings";

const ICONS = {
  starting: "$(loading~spin)",
  loading: "$(loading~spin)",
  ready: "$(sparkle)",
  busy: "$(sync~spin)",
  error: "$(warning)",
};
const WORDS = {
  starting: "looking for a model server",
  loading: "the model is loading",
  ready: "ready",
  busy: "busy",
  error: "not available",
};

export class StatusItem {
  private readonly item = window.createStatusBarItem("elbarto.status", StatusBarAlignment.Right, 100);
  private status: Status = { state: "starting", message: "", server: null, model: null, ms: null, tpf: null, running: 0 };

  constructor() {
    this.item.name = "El Barto";
    this.item.command = "elbarto.menu";
  }

  get current(): Status {
    return this.status;
  }

  set(status: Partial<Status>): void {
    this.status = { ...this.status, ...status };
    this.draw();
    this.item.show(); // only now: without a document the language server does not run
  }

  draw(): void {
    const { state, message, ms, tpf } = this.status;
    const figures = state === "ready" || state === "busy" ? [milliseconds(ms), tokensPerForward(tpf)] : [];
    const suffix = { starting: "", loading: "loading", ready: "", busy: "", error: "" }[state];
    const automatic = settings().get<boolean>("automatic") ? "" : "(off)";
    this.item.text = [ICONS[state], "El Barto", automatic, suffix, figures.filter(Boolean).join(" · ")]
      .filter(Boolean)
      .join(" ");
    this.item.tooltip = this.tooltip();
    this.item.backgroundColor = state === "error" ? new ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.accessibilityInformation = { label: `El Barto: ${message || WORDS[state]}` };
  }

  dispose(): void {
    this.item.dispose();
  }

  private tooltip(): MarkdownString {
    const { state, message, server, model, ms, tpf, running } = this.status;
    const text = new MarkdownString();
    text.appendMarkdown("**El Barto**: ").appendText(message || WORDS[state]);
    const line = (name: string, value: string) => text.appendMarkdown(`\n\n${name}: `).appendText(value);
    if (model) line("Model", model);
    if (server) line("Server", server);
    if (ms !== null) line("Last answer", `${milliseconds(ms)}${tpf === null ? "" : `, ${tpf.toFixed(2)} tokens per forward`}`);
    if (running > 0) line("Being computed", String(running));
    if (!settings().get<boolean>("automatic")) text.appendMarkdown("\n\nAutomatic completions are off.");
    return text;
  }
}

function milliseconds(ms: number | null): string {
  if (ms === null) return "";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function tokensPerForward(tpf: number | null): string {
  return tpf === null ? "" : `${tpf.toFixed(1)} TPF`;
}
