// Finds in Lua sources what a run may find too late: syntax errors, and globals that neither Lua nor Neovim defines, as a
// misspelt or forgotten local becomes one. `node lua.mjs DIRECTORY...` prints a line for each and exits with 1 if there is one.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "luaparse";

// Neovim's, and those of Lua 5.1 and LuaJIT that its plugins use.
const GLOBALS = new Set([
  "vim",
  ..."_G assert error getmetatable ipairs next pairs pcall print rawequal rawget rawset require select".split(" "),
  ..."setmetatable tonumber tostring type unpack xpcall".split(" "),
  ..."coroutine debug io jit math os package string table".split(" "),
]);

const sources = (path) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".lua"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

function problemsOf(path) {
  const problems = [];
  try {
    const tree = parse(readFileSync(path, "utf8"), { luaVersion: "LuaJIT", locations: true, scope: true });
    for (const { name, loc } of tree.globals) {
      if (!GLOBALS.has(name)) problems.push(`${path}:${loc.start.line}: the global '${name}' is defined nowhere`);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problems.push(`${path}:${error.line}: ${error.message}`);
  }
  return problems;
}

const found = process.argv.slice(2).flatMap(sources);
if (found.length === 0) throw new Error("no Lua sources there");
const problems = found.flatMap(problemsOf);
for (const problem of problems) console.error(problem);
console.log(`Checked ${found.length} Lua files: ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
