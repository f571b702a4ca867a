// Decorations in the text: unsure spans, and drafts of holes that are being filled.
import {
  type DecorationOptions,
  type TextEditor,
  type TextEditorDecorationType,
  ThemeColor,
  window,
  workspace,
} from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { Confidence, Draft } from "./protocol";
import { settings } from "./settings";

const DRAFT_LENGTH = 120;

/** One kind of decoration in every document. */
class Layer {
  private readonly options = new Map<string, DecorationOptions[]>();

  constructor(private readonly type: TextEditorDecorationType) {}

  set(uri: string, options: DecorationOptions[]): void {
    if (options.length > 0) this.options.set(uri, options);
    else this.options.delete(uri);
    window.visibleTextEditors.forEach((editor) => this.draw(editor, uri));
  }

  /** For editors that have just become visible; VS Code moves the decorations with later edits. */
  draw(editor: TextEditor, uri = editor.document.uri.toString()): void {
    if (editor.document.uri.toString() === uri) editor.setDecorations(this.type, this.options.get(uri) ?? []);
  }

  clear(): void {
    for (const uri of [...this.options.keys()]) this.set(uri, []);
  }

  dispose(): void {
    this.type.dispose();
  }
}

export class Decorations {
  private readonly unsure = new Layer(
    window.createTextEditorDecorationType({
      textDecoration: "underline dotted 2px var(--vscode-elbarto-unsure)",
      overviewRulerColor: new ThemeColor("elbarto.unsure"),
    }),
  );
  private readonly drafts = new Layer(
    window.createTextEditorDecorationType({
      after: { color: new ThemeColor("editorGhostText.foreground"), fontStyle: "italic", margin: "0 0 0 1em" },
    }),
  );
  private readonly published = new Map<string, () => void>(); // by document: redraws its unsure spans

  showConfidence(client: LanguageClient, { uri, version, spans }: Confidence): void {
    const key = client.protocol2CodeConverter.asUri(uri).toString();
    this.published.set(key, () => this.showConfidence(client, { uri, version, spans }));
    if (settings().get("confidence") !== "highlight") {
      this.unsure.set(key, []);
      return;
    }
    const document = workspace.textDocuments.find((each) => each.uri.toString() === key);
    if (document?.version !== version) return; // a newer notification will follow
    const ranges = spans.map(({ range, confidence }) => ({
      range: client.protocol2CodeConverter.asRange(range),
      hoverMessage: `El Barto is unsure of this: ${Math.round(confidence * 100)} %`,
    }));
    this.unsure.set(key, ranges);
  }

  showDraft(client: LanguageClient, { uri, version, done, holes }: Draft): void {
    const key = client.protocol2CodeConverter.asUri(uri).toString();
    const document = workspace.textDocuments.find((each) => each.uri.toString() === key);
    if (done) {
      this.drafts.set(key, []);
    } else if (settings().get("drafts") && document?.version === version) {
      this.drafts.set(
        key,
        holes.map(({ range, text }) => ({
          range: client.protocol2CodeConverter.asRange(range),
          renderOptions: { after: { contentText: oneLine(text) } },
        })),
      );
    }
  }

  draw(editors: readonly TextEditor[]): void {
    for (const editor of editors) {
      this.unsure.draw(editor);
      this.drafts.draw(editor);
    }
  }

  configurationChanged(): void {
    this.published.forEach((show) => show());
  }

  closed(uri: string): void {
    this.published.delete(uri);
    this.unsure.set(uri, []);
    this.drafts.set(uri, []);
  }

  clear(): void {
    this.published.clear();
    this.unsure.clear();
    this.drafts.clear();
  }

  dispose(): void {
    this.unsure.dispose();
    this.drafts.dispose();
  }
}

function oneLine(text: string): string {
  const line = text.trim().split(/\s*\n\s*/).join(" ⏎ ");
  return line.length > DRAFT_LENGTH ? `${line.slice(0, DRAFT_LENGTH)}…` : line;
}
