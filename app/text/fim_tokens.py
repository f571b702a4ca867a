"""A checkpoint's fill-in-the-middle sentinels, as token ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class FimTokens:
    """The token ids of one set of sentinels."""

    prefix: int
    suffix: int
    middle: int
    ends: tuple[int, ...]  # end the middle, in addition to the checkpoint's end tokens
    is_suffix_first: bool

    def prompt(self, prefix: Sequence[int], suffix: Sequence[int]) -> list[int]:
        """The prompt for a hole between these token ids."""
        before, after = [self.prefix, *prefix], [self.suffix, *suffix]
        return [*after, *before, self.middle] if self.is_suffix_first else [*before, *after, self.middle]


# (prefix, suffix, middle, whether the suffix comes first, ends). Seed-Coder's report (arXiv 2506.03524) specifies
# suffix first; the others were trained with both orders and are usually prompted prefix first.
NAMES = (
    ("<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>", True, ("<[fim-end]>",)),
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", False, ("<|file_sep|>", "<|repo_name|>")),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>", False, ("<file_sep>", "<|endoftext|>")),
)


def find_fim_tokens(tokenizer: Tokenizer) -> FimTokens | None:
    """None if the tokenizer has no such tokens. Having them does not prove that the model was trained with them."""
    for *names, is_suffix_first, end_names in NAMES:
        ids = [tokenizer.token_id(name) for name in names]
        prefix, suffix, middle = ids
        if prefix is not None and suffix is not None and middle is not None:
            ends = tuple(end for name in end_names if (end := tokenizer.token_id(name)) is not None)
            return FimTokens(prefix, suffix, middle, ends, is_suffix_first)
    return None
