// The language server's extensions to LSP (docs/reference/lsp.md, "Notifications to the client").
import { NotificationType, type Range } from "vscode-languageclient";

export interface Status {
  state: "starting" | "loading" | "ready" | "busy" | "error";
  message: string;
  server: string | null;
  model: string | null;
  ms: number | null;
  tpf: number | null;
  running: number;
}

export interface Draft {
  id: string;
  command: string;
  uri: string;
  version: number;
  done: boolean;
  holes: { range: Range; text: string }[];
}

export interface Confidence {
  uri: string;
  version: number;
  spans: { range: Range; confidence: number }[];
}

export interface Hole {
  range: Range;
  text: string;
  kind: string;
}

export const CLIENT_FEATURES = ["status", "draft", "confidence", "inlineSnippets"];
export const StatusNotification = new NotificationType<Status>("elbarto/status");
export const DraftNotification = new NotificationType<Draft>("elbarto/draft");
export const ConfidenceNotification = new NotificationType<Confidence>("elbarto/confidence");
