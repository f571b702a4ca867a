// The commands that a user runs in an editor, in terms of the language server's (docs/reference/lsp.md, "Commands").
import {
  CancellationTokenSource,
  commands,
  type Disposable,
  Range,
  Selection,
  type TextEditor,
  TextEditorRevealType,
  window,
} from "vscode";
import type { LanguageServer } from "./languageServer";
import type { Hole } from "./protocol";

/** Arguments that a key binding may pass: `{"hint": "...", "pinned": ["..."]}`. */
interface CommandOptions {
  hint?: string;
  pinned?: (string | { text: string; at: "start" | "end" })[];
}
type Where = "position" | "range" | "selection or position" | "document";

export class EditorCommands {
  private readonly running = new Set<CancellationTokenSource>();

  constructor(private readonly server: LanguageServer) {}

  register(): Disposable[] {
    const all: Record<string, (editor: TextEditor, options: CommandOptions) => Promise<unknown>> = {
      suggest: () => trigger(),
      regenerate: (editor) => this.regenerate(editor),
      fillHole: (editor, options) => this.run("fillHole", editor, "position", options),
      fillHoleWithHint: (editor) => this.withHint("fillHole", editor, "position"),
      fillAllHoles: (editor, options) => this.run("fillAllHoles", editor, "selection or position", options),
      fillAllHolesInFile: (editor, { hint }) => this.run("fillAllHoles", editor, "document", { hint, scope: "file" }),
      nextHole: (editor) => this.goToHole(editor, 1),
      previousHole: (editor) => this.goToHole(editor, -1),
      rewriteSelection: (editor, options) => this.run("rewriteSelection", editor, "range", options),
      rewriteSelectionWithHint: (editor) => this.withHint("rewriteSelection", editor, "range"),
      redenoise: (editor) => this.run("redenoise", editor, editor.selection.isEmpty ? "document" : "range"),
      generateFromComment: (editor) => this.run("generateFromComment", editor, "selection or position"),
    };
    const registered = Object.entries(all).map(([name, run]) =>
      commands.registerCommand(`elbarto.${name}`, async (options?: CommandOptions) => {
        const editor = window.activeTextEditor;
        if (!editor) void window.showInformationMessage("El Barto: open a file first.");
        else await run(editor, isObject(options) ? options : {});
      }),
    );
    return [...registered, commands.registerCommand("elbarto.cancel", () => this.cancel())];
  }

  private async run(name: string, editor: TextEditor, where: Where, more: object = {}): Promise<unknown> {
    const cancellation = new CancellationTokenSource();
    this.running.add(cancellation);
    try {
      if (!(await this.server.start())) return undefined;
      return await this.server.execute(`elbarto.ls.${name}`, { ...this.place(editor, where), ...more }, cancellation.token);
    } finally {
      this.running.delete(cancellation);
      cancellation.dispose();
    }
  }

  /** The document, its version and the position or range, as arguments for the language server. */
  private place(editor: TextEditor, where: Where): object {
    const { document, selection } = editor;
    const document_ = { uri: this.server.converter.asUri(document.uri), version: document.version };
    if (where === "document") return document_;
    const isPosition = where === "position" || (where === "selection or position" && selection.isEmpty);
    return isPosition
      ? { ...document_, position: this.server.converter.asPosition(selection.active) }
      : { ...document_, range: this.server.converter.asRange(selection) };
  }

  private async withHint(name: string, editor: TextEditor, where: Where): Promise<void> {
    const hint = await window.showInputBox({
      title: name === "fillHole" ? "El Barto: Fill This Hole" : "El Barto: Rewrite Selection",
      prompt: "What belongs there, in words",
      placeHolder: "sum up the prices, without VAT",
    });
    if (hint !== undefined) await this.run(name, editor, where, hint ? { hint } : {});
  }

  /** Puts new candidates into the language server's cache, from where the editor requests them. */
  private async regenerate(editor: TextEditor): Promise<void> {
    const answer = await this.run("regenerate", editor, "position");
    if (answer === undefined) return;
    await commands.executeCommand("editor.action.inlineSuggest.hide"); // it would keep its cached suggestion
    await trigger();
  }

  private async goToHole(editor: TextEditor, step: 1 | -1): Promise<void> {
    const answer = (await this.run("listHoles", editor, "document")) as { holes: Hole[] } | undefined;
    if (!answer) return;
    const ranges = answer.holes.map(({ range: { start, end } }) => {
      return new Range(start.line, start.character, end.line, end.character);
    });
    const { start } = editor.selection;
    const after = ranges.filter((range) => range.start.isAfter(start));
    const before = ranges.filter((range) => range.start.isBefore(start));
    const range = step > 0 ? (after[0] ?? ranges[0]) : (before.at(-1) ?? ranges.at(-1));
    if (!range) {
      void window.showInformationMessage("El Barto: there are no holes in this file. Write ... or ___ where code is missing.");
      return;
    }
    editor.selection = new Selection(range.start, range.end);
    editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
  }

  private async cancel(): Promise<void> {
    for (const cancellation of this.running) cancellation.cancel();
    if (this.server.isRunning) await this.server.execute("elbarto.ls.cancel", {});
    await commands.executeCommand("editor.action.inlineSuggest.hide");
  }
}

async function trigger(): Promise<void> {
  await commands.executeCommand("editor.action.inlineSuggest.trigger");
}

function isObject(value: unknown): value is CommandOptions {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
