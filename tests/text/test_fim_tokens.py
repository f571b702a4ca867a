"""Which sentinels a tokenizer has, and the prompts with them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.text.fim_tokens import FimTokens, find_fim_tokens
from app.text.tokenizer import Tokenizer
from tests.doubles.tokenizer import ByteTokenizer


class TokenizerWith(ByteTokenizer):
    """A tokenizer with these tokens added, numbered from 1000."""

    def __init__(self, tokens: Sequence[str]) -> None:
        super().__init__()
        self._added = {token: 1000 + number for number, token in enumerate(tokens)}

    def get_added_vocab(self) -> dict[str, int]:
        return {**super().get_added_vocab(), **self._added}


def found(*tokens: str) -> FimTokens | None:
    return find_fim_tokens(Tokenizer(TokenizerWith(tokens)))


def test_suffix_first_where_the_model_was_taught_so() -> None:
    fim = FimTokens(1, 2, 3, (), is_suffix_first=True)

    assert fim.prompt([10, 11], [20]) == [2, 20, 1, 10, 11, 3]
    assert fim.prompt([], []) == [2, 1, 3]


def test_prefix_first_elsewhere() -> None:
    fim = FimTokens(1, 2, 3, (), is_suffix_first=False)

    assert fim.prompt([10, 11], [20]) == [1, 10, 11, 2, 20, 3]


def test_seed_coders_sentinels(real_tokenizer: Tokenizer) -> None:
    names = "<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>"

    fim = find_fim_tokens(real_tokenizer)

    assert fim is not None
    assert (fim.prefix, fim.suffix, fim.middle) == tuple(map(real_tokenizer.token_id, names))
    assert fim.is_suffix_first


@pytest.mark.parametrize(
    ("tokens", "ends"),
    [
        (["<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>", "<[fim-end]>"], (1003,)),
        (["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|repo_name|>", "<|file_sep|>"], (1004, 1003)),
        (["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<|endoftext|>"], (1003,)),
    ],
)
def test_known_sentinels_and_what_ends_the_middle(tokens: list[str], ends: tuple[int, ...]) -> None:
    fim = found(*tokens)

    assert fim is not None
    assert (fim.prefix, fim.suffix, fim.middle, fim.ends) == (1000, 1001, 1002, ends)
    assert fim.is_suffix_first == (tokens[0] == "<[fim-prefix]>")


def test_a_tokenizer_without_all_three_has_none() -> None:
    assert find_fim_tokens(Tokenizer(ByteTokenizer())) is None
    assert found("<fim_prefix>", "<fim_suffix>") is None
    assert found("<fim_prefix>", "<|fim_suffix|>", "<[fim-middle]>") is None
