"""The sentinels with which a checkpoint was taught to fill in the middle, as token ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class FimTokens:
    """`ends` are tokens that end the middle, beside the checkpoint's end tokens."""

    prefix: int
    suffix: int
    middle: int
    ends: tuple[int, ...]
    is_suffix_first: bool

    def prompt(self, prefix: Sequence[int], suffix: Sequence[int]) -> list[int]:
        before, after = [self.prefix, *prefix], [self.suffix, *suffix]
        return [*after, *before, self.middle] if self.is_suffix_first else [*before, *after, self.middle]


# Prefix, suffix, middle, whether the suffix comes first, ends. Seed-Coder's report (arXiv 2506.03524) says suffix
# first; the others were taught both and are asked prefix first everywhere.
NAMES = (
    ("<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>", True, ("<[fim-end]>",)),
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", False, ("<|file_sep|>", "<|repo_name|>")),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", False, ("<file_sep>", "<|endoftext|>")),
)


def find_fim_tokens(tokenizer: Tokenizer) -> FimTokens | None:
    """None where the tokenizer has no such tokens. Having them does not prove that a model was trained with them."""
    for *names, is_suffix_first, end_names in NAMES:
        ids = [tokenizer.token_id(name) for name in names]
        prefix, suffix, middle = ids
        if prefix is not None and suffix is not None and middle is not None:
            ends = tuple(end for name in end_names if (end := tokenizer.token_id(name)) is not None)
            return FimTokens(prefix, suffix, middle, ends, is_suffix_first)
    return None
