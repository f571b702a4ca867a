// Bundles the extension into dist/, and copies the language server's Python files into server/: `node build.mjs`.
import { copyFileSync, cpSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "../..");

copyLanguageServer();
const options = {
  entryPoints: [join(here, "src/extension.ts")],
  outfile: join(here, "dist/extension.js"),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  minify: process.argv.includes("--minify"),
  sourcemap: !process.argv.includes("--minify"),
  logLevel: "info",
};
if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
}

function copyLanguageServer() {
  const target = join(here, "server");
  rmSync(target, { recursive: true, force: true });
  const isWanted = (path) => basename(path) !== "__pycache__";
  cpSync(join(repository, "lsp"), join(target, "lsp"), { recursive: true, filter: isWanted });
  copyFileSync(join(repository, "requirements-lsp.txt"), join(target, "requirements-lsp.txt"));
  copyFileSync(join(repository, "LICENSE"), join(here, "LICENSE"));
}
