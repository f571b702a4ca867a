// Bundles the extension into dist/, and copies the language server's Python files into server/: `node build.mjs`.
import { cpSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "../../..");

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
  const source = join(repository, "lsp");
  const target = join(here, "server");
  const leftOut = new Set(["clients", "__pycache__"]);
  const isWanted = (path) => !leftOut.has(basename(path));
  rmSync(target, { recursive: true, force: true });
  mkdirSync(join(target, "lsp"), { recursive: true });
  for (const name of readdirSync(source).filter(isWanted)) {
    cpSync(join(source, name), join(target, "lsp", name), { recursive: true, filter: isWanted });
  }
  const requirements = join(repository, "requirements-lsp.txt");
  if (existsSync(requirements)) copyFileSync(requirements, join(target, "requirements-lsp.txt"));
  copyFileSync(join(repository, "LICENSE"), join(here, "LICENSE"));
}
