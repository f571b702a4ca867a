"""The text of token ids, and how many of them were consumed."""

from __future__ import annotations

from app.text.stream import Piece, TextStream
from app.text.tokenizer import Tokenizer
from tests.doubles.tokenizer import EOS, VOCAB_SIZE, ByteTokenizer, byte_ids

TOKENIZER = Tokenizer(ByteTokenizer())


def test_without_stops_all_is_shown() -> None:
    stream = TextStream(TOKENIZER, [])

    assert stream.add(byte_ids("abcd")) == Piece("abcd", tuple(byte_ids("abcd")))
    assert stream.add([]) == Piece("", ())
    assert stream.flush().text == ""


def test_tokens_are_counted_up_to_the_stop_string() -> None:
    stream = TextStream(TOKENIZER, ["ST"])

    assert stream.add(byte_ids("abSTcd")) == Piece("ab", tuple(byte_ids("abST")), stopped=True)


def test_a_stop_string_over_several_blocks() -> None:
    stream = TextStream(TOKENIZER, ["\n\nSTOP"])

    assert stream.add(byte_ids("ab\n\n")) == Piece("ab", tuple(byte_ids("ab\n\n")))
    assert stream.add(byte_ids("ST")) == Piece("", tuple(byte_ids("ST")))
    assert stream.add(byte_ids("OPxy")) == Piece("", tuple(byte_ids("OP")), stopped=True)


def test_a_stop_string_with_a_character_of_several_tokens() -> None:
    stream = TextStream(TOKENIZER, ["日"])

    assert stream.add(byte_ids("a日b")) == Piece("a", tuple(byte_ids("a日")), stopped=True)


def test_flush_gives_what_both_held() -> None:
    tokenizer = Tokenizer(ByteTokenizer(extra=[b"P\xe6"]))  # the detokenizer may hold it, for its second byte
    stream = TextStream(tokenizer, ["STOP!"])

    assert stream.add([*byte_ids("a STO"), VOCAB_SIZE]).text == "a "
    assert stream.flush().text == "STOP"


def test_a_stop_string_in_the_last_token_is_not_shown_either() -> None:
    tokenizer = Tokenizer(ByteTokenizer(extra=[b"bP\xe6"]))
    stream = TextStream(tokenizer, ["P"])

    piece = stream.add([*byte_ids("a"), VOCAB_SIZE])

    assert piece.text + ("" if piece.stopped else stream.flush().text) == "ab"


def test_special_tokens_are_counted_and_not_shown() -> None:
    stream = TextStream(TOKENIZER, [])

    assert stream.add([*byte_ids("a"), EOS]) == Piece("a", (*byte_ids("a"), EOS))
