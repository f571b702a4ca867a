"""Completing a text that a grammar has begun."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from app.messages.grammar import GrammarKind, RequestedGrammar
from app.settings import EMBEDDED_MODEL
from app.text.grammars import GrammarMatcher, Grammars
from tests.forms import forms

VOCAB_SIZE, EOS = 2048, 2


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    from transformers import PreTrainedTokenizerFast  # AutoTokenizer imports torch

    return PreTrainedTokenizerFast.from_pretrained(str(EMBEDDED_MODEL))


@pytest.fixture(scope="module")
def grammars(tokenizer: Any) -> Grammars:
    return Grammars(tokenizer, VOCAB_SIZE, (EOS,))


def begun(grammars: Grammars, tokenizer: Any, kind: GrammarKind, value: Any, text: str = "") -> GrammarMatcher:
    """A matcher after `text`."""
    matcher = grammars.matcher(grammars.compile(RequestedGrammar(kind, value, "form")))
    assert all(matcher.consume(token_id) for token_id in tokenizer.encode(text, add_special_tokens=False))
    return matcher


def test_every_form_can_be_closed_from_its_beginning(grammars: Grammars, tokenizer: Any) -> None:
    for form in forms()[::3]:
        matcher = begun(grammars, tokenizer, form.kind, form.value)

        closing = matcher.closing(100)

        assert closing is not None, form
        assert matcher.follows(closing)
        assert closing[-1] == EOS
        form.check(tokenizer.decode(closing[:-1], clean_up_tokenization_spaces=False))
        assert matcher.closing(len(closing)) == closing
        assert len(matcher.closing(len(closing) - 1) or []) < len(closing)


ANY = {"type": "object"}
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}},
    "required": ["name", "tags"],
}


@pytest.mark.parametrize(
    ("kind", "value", "text", "end"),
    [
        ("json_schema", ANY, "", "{}"),
        ("json_schema", ANY, '{"a": {"b": [1, {"c": "x', '"}]}}'),
        ("json_schema", ANY, '{"a": {"b": "}}}]]', '"}}'),
        ("json_schema", ANY, '{"a', '": ""}'),
        ("json_schema", {"type": "number"}, "-", "0"),
        ("json_schema", PERSON, '{"name": "Ada", "tags": ["x"', "]}"),
        ("json_schema", PERSON, '{"name": "Ada', '", "tags": []}'),
        ("regex", "v[0-9]+\\.[0-9]+\\.[0-9]+", "", "v0.0.0"),
        ("regex", "[a-z]+@[a-z]+\\.(org|net)", "ada", "@a.org"),
        ("regex", "(a|b)*c", "abab", "c"),
        ("regex", "[äöü]+", "", "ä"),
    ],
)
def test_the_end_is_short(
    grammars: Grammars, tokenizer: Any, kind: GrammarKind, value: Any, text: str, end: str
) -> None:
    closing = begun(grammars, tokenizer, kind, value, text).closing(30)

    assert closing is not None
    found = tokenizer.decode(closing[:-1], clean_up_tokenization_spaces=False)
    assert len(found.encode()) <= len(end.encode())
    if kind == "json_schema":
        json.loads(text + found)


def test_what_is_complete_is_closed_by_its_end_token(grammars: Grammars, tokenizer: Any) -> None:
    matcher = begun(grammars, tokenizer, "regex", "ab?", "ab")

    assert matcher.closing(1) == [EOS]
    assert matcher.closing(0) is None
    assert matcher.follows([EOS])
    assert not matcher.follows([EOS, EOS])


def test_an_end_that_does_not_fit_is_not_searched_for_long(grammars: Grammars, tokenizer: Any) -> None:
    """A search that does not stop makes the test hang."""
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 100_000}

    assert begun(grammars, tokenizer, "json_schema", schema).closing(256) is None


def test_single_tokens_are_allowed_as_the_mask_of_all_says(grammars: Grammars, tokenizer: Any) -> None:
    chance = random.Random(0)
    for form in forms()[::7]:
        matcher = begun(grammars, tokenizer, form.kind, form.value)
        for _ in range(20):
            mask = matcher.allowed()
            asked = [*chance.sample(range(VOCAB_SIZE), 20), *mask.nonzero()[0][:20].tolist(), EOS]
            assert list(matcher.allows(asked)) == mask[asked].tolist()
            if set(possible := mask.nonzero()[0].tolist()) <= {EOS}:
                break
            assert matcher.consume(chance.choice([token_id for token_id in possible if token_id != EOS]))
