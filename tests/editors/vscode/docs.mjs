// The pictures and the transcript in docs/, from the last run: `node docs.mjs`, after all tests have passed.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository, run } from "./tools.mjs";

const installed = process.env.VSCODE_DIR ?? join(import.meta.dirname, "installed");
const docs = join(repository, "docs");
const codeServer = join(installed, "server/node_modules/code-server");

const transcript = `# VS Code, end to end

A recording by \`make vscode-docs\`: the extension, packed by \`make vsix\` and installed from its file, in VS Code
${version(codeServer, "lib/vscode")} (code-server ${version(codeServer)}), in a browser, driven by keys. Lines with a star are the tests of
\`tests/editors/vscode\`; times are left out.

## With the embedded model

The real server with \`weights/elbarto-mini\`. The code it fills in is run.

![Ghost text](../images/vscode-ghost-text.png)

![Two holes, before and after](../images/vscode-two-holes.png)

\`\`\`text
${said("real")}
\`\`\`

## Everything else

A fake model server, whose answers and delays the tests set.

\`\`\`text
${said("fake")}
\`\`\`
`;

for (const name of ["images", "transcripts"]) mkdirSync(join(docs, name), { recursive: true });
for (const name of ["vscode-ghost-text.png", "vscode-two-holes.png"]) copyFileSync(join(run, name), join(docs, "images", name));
writeFileSync(join(docs, "transcripts/vscode.md"), transcript);

function version(...folders) {
  return JSON.parse(readFileSync(join(...folders, "package.json"), "utf8")).version;
}

function said(name) {
  const text = readFileSync(join(run, `${name}.txt`), "utf8").trimEnd();
  if (/^ {4}failed/m.test(text)) throw new Error(`the last run of ${name}.test.mjs has failed`);
  return text;
}
