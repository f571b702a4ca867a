"""Lays out the text of an infill for a model: other files, hints, chat messages, trimming.

Sentinels are added later, as token ids, so that sentinels in a caller's code stay text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from app.text.fim_dialects import ContextFile

# The marks around a comment, and the VS Code ids of the languages that use them.
_MARKS = {
    (
        "#",
        "",
    ): "python ruby perl raku r julia elixir coffeescript shellscript powershell dockerfile makefile cmake yaml "
    "toml properties nix graphql terraform gdscript",
    ("//", ""): "javascript javascriptreact typescript typescriptreact java c cpp cuda-cpp csharp go rust php swift "
    "kotlin scala dart groovy fsharp objective-c objective-cpp json jsonc scss less zig solidity proto3 verilog",
    ("--", ""): "sql lua haskell ada vhdl elm",
    (";", ""): "clojure lisp scheme racket ini",
    ("%", ""): "latex tex bibtex matlab erlang prolog",
    ("'", ""): "vb",
    ("rem", ""): "bat",
    ("!", ""): "fortran-modern fortran",
    ('"', ""): "vim viml",
    ("/*", "*/"): "css",
    ("(*", "*)"): "ocaml",
    ("<!--", "-->"): "html xml xsl markdown vue svelte",
}
COMMENTS: Mapping[str, tuple[str, str]] = {
    language: marks for marks, languages in _MARKS.items() for language in languages.split()
}
DEFAULT_COMMENT = ("#", "")

# Prefix and suffix share the available tokens 3 to 1: the text before a hole says more about what is missing.
PREFIX_WEIGHT = 3
# Text with more characters per token than this counts as too long without tokenizing it, which is slow.
MAX_CHARACTERS_PER_TOKEN = 16
FILE_OVERHEAD = 16  # approximate number of tokens around a file in chat messages


def comment(text: str, language: str) -> str:
    """`text` as comment lines, one per line, without a trailing line break."""
    begin, end = COMMENTS.get(language, DEFAULT_COMMENT)
    lines = re.split(r"\r\n|\r|\n", text)
    if end:
        lines = [line.replace(end, f"{end[0]} {end[1:]}") + " " + end for line in lines]
    return "\n".join(f"{begin} {line}".rstrip() for line in lines)


def context_text(context: Sequence[ContextFile], language: str, filename: str | None = None) -> str:
    """Other files for the start of the prefix, each below its name as a comment; then the name of the hole's file.

    For models without file marks. `language` is that of the hole's file. Ends with a line break unless it is empty.
    """
    parts = []
    for file in context:
        heading = comment(file.filename, language) + "\n" if file.filename else ""
        parts.append(heading + file.text.rstrip("\r\n") + "\n\n")
    if filename:
        parts.append(comment(filename, language) + "\n")
    return "".join(parts)


def with_hints(texts: Sequence[str], hints: Sequence[str | None], language: str) -> list[str]:
    """The texts around the holes (one more than holes), with each hole's hint as a comment above the hole's line.

    The comment has the indentation of that line. Only the model sees it; answers are built from `texts`. Hints of
    several holes on one line are above it in order.
    """
    assert len(texts) == len(hints) + 1
    hinted = list(texts)
    for hole, hint in enumerate(hints):
        if hint and hint.strip():
            # The line may begin in an earlier text, with other holes in between.
            line_text = next((number for number in range(hole, 0, -1) if "\n" in texts[number]), 0)
            hinted[line_text] = _with_comment(hinted[line_text], comment(hint.strip(), language))
    return hinted


def chat_messages(
    prefix: str, suffix: str, language: str, hint: str | None = None, context: Sequence[ContextFile] = ()
) -> list[dict[str, str]]:
    """Ask an instruct model for the text between prefix and suffix; `clean_infill` takes the answer.

    It is a single user message, because some chat templates refuse system messages. The hole's marker and the fences do
    not occur in the code.
    """
    code = prefix + suffix
    marker = _unused("<FILL_HERE>", code)
    fence = _fence([code, *(file.text for file in context)])
    parts = [
        f"The code below has a gap, marked {marker}. Write the code that belongs in place of {marker}, so that "
        "the code before it, your code and the code after it fit together exactly. Reply with the missing code only: "
        "no explanation, and nothing of the code before or after the gap."
    ]
    if hint and hint.strip():
        parts.append(f"What belongs there: {hint.strip()}")
    for file in context:
        parts.append(f"For reference, {file.filename or 'another file'}:\n\n{_fenced(file.text, '', fence)}")
    parts.append(_fenced(f"{prefix}{marker}{suffix}", language, fence))
    return [{"role": "user", "content": "\n\n".join(parts)}]


def files_with_room(context: Sequence[ContextFile], room: int, count: Callable[[str], int]) -> Sequence[ContextFile]:
    """The last files that fit into `room` tokens, including about FILE_OVERHEAD tokens around each."""
    for number in range(len(context) - 1, -1, -1):
        room -= count(f"{context[number].filename or ''}{context[number].text}") + FILE_OVERHEAD
        if room < 0:
            return context[number + 1 :]
    return context


def near_texts(texts: Sequence[str], max_tokens: int) -> list[str]:
    """The texts around holes, without the far ends that `trim_context` would drop in any case, which takes it long."""
    reach = max(0, max_tokens) * MAX_CHARACTERS_PER_TOKEN + 1
    first, *others = texts
    near = [first[-reach:], *others]
    near[-1] = near[-1][:reach] if others else near[-1]
    return near


def trim_context(prefix: str, suffix: str, max_tokens: int, count: Callable[[str], int]) -> tuple[str, str]:
    """The end of the prefix and the start of the suffix that have at most `max_tokens` tokens together.

    Cuts are at line ends. The two sides share the tokens PREFIX_WEIGHT to 1; tokens that one does not need go to the
    other. Part of the lines next to the hole is always kept: a line that is too long is cut inside.

    `count` returns the number of tokens in a text. It is called once per side if everything fits, otherwise about once
    per kept line: lines are added from the hole outwards. Then the sum of the lines' tokens must fit. The text as a
    whole has no more than that, because tokens may span line ends.
    """
    if max_tokens <= 0:
        return "", ""
    fits_perhaps = len(prefix) + len(suffix) <= max_tokens * MAX_CHARACTERS_PER_TOKEN
    if fits_perhaps and count(prefix) + count(suffix) <= max_tokens:
        return prefix, suffix
    before, after = _Side(_lines(prefix)[::-1]), _Side(_lines(suffix))
    before.take_nearest(max_tokens, count)
    after.take_nearest(max_tokens, count)
    if before.used + after.used > max_tokens:
        share = max(1, max_tokens * PREFIX_WEIGHT // (PREFIX_WEIGHT + 1))
        before.fill(share, count)
        after.fill(max_tokens - share, count)
        kept = _shorten("".join(before.kept[::-1]), max(share, max_tokens - after.used), count, keep_end=True)
        return kept, _shorten("".join(after.kept), max_tokens - count(kept), count, keep_end=False)
    while before.is_open or after.is_open:
        before_is_next = before.used <= PREFIX_WEIGHT * after.used
        side = before if before.is_open and (before_is_next or not after.is_open) else after
        side.take(max_tokens - before.used - after.used, count)
    return "".join(before.kept[::-1]), "".join(after.kept)


class _Side:
    """The lines of one side from the hole outwards, how many are kept, and the tokens they use."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self.num_kept = self.used = 0
        self.is_open = bool(lines)

    @property
    def kept(self) -> Sequence[str]:
        return self._lines[: self.num_kept]

    def take_nearest(self, room: int, count: Callable[[str], int]) -> None:
        """Keep the lines up to the first non-blank one, however long; more than `room` tokens count as room + 1."""
        solid = (number for number, line in enumerate(self._lines, start=1) if line.strip())
        self.num_kept = next(solid, len(self._lines))
        self.used = _tokens("".join(self.kept), room, count)
        self.is_open = self.num_kept < len(self._lines)

    def take(self, room: int, count: Callable[[str], int]) -> None:
        """Keep the next line, or close the side if the line has more than `room` tokens."""
        tokens = _tokens(self._lines[self.num_kept], room, count)
        if tokens <= room:
            self.num_kept += 1
            self.used += tokens
        self.is_open = tokens <= room and self.num_kept < len(self._lines)

    def fill(self, share: int, count: Callable[[str], int]) -> None:
        """Keep lines while they have at most `share` tokens in total."""
        while self.is_open and self.used <= share:
            self.take(share - self.used, count)


def _tokens(text: str, room: int, count: Callable[[str], int]) -> int:
    """The number of tokens in a text, at most room + 1."""
    return room + 1 if len(text) > room * MAX_CHARACTERS_PER_TOKEN else min(count(text), room + 1)


def _shorten(text: str, room: int, count: Callable[[str], int], *, keep_end: bool) -> str:
    """The longest end (without `keep_end`: start) of the text with at most `room` tokens."""
    fits, too_long = 0, min(len(text), room * MAX_CHARACTERS_PER_TOKEN) + 1
    while too_long - fits > 1:
        size = (fits + too_long) // 2
        if count(text[len(text) - size :] if keep_end else text[:size]) <= room:
            fits = size
        else:
            too_long = size
    return text[len(text) - fits :] if keep_end else text[:fits]


def _lines(text: str) -> list[str]:
    """The lines of a text, with their line breaks."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _with_comment(text: str, lines: str) -> str:
    """Insert comment lines above the last line, with its indentation."""
    start = text.rfind("\n") + 1
    last = text[start:]
    indentation = last[: len(last) - len(last.lstrip(" \t"))]
    line_break = "\r\n" if text.endswith("\r\n", 0, start) else "\n"
    above = "".join(indentation + line + line_break for line in lines.split("\n"))
    return text[:start] + above + last


def _unused(marker: str, text: str) -> str:
    """The marker, numbered if it occurs in the text."""
    candidate, number = marker, 1
    while candidate in text:
        number += 1
        candidate = f"{marker[:-1]}_{number}>"
    return candidate


def _fence(texts: Sequence[str]) -> str:
    """A fence longer than any run of backticks in the texts."""
    longest = max((len(run) for text in texts for run in re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _fenced(text: str, language: str, fence: str) -> str:
    return f"{fence}{language}\n{text}\n{fence}"
