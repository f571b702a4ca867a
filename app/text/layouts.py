"""How an infill is laid out for a model, as far as that is text: other files, hints, chat messages, and what is cut.

Sentinels are token ids, so that sentinels in a caller's code stay text; they are put in place where ids are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from app.text.fim_dialects import ContextFile

# What begins and ends a comment, and the VS Code language ids it does so for.
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

# Prefix and suffix share the tokens that there are as 3 to 1: what comes before says more about what is missing.
PREFIX_WEIGHT = 3
# Text with more characters to a token is taken to be too long without counting: counting is what takes time.
MAX_CHARACTERS_PER_TOKEN = 16
FILE_OVERHEAD = 16  # tokens around a file in chat messages, about


def comment(text: str, language: str) -> str:
    """`text` as comment lines, one for each of its lines, without a line break at the end."""
    begin, end = COMMENTS.get(language, DEFAULT_COMMENT)
    lines = re.split(r"\r\n|\r|\n", text)
    if end:
        lines = [line.replace(end, f"{end[0]} {end[1:]}") + " " + end for line in lines]
    return "\n".join(f"{begin} {line}".rstrip() for line in lines)


def context_text(context: Sequence[ContextFile], language: str, filename: str | None = None) -> str:
    """Other files' text to stand before the prefix, each below its name as a comment; then the hole's file's name.

    For models that have no marks of their own for files. `language` is the hole's file's. Ends with a line break, if
    it is anything at all.
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

    The comment is indented as that line is. It is only in what the model reads: the answer is made of `texts`. Several
    holes on one line have their hints above it in order.
    """
    assert len(texts) == len(hints) + 1
    hinted = list(texts)
    for hole, hint in enumerate(hints):
        if hint and hint.strip():
            # The line may begin in an earlier text, with other holes in between.
            home = next((at for at in range(hole, 0, -1) if "\n" in texts[at]), 0)
            hinted[home] = _with_comment(hinted[home], comment(hint.strip(), language))
    return hinted


def chat_messages(
    prefix: str, suffix: str, language: str, hint: str | None = None, context: Sequence[ContextFile] = ()
) -> list[dict[str, str]]:
    """A request for what is missing between prefix and suffix, for instruct models; cleanup.py is for the answer.

    One message by the user, because some chat templates refuse a system's. The hole's marker and the fences are such as
    do not occur in the code.
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
    """The last files, as many as have at most `room` tokens; a few of them go for what stands around each."""
    for number in range(len(context) - 1, -1, -1):
        room -= count(f"{context[number].filename or ''}{context[number].text}") + FILE_OVERHEAD
        if room < 0:
            return context[number + 1 :]
    return context


def trim_context(prefix: str, suffix: str, max_tokens: int, count: Callable[[str], int]) -> tuple[str, str]:
    """The end of the prefix and the beginning of the suffix that have at most `max_tokens` tokens together.

    Cuts are at line ends, and the two share as PREFIX_WEIGHT to 1; what one does not need the other gets. Of the lines
    next to the hole something is kept in any case: too long a line is cut within.

    `count` says how many tokens a text has. It is asked once for each side if everything fits, otherwise about once for
    each line that is kept: lines are taken from the hole outwards. What has to fit then is the sum of the lines'
    tokens: the text as a whole has no more, because tokens may span line ends and are not broken by them.
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
    """One side's lines from the hole outwards: how many are kept, and the tokens they use."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self.num_kept = self.used = 0
        self.is_open = bool(lines)

    @property
    def kept(self) -> Sequence[str]:
        return self._lines[: self.num_kept]

    def take_nearest(self, room: int, count: Callable[[str], int]) -> None:
        """Keep the lines up to the first that is not blank, however long; more than `room` tokens count as room + 1."""
        solid = (number for number, line in enumerate(self._lines, start=1) if line.strip())
        self.num_kept = next(solid, len(self._lines))
        self.used = _tokens("".join(self.kept), room, count)
        self.is_open = self.num_kept < len(self._lines)

    def take(self, room: int, count: Callable[[str], int]) -> None:
        """Keep the next line, or close the side if that has more than `room` tokens."""
        tokens = _tokens(self._lines[self.num_kept], room, count)
        if tokens <= room:
            self.num_kept += 1
            self.used += tokens
        self.is_open = tokens <= room and self.num_kept < len(self._lines)

    def fill(self, share: int, count: Callable[[str], int]) -> None:
        """Keep lines as long as all that are kept have at most `share` tokens."""
        while self.is_open and self.used <= share:
            self.take(share - self.used, count)


def _tokens(text: str, room: int, count: Callable[[str], int]) -> int:
    """The tokens of a text, at most room + 1."""
    return room + 1 if len(text) > room * MAX_CHARACTERS_PER_TOKEN else min(count(text), room + 1)


def _shorten(text: str, room: int, count: Callable[[str], int], *, keep_end: bool) -> str:
    """The longest end (else beginning) with at most `room` tokens."""
    fits, too_long = 0, min(len(text), room * MAX_CHARACTERS_PER_TOKEN) + 1
    while too_long - fits > 1:
        size = (fits + too_long) // 2
        if count(text[len(text) - size :] if keep_end else text[:size]) <= room:
            fits = size
        else:
            too_long = size
    return text[len(text) - fits :] if keep_end else text[:fits]


def _lines(text: str) -> list[str]:
    """With their line breaks."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _with_comment(text: str, lines: str) -> str:
    """With comment lines above the last line, indented as that is."""
    start = text.rfind("\n") + 1
    last = text[start:]
    indentation = last[: len(last) - len(last.lstrip(" \t"))]
    line_break = "\r\n" if text.endswith("\r\n", 0, start) else "\n"
    above = "".join(indentation + line + line_break for line in lines.split("\n"))
    return text[:start] + above + last


def _unused(marker: str, text: str) -> str:
    """The marker, numbered if the text has it already."""
    candidate, number = marker, 1
    while candidate in text:
        number += 1
        candidate = f"{marker[:-1]}_{number}>"
    return candidate


def _fence(texts: Sequence[str]) -> str:
    """Longer than any row of backticks in the texts."""
    longest = max((len(row) for text in texts for row in re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _fenced(text: str, language: str, fence: str) -> str:
    return f"{fence}{language}\n{text}\n{fence}"
