"""Tokens with their log probabilities, in step with the delivered text."""

from __future__ import annotations

import math

from app.messages.events import Proposal, Stepped, Token
from app.serving.token_log import Alternatives, Scored, TokenLog
from app.text.token_text import TokenText
from app.text.tokenizer import Tokenizer
from tests.doubles.tokenizer import EOS, ByteTokenizer, byte_ids

A, B, C = byte_ids("abc")


def make_log(offset: int = 0) -> TokenLog:
    tokenizer = Tokenizer(ByteTokenizer())
    return TokenLog(tokenizer, TokenText(tokenizer), offset)


def stepped(step: int, *proposals: Proposal, sequence_id: int = 0) -> Stepped:
    return Stepped(sequence_id, step, 0, 8, proposals, forwards=step + 1)


def final(position: int, token_id: int, *alternatives: tuple[int, float], is_deleted: bool = False) -> Proposal:
    return Proposal(position, token_id, 0.5, True, is_deleted, alternatives)


def test_entries_wait_for_their_text() -> None:
    log = make_log(offset=10)
    log.add([Scored(A, 1.0), Scored(B, 0.5), Scored(C, 0.25)])

    first, rest = log.take(12), log.take(12, is_over=True)

    assert [(entry.text, entry.offset) for entry in first] == [("a", 10), ("b", 11)]
    assert [entry.log_probability for entry in first] == [0.0, math.log(0.5)]
    assert rest == [], "the text ends before the third"


def test_an_end_token_stands_behind_the_text() -> None:
    log = make_log()
    log.add([Scored(A, 1.0), Scored(EOS, 0.5)])

    assert [entry.text for entry in log.take(1)] == ["a"]
    assert [(entry.text, entry.offset) for entry in log.take(1, is_over=True)] == [("<eos>", 1)]


def test_the_token_itself_is_among_the_likeliest() -> None:
    log = make_log()
    log.add([Scored(A, 0.25, ((B, 0.5), (C, 0.125)))])

    (entry,) = log.take(1)

    assert dict(entry.top) == {"b": math.log(0.5), "c": math.log(0.125), "a": math.log(0.25)}


def test_alternatives_are_found_by_step_and_token() -> None:
    """Positions may have shifted: if a step has the same token twice, its alternatives are used in text order."""
    alternatives = Alternatives()
    alternatives.take(stepped(0, final(5, A, (A, 0.5), (B, 0.4)), final(3, A, (A, 0.6), (C, 0.3))))
    alternatives.take(stepped(1, final(4, B, (B, 0.9)), final(6, C, (C, 0.9), is_deleted=True)))

    scored = alternatives.score_all([Token(A, 0.6, 0), Token(B, 0.9, 1), Token(A, 0.5, 0), Token(C, None, None)])

    assert [each.alternatives for each in scored] == [
        ((A, 0.6), (C, 0.3)),
        ((B, 0.9),),
        ((A, 0.5), (B, 0.4)),
        (),
    ]
    assert [each.confidence for each in scored] == [0.6, 0.9, 0.5, 1.0]


def test_a_canvas_that_begins_again_forgets_the_one_before() -> None:
    alternatives = Alternatives()
    alternatives.take(stepped(0, final(3, A, (A, 0.6), (B, 0.3))))
    alternatives.take(stepped(0, final(3, A, (A, 0.7), (C, 0.2)), sequence_id=1))

    assert alternatives.score(A, 0.7, 0).alternatives == ((A, 0.7), (C, 0.2))
    assert alternatives.score(A, 0.7, 0).alternatives == ()
