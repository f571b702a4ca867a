from __future__ import annotations

from app.text.token_text import TokenText
from app.text.tokenizer import Tokenizer
from tests.doubles.tokenizer import EOS, ByteTokenizer, byte_ids


def test_a_token_says_its_own_text() -> None:
    text = TokenText(Tokenizer(ByteTokenizer()))

    assert [text.of(token_id) for token_id in byte_ids(" x\n")] == [" ", "x", "\n"]
    assert text.special(byte_ids("x")[0]) is None


def test_a_part_of_a_character_has_no_text() -> None:
    text = TokenText(Tokenizer(ByteTokenizer()))

    assert [text.of(token_id) for token_id in byte_ids("é")] == [None, None]
    assert text.special(byte_ids("é")[0]) is None


def test_a_special_token_has_a_name_and_no_text() -> None:
    text = TokenText(Tokenizer(ByteTokenizer()))

    assert text.of(EOS) == ""
    assert text.special(EOS) == "<eos>"
