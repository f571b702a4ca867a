"""From what a model wrote to what an editor should show. The order of the rules matters; each is tried on a table in
tests/lsp/test_postprocess.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from lsp.blocks import cut_at_block_end, fix_first_indent
from lsp.brackets import cut_unmatched_closers
from lsp.overlap import trim_overlap
from lsp.repeats import cut_repeats
from lsp.situation import Situation

Rule = Callable[[str, Situation], str]

_END_TOKENS = re.compile(
    r"<\|(?:endoftext|eot_id|im_end|im_start|end|end_of_text|file_sep|fim_pad|fim_prefix|fim_suffix|fim_middle)\|>"
    r"|<\[(?:fim-suffix|fim-prefix|fim-middle|end▁of▁sentence|PLHD\d+)[^\]]*\]>"
    r"|<(?:fim_prefix|fim_suffix|fim_middle|file_sep|end_of_turn|EOT)>|</s>|<EOT>|<｜[^｜\n]*｜>|\[/?INST\]"
)
_MASKS = re.compile(r"\[MASK\]|<\|?mask\|?>|<\[MASK[^\]]*\]>|<pad>|<\|delete\|>|\ufffd")


def remove_special_tokens(text: str, situation: Situation) -> str:
    """A sentinel ends the text; a mask that is left is nothing. Unless the user's own text is about such words."""
    around = situation.prefix + situation.suffix
    for found in _END_TOKENS.finditer(text):
        if found[0] not in around:
            text = text[: found.start()]
            break
    return _MASKS.sub(lambda found: found[0] if found[0] in around else "", text)


def keep_one_line(text: str, situation: Situation) -> str:
    """Before text on the same line, and where the user wants it, only one line; elsewhere as many as there are."""
    if situation.multi_line and not situation.is_mid_line:
        return text
    line, _, rest = text.partition("\n")
    return line if line.strip() or not situation.is_mid_line else rest.partition("\n")[0] if not line else ""


def strip_trailing_blanks(text: str, situation: Situation) -> str:
    """Spaces and empty lines at the end are only in the way; between two words a space stays."""
    stripped = text.rstrip()
    is_between_words = situation.rest_of_line[:1].isalnum() and text[len(stripped) :][:1] == " "
    return f"{stripped} " if stripped and is_between_words else stripped


RULES: tuple[Rule, ...] = (
    remove_special_tokens,
    fix_first_indent,
    cut_at_block_end,
    trim_overlap,
    cut_unmatched_closers,
    cut_repeats,
    keep_one_line,
    strip_trailing_blanks,
)


def clean(text: str, situation: Situation, rules: Sequence[Rule] = RULES) -> str:
    """A candidate as it can be shown; empty where nothing worth showing is left."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for rule in rules:
        text = rule(text, situation)
        if not text.strip():
            return ""
    return "" if is_trivial(text, situation) else text


def clean_all(texts: Iterable[str], situation: Situation) -> list[tuple[int, str]]:
    """(index, text) of the candidates that are worth showing, without those that look the same."""
    seen: set[str] = set()
    kept = []
    for index, text in enumerate(texts):
        cleaned = clean(text, situation)
        looks = re.sub(r"\s+", " ", cleaned).strip()
        if cleaned and looks not in seen:
            seen.add(looks)
            kept.append((index, cleaned))
    return kept


def is_trivial(text: str, situation: Situation) -> bool:
    """Nothing to show, or what stands right of the cursor anyway."""
    stripped = text.strip()
    return not stripped or (len(stripped) <= 3 and situation.rest_of_line.strip().startswith(stripped))
