"""Never half a character, nothing lost, nothing repeated."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from app.text.detokenizer import REPLACEMENT, Detokenizer
from app.text.tokenizer import Tokenizer
from tests.doubles.tokenizer import EOS, VOCAB_SIZE, ByteTokenizer, byte_ids

TEXTS = [
    "",
    "def f(x):\n    return x  # plain",
    "😀",
    "a😀b",
    "日本語のコード",
    "né 😀😀 日本\n\tпривет ‍👩‍👩‍👧 \u0000\x7f",
    " leading and trailing ",
]
ALPHABET = "ab _\n\t(){}\"'éßñ€λ日本語한😀👩🏽\u200d\ufe0f\u0301𐍈"


def pieces(tokenizer: Tokenizer, token_ids: Sequence[int]) -> list[str]:
    """The text after each token, and of `flush` at the end."""
    detokenizer = Detokenizer(tokenizer.decode)
    return [*[detokenizer.add(token_id) for token_id in token_ids], detokenizer.flush()]


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_join_to_the_text(tokenizer: Tokenizer, text: str) -> None:
    parts = pieces(tokenizer, tokenizer.encode(text))

    assert "".join(parts) == text
    assert not any(REPLACEMENT in part for part in parts)
    assert parts[-1] == ""  # a whole character is never held back


def test_random_texts(tokenizer: Tokenizer) -> None:
    chooser = random.Random(1)
    for _ in range(100):
        text = "".join(chooser.choices(ALPHABET, k=chooser.randint(1, 30)))
        token_ids = tokenizer.encode(text)

        parts = pieces(tokenizer, token_ids)

        assert "".join(parts) == tokenizer.decode(token_ids) == text
        assert not any(REPLACEMENT in part for part in parts)


def test_a_character_comes_with_its_last_byte(tokenizer: Tokenizer) -> None:
    assert pieces(tokenizer, tokenizer.encode("é😀")) == ["", "é", "", "", "", "😀", ""]


def test_a_token_may_hold_the_end_of_a_character_and_the_next_one_whole() -> None:
    tokenizer = Tokenizer(ByteTokenizer(extra=[b"\xa5 x", b"y \xf0"]))
    token_ids = [*byte_ids(b"\xe6\x97"), VOCAB_SIZE, VOCAB_SIZE + 1, *byte_ids(b"\x9f\x98\x80")]

    parts = pieces(tokenizer, token_ids)

    assert parts[:3] == ["", "", "日 x"]
    assert "".join(parts[3:]) == "y 😀"
    assert not any(REPLACEMENT in part for part in parts)


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_the_beginning_of_a_character_that_never_comes_is_dropped(tokenizer: Tokenizer, kept: int) -> None:
    token_ids = [*tokenizer.encode("ok "), *tokenizer.encode("😀")[-4:][:kept]]

    parts = pieces(tokenizer, token_ids)

    assert "".join(parts) == "ok "


def test_flush_keeps_what_stands_before_the_beginning_of_a_character() -> None:
    tokenizer = Tokenizer(ByteTokenizer(extra=[b"end\xe6"]))

    assert "".join(pieces(tokenizer, [VOCAB_SIZE])) == "end"


def test_junk_bytes_do_not_stall(tokenizer: Tokenizer) -> None:
    """Bytes that never become a character are shown as such, and so is the text after them."""
    junk = byte_ids(b"\x80") if tokenizer.decode(byte_ids("a")) == "a" else [tokenizer.encode("€")[-1]]
    detokenizer = Detokenizer(tokenizer.decode)

    shown = [detokenizer.add(token_id) for token_id in junk * 20]
    longest_silence = max(len(run) for run in "".join("." if part == "" else "x" for part in shown).split("x"))
    after = [detokenizer.add(token_id) for token_id in tokenizer.encode("def")]

    assert longest_silence < 4
    assert set("".join(shown)) == {REPLACEMENT}
    assert "".join(after).endswith("def")


def test_special_tokens_show_nothing() -> None:
    assert pieces(Tokenizer(ByteTokenizer()), [*byte_ids("a"), EOS, *byte_ids("b")]) == ["a", "", "b", ""]


def test_a_character_after_junk_bytes_is_whole() -> None:
    tokenizer = Tokenizer(ByteTokenizer())
    token_ids = byte_ids(b"\x80\x80" + "日".encode() + b"!")

    assert "".join(pieces(tokenizer, token_ids)) == tokenizer.decode(token_ids) == "\ufffd\ufffd日!"


def test_tokens_that_straddle_characters() -> None:
    """Byte-level BPE has tokens that end one character and start the next; each leaves a character incomplete."""
    text = "日本語日本"
    data = text.encode()
    parts = [data[:2], *[data[at : at + 3] for at in range(2, len(data), 3)]]
    tokenizer = Tokenizer(ByteTokenizer(extra=parts))
    token_ids = list(range(VOCAB_SIZE, VOCAB_SIZE + len(parts)))

    shown = pieces(tokenizer, token_ids)

    assert tokenizer.decode(token_ids) == text
    assert not any(REPLACEMENT in part for part in shown)
    assert "".join(shown) == text


def test_a_piece_that_goes_on_with_a_text_keeps_its_space() -> None:
    """SentencePiece leaves out the space before the first word that it decodes."""
    words = ["return", " a", " +"]

    def decode(token_ids: Sequence[int]) -> str:
        return "".join(words[token_id] for token_id in token_ids).removeprefix(" ")

    begun, fresh = Detokenizer(decode, context=[0]), Detokenizer(decode)

    assert begun.add(1) + begun.add(2) + begun.flush() == " a +"
    assert fresh.add(1) + fresh.add(2) + fresh.flush() == "a +"
