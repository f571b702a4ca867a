"""Indentation rules: the indentation of the first line, and the end of the block that the cursor is in."""

from __future__ import annotations

from lsp.text.cursor import CursorContext, leading_space, width
from lsp.text.source import indent_unit


def fix_first_indent(text: str, cursor: CursorContext) -> str:
    """The text with leading whitespace that fits the text before the cursor.

    Models repeat indentation that is already there, or write one space too many; both are syntax errors in
    languages where indentation is syntax.
    """
    first, newline, rest = text.partition("\n")
    if not first.strip():
        return text
    if not cursor.is_line_start:
        is_after_space = cursor.line_prefix[-1:] in (" ", "\t")
        return text.lstrip(" \t") if is_after_space else text
    missing = _expected_indent(cursor)[len(cursor.indent) :] if not cursor.rest_of_line.strip() else ""
    own = leading_space(first)
    if width(own) == 0 and not cursor.rules.is_indented:
        missing = ""
    return missing + first.lstrip(" \t") + newline + rest


def cut_at_block_end(text: str, cursor: CursorContext) -> str:
    """The lines up to the end of the block that the cursor is in, or that the text opens.

    One closing line (`}`, `end`) is kept if the text below does not have it.
    """
    if "\n" not in text:
        return text
    first, *lines = text.split("\n")
    base = width(cursor.indent)
    body = next((line for line in lines if line.strip()), "")
    opens = not cursor.is_line_start and width(leading_space(body)) > base
    kept = [first]
    for line in lines:
        column = width(leading_space(line))
        if line.strip() and (column < base or (opens and column == base and not _continues(line, cursor))):
            if column <= base and _is_missing_closer(line, cursor):
                kept.append(line)
            break
        kept.append(line)
    else:
        return text
    return "\n".join(kept).rstrip("\n") if len(kept) > 1 else first


def _expected_indent(cursor: CursorContext) -> str:
    """The indentation of a statement on the cursor's line: at least what is already there."""
    above = cursor.line_above
    indent = leading_space(above)
    if not above.rstrip().endswith(cursor.rules.opens_block):
        return cursor.indent
    unit = (
        "\t" if "\t" in indent or cursor.indent == "\t" else " " * indent_unit(cursor.prefix.split("\n"), cursor.rules)
    )
    expected = indent + unit
    if width(cursor.indent) >= width(expected) or not expected.startswith(cursor.indent):
        return cursor.indent
    return expected


def _continues(line: str, cursor: CursorContext) -> bool:
    """Whether a line at the block's own indentation continues it: else, except, a closing bracket."""
    word = line.strip().lstrip("} ")
    is_branch = any(
        word == start or word.startswith((f"{start} ", f"{start}:", f"{start}(", f"{start}{{"))
        for start in cursor.rules.continues
    )
    return is_branch or (line.strip() in cursor.rules.closers and not _has_closer_below(line, cursor))


def _is_missing_closer(line: str, cursor: CursorContext) -> bool:
    return line.strip() in cursor.rules.closers and not _has_closer_below(line, cursor)


def _has_closer_below(line: str, cursor: CursorContext) -> bool:
    """Whether the rest of the cursor's line, or the next non-blank line below, is that closing line."""
    below = cursor.lines_below[0] if cursor.lines_below else ""
    if cursor.rest_of_line.strip() and cursor.rest_of_line.strip() in line:
        return True
    if not below:
        return False
    return below.strip() == line.strip() and width(leading_space(below)) == width(leading_space(line))
