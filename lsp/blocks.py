"""Rules on indentation: how the first line begins, and where the block that the cursor is in ends."""

from __future__ import annotations

from lsp.situation import Situation, leading_space, width


def fix_first_indent(text: str, situation: Situation) -> str:
    """White space before the first word that fits to what stands before the cursor.

    Models write the indentation once more that is there already, or one space too many; both are syntax errors in
    languages where indentation counts.
    """
    first, newline, rest = text.partition("\n")
    if not first.strip():
        return text
    if not situation.is_line_start:
        is_after_space = situation.line_prefix[-1:] in (" ", "\t")
        return text.lstrip(" \t") if is_after_space else text
    missing = _expected_indent(situation)[len(situation.indent) :] if not situation.rest_of_line.strip() else ""
    own = leading_space(first)
    if width(own) == 0 and not situation.rules.is_indented:
        missing = ""
    return missing + first.lstrip(" \t") + newline + rest


def cut_at_block_end(text: str, situation: Situation) -> str:
    """The lines up to the end of the block that the cursor stands in, or that the text opens.

    One closing line (`}`, `end`) belongs to it where the text below goes on further to the left and has not got it.
    """
    if "\n" not in text:
        return text
    first, *lines = text.split("\n")
    base = width(situation.indent)
    body = next((line for line in lines if line.strip()), "")
    opens = not situation.is_line_start and width(leading_space(body)) > base
    kept = [first]
    for line in lines:
        column = width(leading_space(line))
        if line.strip() and (column < base or (opens and column == base and not _goes_on(line, situation))):
            if column <= base and _is_missing_closer(line, situation):
                kept.append(line)
            break
        kept.append(line)
    else:
        return text
    return "\n".join(kept).rstrip("\n") if len(kept) > 1 else first


def _expected_indent(situation: Situation) -> str:
    """What should stand before a first statement on the cursor's line; at least what does."""
    above = situation.line_above
    indent = leading_space(above)
    if not above.rstrip().endswith(situation.rules.opens_block):
        return situation.indent
    unit = "\t" if "\t" in indent or situation.indent == "\t" else " " * _indent_unit(situation)
    expected = indent + unit
    if width(situation.indent) >= width(expected) or not expected.startswith(situation.indent):
        return situation.indent
    return expected


def _indent_unit(situation: Situation) -> int:
    """The document's own, as its first indented line has it."""
    for line in situation.prefix.split("\n"):
        space = leading_space(line)
        if space and line.strip() and set(space) == {" "} and len(space) in (2, 3, 4, 8):
            return len(space)
    return situation.rules.indent


def _goes_on(line: str, situation: Situation) -> bool:
    """Whether a line at the block's own indentation belongs to it: else, except, a closing bracket."""
    word = line.strip().lstrip("} ")
    is_branch = any(
        word == start or word.startswith((f"{start} ", f"{start}:", f"{start}(", f"{start}{{"))
        for start in situation.rules.continues
    )
    return is_branch or (line.strip() in situation.rules.closers and not _has_closer_below(line, situation))


def _is_missing_closer(line: str, situation: Situation) -> bool:
    return line.strip() in situation.rules.closers and not _has_closer_below(line, situation)


def _has_closer_below(line: str, situation: Situation) -> bool:
    """Whether the text below begins with that closing line, or is not further to the left than the cursor's block."""
    below = situation.lines_below[0] if situation.lines_below else ""
    if situation.rest_of_line.strip() and situation.rest_of_line.strip() in line:
        return True
    if not below:
        return False
    return below.strip() == line.strip() and width(leading_space(below)) == width(leading_space(line))
