"""All cleanup rules in order (the order matters), from model output to text worth showing.

Each rule has a table of examples in tests/lsp/test_cleanup_rules.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from lsp.cleanup.blocks import cut_at_block_end, fix_first_indent
from lsp.cleanup.brackets import cut_unmatched_closers
from lsp.cleanup.overlap import trim_overlap
from lsp.cleanup.repeats import cut_repeats
from lsp.text.cursor import CursorContext

Rule = Callable[[str, CursorContext], str]

_END_TOKENS = re.compile(
    r"<\|(?:endoftext|eot_id|im_end|im_start|end|end_of_text|file_sep|fim_pad|fim_prefix|fim_suffix|fim_middle)\|>"
    r"|<\[(?:fim-suffix|fim-prefix|fim-middle|end▁of▁sentence|PLHD\d+)[^\]]*\]>"
    r"|<(?:fim_prefix|fim_suffix|fim_middle|file_sep|end_of_turn|EOT)>|</s>|<EOT>|<｜[^｜\n]*｜>|\[/?INST\]"
)
_MASKS = re.compile(r"\[MASK\]|<\|?mask\|?>|<\[MASK[^\]]*\]>|<pad>|<\|delete\|>|\ufffd")


def remove_special_tokens(text: str, cursor: CursorContext) -> str:
    """Cut the text at a special token and drop leftover masks, unless the user's own text contains them."""
    around = cursor.prefix + cursor.suffix
    for found in _END_TOKENS.finditer(text):
        if found[0] not in around:
            text = text[: found.start()]
            break
    return _MASKS.sub(lambda found: found[0] if found[0] in around else "", text)


def keep_one_line(text: str, cursor: CursorContext) -> str:
    """Keep only one line if text follows on the cursor's line, or if the user wants single lines."""
    if cursor.multi_line and not cursor.is_mid_line:
        return text
    line, _, rest = text.partition("\n")
    return line if line.strip() or not cursor.is_mid_line else rest.partition("\n")[0] if not line else ""


def strip_trailing_space(text: str, cursor: CursorContext) -> str:
    """Remove trailing spaces and empty lines, except a space between two words."""
    stripped = text.rstrip()
    is_between_words = cursor.rest_of_line[:1].isalnum() and text[len(stripped) :][:1] == " "
    return f"{stripped} " if stripped and is_between_words else stripped


RULES: tuple[Rule, ...] = (
    remove_special_tokens,
    fix_first_indent,
    cut_at_block_end,
    trim_overlap,
    cut_unmatched_closers,
    cut_repeats,
    keep_one_line,
    strip_trailing_space,
)


def clean(text: str, cursor: CursorContext, rules: Sequence[Rule] = RULES) -> str:
    """The candidate as it can be shown; empty if nothing worth showing is left."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for rule in rules:
        text = rule(text, cursor)
        if not text.strip():
            return ""
    return "" if is_trivial(text, cursor) else text


def clean_all(texts: Iterable[str], cursor: CursorContext) -> list[tuple[int, str]]:
    """(index, text) of the candidates worth showing, without those that differ only in whitespace."""
    seen: set[str] = set()
    kept = []
    for index, text in enumerate(texts):
        cleaned = clean(text, cursor)
        looks = re.sub(r"\s+", " ", cleaned).strip()
        if cleaned and looks not in seen:
            seen.add(looks)
            kept.append((index, cleaned))
    return kept


def is_trivial(text: str, cursor: CursorContext) -> bool:
    """Whether a text is blank, or at most three characters that already follow the cursor."""
    stripped = text.strip()
    return not stripped or (len(stripped) <= 3 and cursor.rest_of_line.strip().startswith(stripped))
