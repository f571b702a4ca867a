// Progress of a request: a notification with a Cancel button, once the server says that there is something to show.
import { randomUUID } from "node:crypto";
import { CancellationTokenSource, type Progress, ProgressLocation, window } from "vscode";
import { type CancellationToken, WorkDoneProgress } from "vscode-languageclient";
import type { LanguageClient } from "vscode-languageclient/node";

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
  let shown: Progress<{ message: string }> | undefined;
  const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind === "begin") {
      const options = { location: ProgressLocation.Notification, title: value.title, cancellable: true };
      void window.withProgress(options, (progress, cancelled) => {
        shown = progress;
        cancelled.onCancellationRequested(() => cancellation.cancel());
        return ended;
      });
    } else if (value.kind === "report" && value.message) {
      shown?.report({ message: value.message });
    } else if (value.kind === "end") {
      end();
    }
  });
  try {
    return await request(workDoneToken, cancellation.token);
  } finally {
    end();
    listener.dispose();
    forwarded?.dispose();
    cancellation.dispose();
  }
}
