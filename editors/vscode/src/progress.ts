// Progress of a request that takes longer than a second: a notification with a Cancel button.
import { randomUUID } from "node:crypto";
import { CancellationTokenSource, type Progress, ProgressLocation, window } from "vscode";
import { type CancellationToken, WorkDoneProgress } from "vscode-languageclient";
import type { LanguageClient } from "vscode-languageclient/node";

const AFTER_MS = 1000;

export async function withProgress<Result>(
  client: LanguageClient,
  token: CancellationToken | undefined,
  request: (workDoneToken: string, token: CancellationToken) => Promise<Result>,
): Promise<Result> {
  const workDoneToken = randomUUID();
  const cancellation = new CancellationTokenSource();
  const forwarded = token?.onCancellationRequested(() => cancellation.cancel());
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  let title = "El Barto";
  let progress: Progress<{ message: string }> | undefined;
  const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind === "begin") title = value.title;
    else if (value.kind === "report" && value.message) progress?.report({ message: value.message });
  });
  const timer = setTimeout(() => {
    const options = { location: ProgressLocation.Notification, title, cancellable: true };
    void window.withProgress(options, (shown, cancelled) => {
      progress = shown;
      cancelled.onCancellationRequested(() => cancellation.cancel());
      return ended;
    });
  }, AFTER_MS);
  try {
    return await request(workDoneToken, cancellation.token);
  } finally {
    clearTimeout(timer);
    end();
    listener.dispose();
    forwarded?.dispose();
    cancellation.dispose();
  }
}
