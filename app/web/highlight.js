// Syntax colours for Python, as ranges of a text: [{start, end, kind}]. Other languages stay as they are.

const KEYWORDS = "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield";
const TOKENS = new RegExp(
  [
    "(?<comment>#[^\\n]*)",
    "(?<string>[rRbBfFuU]{0,2}(?:\"\"\"[\\s\\S]*?\"\"\"|'''[\\s\\S]*?'''|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'))",
    "(?<=\\b(?:def|class) +)(?<name>\\w+)",
    `\\b(?<keyword>${KEYWORDS.replaceAll(" ", "|")})\\b`,
    "\\b(?<number>\\d[\\d_]*(?:\\.\\d+)?)\\b",
  ].join("|"),
  "g",
);
const FENCED = /(?<open>```[^\n]*)(?<code>(?:\n[\s\S]*?)?)(?<close>\n```|$)/g;
const PYTHON = ["", "py", "python", "python3"];

// Ranges of a reply (code between fences), or of a whole file.
export function highlight(text, isFile) {
  if (isFile) return looksLikePython(text) ? tokens(text, 0) : [];
  const ranges = [];
  for (const { index, groups } of text.matchAll(FENCED)) {
    const start = index + groups.open.length;
    const end = start + groups.code.length;
    ranges.push({ start: index, end: start, kind: "fence" });
    if (PYTHON.includes(groups.open.slice(3).trim().toLowerCase())) ranges.push(...tokens(groups.code, start));
    if (groups.close) ranges.push({ start: end, end: end + groups.close.length, kind: "fence" });
  }
  return ranges;
}

// The code of a reply without its fences and what is said around them; the whole text if it has no fences.
export function codeOf(text) {
  const blocks = [...text.matchAll(FENCED)].map(({ groups }) => groups.code.replace(/^\n/, ""));
  return blocks.length ? blocks.join("\n\n") : text;
}

function tokens(code, offset) {
  return [...code.matchAll(TOKENS)].map(({ 0: text, index, groups }) => {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined);
    return { start: offset + index, end: offset + index + text.length, kind };
  });
}

const looksLikePython = (text) => /^\s*(def|class|import|from|for|while|if|with|async def|return)\b/m.test(text) && !/[{;]\s*$/m.test(text);

// Cuts `text`, which begins at `offset` of the highlighted text, at the ranges' ends: [[part, kind or ""], ...].
export function cut(text, offset, ranges) {
  const parts = [];
  let at = offset;
  const end = offset + text.length;
  for (const range of ranges) {
    if (range.end <= at || range.start >= end) continue;
    const [from, to] = [Math.max(at, range.start), Math.min(end, range.end)];
    if (from > at) parts.push([text.slice(at - offset, from - offset), ""]);
    parts.push([text.slice(from - offset, to - offset), range.kind]);
    at = to;
  }
  if (at < end) parts.push([text.slice(at - offset), ""]);
  return parts;
}
