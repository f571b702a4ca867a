"""Parses fill-in-the-middle prompts that clients write with some model's sentinels.

Editor plugins (Continue, Zed, minuet, Cody, twinny, those for llama.cpp) choose the sentinels by the model's name and
send a single prompt to /v1/completions. Once parsed, it can be answered by any model in its own way. A prompt that does
not clearly match is ordinary text: a tokenizer's source code mentions the same sentinels.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

MAX_FILES = 1000  # in a prompt; those before them are farthest from the hole
# Beginning-of-sequence tokens, which some clients write out.
BEGINNINGS = ("<s>", "<bos>", "<|endoftext|>", "<｜begin▁of▁sentence｜>", "<[begin▁of▁sentence]>")


@dataclass(frozen=True)
class ContextFile:
    """Text of another file, or a part of it, as context for the model."""

    filename: str | None
    text: str


@dataclass(frozen=True)
class FimPrompt:
    """The text before and after the hole, as in the editor."""

    prefix: str
    suffix: str
    context: tuple[ContextFile, ...]  # other files
    filename: str | None  # of the file with the hole
    dialect: str  # a key of DIALECTS; empty if the prompt had no sentinels


@dataclass(frozen=True)
class Dialect:
    """How a family of models marks the parts of a prompt.

    Other files come before the first marker or at the start of the prefix. `file_mark` and `repo_mark` are regexes.
    """

    markers: tuple[str, ...]  # each occurs in a prompt exactly once
    layouts: tuple[str, ...]  # templates as clients write them; the first match wins
    file_mark: str | None = None  # followed by a file's name, a line break and the file's text
    repo_mark: str | None = None  # followed by the repository's name


# Models were trained with the prefix first, the suffix first, or (BigCode's SPM) the suffix first and all markers but
# the last before it, which reads as an empty prefix and text after the last marker.
DIALECTS: Mapping[str, Dialect] = {
    # StarCoder 1 and 2, StableCode, Granite 3, Mellum (suffix first). Continue's default.
    "starcoder": Dialect(
        markers=("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
        layouts=(
            "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>",
            "<fim_suffix>{suffix}<fim_prefix>{prefix}<fim_middle>",
            "<fim_prefix><fim_suffix>{suffix}<fim_middle>{prefix}",
        ),
        file_mark="<file_sep>|<filename>",
        repo_mark="<repo_name>|<reponame>",
    ),
    # Qwen-Coder, Granite 4, Mercury.
    "qwen": Dialect(
        markers=("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
        layouts=(
            "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
            "<|fim_suffix|>{suffix}<|fim_prefix|>{prefix}<|fim_middle|>",
            "<|fim_prefix|><|fim_suffix|>{suffix}<|fim_middle|>{prefix}",
        ),
        file_mark=r"<\|file_sep\|>",
        repo_mark=r"<\|repo_name\|>",
    ),
    # Qwen's sentinels with another file mark: without other files, a prompt counts as "qwen" unless that is excluded.
    "codegemma": Dialect(
        markers=("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
        layouts=(
            "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
            "<|fim_suffix|>{suffix}<|fim_prefix|>{prefix}<|fim_middle|>",
        ),
        file_mark=r"<\|file_separator\|>",
    ),
    # The spaces are Meta's; some clients omit one or all of them. None follows <SUF>.
    "codellama": Dialect(
        markers=("<PRE>", "<SUF>", "<MID>"),
        layouts=(
            "<PRE> <SUF>{suffix} <MID> {prefix}",
            "<PRE> <SUF>{suffix} <MID>{prefix}",
            "<PRE> {prefix} <SUF>{suffix} <MID>",
            "<PRE>{prefix} <SUF>{suffix} <MID>",
            "<PRE>{prefix}<SUF>{suffix}<MID>",
        ),
    ),
    # Fullwidth bars and lower one eighth blocks.
    "deepseek": Dialect(
        markers=("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
        layouts=("<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",),
    ),
    # No end marker. Continue adds other files at the start of the prefix, each below "+++++ " and its name.
    "codestral": Dialect(
        markers=("[SUFFIX]", "[PREFIX]"),
        layouts=("[SUFFIX]{suffix}[PREFIX]{prefix}",),
        file_mark=r"(?m:^)\+{5} ",
    ),
    # Seed-Coder was trained with the suffix first; plugins send the other order.
    "seed-coder": Dialect(
        markers=("<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>"),
        layouts=(
            "<[fim-suffix]>{suffix}<[fim-prefix]>{prefix}<[fim-middle]>",
            "<[fim-prefix]>{prefix}<[fim-suffix]>{suffix}<[fim-middle]>",
        ),
    ),
    # As Zed sends it. CodeGeeX's chat-shaped prompt around the same sentinels is not recognised.
    "glm": Dialect(
        markers=("<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>"),
        layouts=(
            "<|code_prefix|>{prefix}<|code_suffix|>{suffix}<|code_middle|>",
            "<|code_suffix|>{suffix}<|code_prefix|>{prefix}<|code_middle|>",
        ),
    ),
}


def parse_fim(prompt: str, dialects: Collection[str] | None = None) -> FimPrompt | None:
    """Parse a prompt; None if it is ordinary text.

    `dialects` are the names of those to look for: None for all, empty for none. Prefix and suffix are returned exactly,
    except that other files at the start of the prefix move to `context`.
    """
    for name, dialect in DIALECTS.items():
        if dialects is None or name in dialects:
            fim_prompt = _parse(prompt, name, dialect)
            if fim_prompt is not None:
                return fim_prompt
    return None


def _parse(prompt: str, name: str, dialect: Dialect) -> FimPrompt | None:
    if any(prompt.count(marker) != 1 for marker in dialect.markers):
        return None
    for layout in dialect.layouts:
        match = _pattern(layout).fullmatch(prompt)
        if match:
            head = _files(_without_beginning(match["head"]), dialect)
            if head is None:
                return None
            context, filename = _other_files(head)
            prefix, inner_context, inner_filename = _split_prefix(match["prefix"], dialect)
            return FimPrompt(prefix, match["suffix"], context + inner_context, inner_filename or filename, name)
    return None


@cache
def _pattern(layout: str) -> re.Pattern[str]:
    """The layout as a regular expression; the group `head` matches the text before it."""
    parts = re.split(r"\{(\w+)\}", layout)
    literals, names = parts[::2], parts[1::2]
    groups = [f"(?P<{name}>.*?)" for name in names]
    body = "".join(re.escape(literal) + group for literal, group in zip(literals, [*groups, ""], strict=True))
    return re.compile(f"(?s:(?P<head>.*?){body})")


def _without_beginning(head: str) -> str:
    head = head.lstrip()
    beginning = next((token for token in BEGINNINGS if head.startswith(token)), "")
    return head[len(beginning) :].lstrip()


def _files(text: str, dialect: Dialect) -> list[str] | None:
    """The files in `text`, each with the line of its name; None if it does not start with the dialect's marks."""
    if not text:
        return []
    if dialect.file_mark is None:
        return None
    before, *files = re.split(dialect.file_mark, text)
    files = files[-MAX_FILES:]
    return files if not before or _is_repo_name(before, dialect.repo_mark) else None


def _is_repo_name(text: str, mark: str | None) -> bool:
    """Whether this is the repository's name, which is not used, on one line."""
    return mark is not None and re.match(mark, text) is not None and "\n" not in text.strip()


def _other_files(files: list[str]) -> tuple[tuple[ContextFile, ...], str | None]:
    """The files before the first marker. A last one with only a name is the hole's: its text follows the marker."""
    *others, last = files or [""]
    filename, _, text = last.partition("\n")
    if text.strip() or (filename.strip() and not _is_path(filename)):
        return tuple(map(_context_file, files)), None
    return tuple(map(_context_file, others)), filename.strip() or None


def _split_prefix(prefix: str, dialect: Dialect) -> tuple[str, tuple[ContextFile, ...], str | None]:
    """Split a prefix that starts with other files: (text after the last file's name, the other files, that name)."""
    files = _files(prefix, dialect)
    if not files:
        return prefix, (), None
    *others, last = files
    filename, line_break, rest = last.partition("\n")
    if not line_break or not _is_path(filename):
        return prefix, (), None
    return rest, tuple(map(_context_file, others)), filename.strip()


def _context_file(file: str) -> ContextFile:
    """Trailing line breaks are dropped: clients differ in how they join files."""
    filename, _, text = file.partition("\n")
    if _is_path(filename):
        return ContextFile(filename.strip(), text.rstrip("\r\n"))
    return ContextFile(None, file.strip("\r\n"))


def _is_path(line: str) -> bool:
    """Whether the line after a file mark names a file: StarCoder 2 was also trained on files without names.

    Not a single regular expression, which would need quadratic time on a long line.
    """
    line = line.strip()
    if any(character in line for character in "<>\"'=;"):
        return False
    if re.search(r"\s", line):
        return ("/" in line or "\\" in line) and line.rpartition(".")[2].isalnum()
    return re.search(r"\w", line) is not None
