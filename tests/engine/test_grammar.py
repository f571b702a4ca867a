"""Replies that follow a grammar: valid in every mode, and at every step what is known has a completion."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.engine import Engine
from app.messages.events import Event, Finished, Stepped
from app.messages.grammar import RequestedGrammar
from app.messages.params import EngineConfig, GenerationParams, Speculation
from app.models.checkpoint import Checkpoint
from app.text.grammars import Grammars
from tests.forms import Form, forms
from tests.tiny import committed, drain, load

EMBEDDED = Path(__file__).parents[2] / "weights" / "elbarto-mini"
WAYS = list(itertools.product(("static", "threshold", "greedy"), (0.0, 1.0, 2.0), (4, 8)))
PLAIN = GenerationParams(gen_length=128, steps=128, block_length=4)
FORMS = forms()


class Constrained:
    """Engines over one checkpoint whose sequences may have grammars."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint, self.tokenizer = checkpoint, checkpoint.tokenizer
        self.eos = checkpoint.diffusion.eos_token_ids
        self.grammars = Grammars(self.tokenizer, checkpoint.model.config.vocab_size, self.eos)
        self.prompt = self.tokenizer.encode("Answer: ", add_special_tokens=False)
        self.is_tiny = checkpoint.name != "elbarto-mini"

    def engine(self, speculation: Speculation = 0, max_sequences: int = 16) -> Engine:
        config = EngineConfig(max_model_len=512, max_sequences=max_sequences, speculation=speculation)
        return Engine(self.checkpoint.model, self.checkpoint.diffusion, config, matcher=self.grammars.matcher)

    def params(self, form: Form, **fields: Any) -> GenerationParams:
        return replace(PLAIN, grammar=self.grammars.compile(form.requested), **fields)

    def text(self, events: list[Event]) -> str:
        token_ids = [token_id for token_id in committed(events) if token_id not in self.eos]
        text: str = self.tokenizer.decode(token_ids, clean_up_tokenization_spaces=False)
        return text


@pytest.fixture(scope="module", params=["random weights", "embedded model"])
def constrained(request: pytest.FixtureRequest) -> Constrained:
    return Constrained(load() if request.param == "random weights" else load(EMBEDDED))


@pytest.fixture(scope="module")
def tiny() -> Constrained:
    return Constrained(load())


def reason(events: list[Event]) -> str:
    assert isinstance(events[-1], Finished), "the sequence failed"
    return events[-1].reason


@pytest.mark.parametrize("speculation", [0, 4])
def test_replies_end_and_are_valid(constrained: Constrained, speculation: Speculation) -> None:
    """Each form in one way of decoding, so that each way meets eleven forms."""
    engine = constrained.engine(speculation)
    asked: dict[int, Form] = {}
    every = FORMS if constrained.is_tiny else FORMS[::5]
    for number, form in enumerate(every):
        mode, temperature, block_length = WAYS[number % len(WAYS)]
        fields = {"decode_mode": mode, "threshold": 0.8, "temperature": temperature, "block_length": block_length}
        asked[engine.add(constrained.prompt, constrained.params(form, seed=number, **fields))] = form

    events = drain(engine)

    for sequence_id, form in asked.items():
        assert reason(events[sequence_id]) == "stop"
        form.check(constrained.text(events[sequence_id]))


@pytest.mark.parametrize("gen_length", [128, 24])
def test_drafts_and_batches_change_nothing(tiny: Constrained, gen_length: int) -> None:
    """With 24 tokens many replies must be brought to an end."""
    picked = FORMS[::9]
    alone, drafted = tiny.engine(0, max_sequences=1), tiny.engine(8)
    replies = []
    for engine in (alone, drafted):
        ids = [
            engine.add(
                tiny.prompt,
                tiny.params(form, seed=number, temperature=number % 3 / 2, gen_length=gen_length, steps=gen_length),
            )
            for number, form in enumerate(picked)
        ]
        events = drain(engine)
        replies.append([committed(events[sequence_id]) for sequence_id in ids])

    assert replies[0] == replies[1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(0, len(FORMS) - 1),
    way=st.sampled_from(WAYS),
    seed=st.integers(0, 2**32),
    small=st.sampled_from([None, 2]),
    remasking=st.sampled_from(["low_confidence", "random"]),
    penalty=st.sampled_from([1.0, 1.5]),
    speculation=st.sampled_from([0, 3]),
)
def test_what_is_known_always_has_a_completion(
    tiny: Constrained,
    number: int,
    way: Any,
    seed: int,
    small: int | None,
    remasking: Any,
    penalty: float,
    speculation: Any,
) -> None:
    """After every step: the reply's first mask can be filled, and so on until all that is known has been read."""
    mode, temperature, block_length = way
    params = tiny.params(
        FORMS[number],
        decode_mode=mode,
        threshold=0.5,
        temperature=temperature,
        block_length=block_length,
        small_block_length=small,
        remasking=remasking,
        repetition_penalty=penalty,
        seed=seed,
        gen_length=32,
        steps=32,
        watch=True,
    )
    engine = tiny.engine(speculation)
    sequence_id = engine.add(tiny.prompt, params)
    known: dict[int, int] = {}

    events = drain(engine)[sequence_id]

    for event in events:
        if isinstance(event, Stepped):
            known |= {item.position: item.token_id for item in event.proposals if item.is_final}
            assert is_possible(tiny, params, known, event.end)


def is_possible(tiny: Constrained, params: GenerationParams, known: dict[int, int], end: int) -> bool:
    """By searching: a path of allowed tokens through everything known, up to the end of the block."""
    start = len(tiny.prompt)
    assert params.grammar is not None
    waiting = [(tiny.grammars.matcher(params.grammar), start)]
    tries = 0
    while waiting and tries < 20_000:
        matcher, position = waiting.pop()
        tries += 1
        if position == end:
            return True
        token_id = known.get(position)
        if token_id in tiny.eos:
            if matcher.is_accepting:
                return True
            continue
        if token_id is None and matcher.is_accepting and not any(later > position for later in known):
            return True
        allowed = [token_id] if token_id is not None else [int(item) for item in matcher.allowed().nonzero()[0]]
        for item in allowed:
            if item in tiny.eos:
                return True  # the rest of the block may be anything
            copy = matcher.copy()
            if copy.consume(item):
                waiting.append((copy, position + 1))
    return bool(waiting)  # the search was given up


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=st.integers(0, len(FORMS) - 1),
    way=st.sampled_from(WAYS),
    seed=st.integers(0, 2**32),
    spare=st.integers(0, 12),
    small=st.sampled_from([None, 2]),
    remasking=st.sampled_from(["low_confidence", "random"]),
    speculation=st.sampled_from([0, 3]),
)
def test_a_reply_whose_end_fits_at_the_start_reaches_it(
    tiny: Constrained, number: int, way: Any, seed: int, spare: int, small: int | None, remasking: Any, speculation: Any
) -> None:
    form, (mode, temperature, block_length) = FORMS[number], way
    matcher = tiny.grammars.matcher(tiny.grammars.compile(form.requested))
    closing = matcher.closing(100)
    assert closing is not None
    max_tokens = len(closing) + spare
    num_blocks = 1 + max_tokens // block_length
    params = tiny.params(
        form,
        decode_mode=mode,
        threshold=0.5,
        temperature=temperature,
        block_length=block_length,
        small_block_length=small,
        remasking=remasking,
        seed=seed,
        gen_length=num_blocks * block_length,
        steps=num_blocks * block_length,
        max_tokens=max_tokens,
    )
    engine = tiny.engine(speculation)
    sequence_id = engine.add(tiny.prompt, params)

    events = drain(engine)[sequence_id]

    assert reason(events) == "stop"
    assert len(committed(events)) <= max_tokens
    form.check(tiny.text(events))


def test_an_end_is_not_brought_on_before_it_is_needed(tiny: Constrained) -> None:
    """A reply that ends by itself is the same, however many tokens are left after it."""
    for number, form in enumerate(FORMS[::25]):
        replies = []
        for gen_length in (128, 320):
            engine = tiny.engine()
            params = tiny.params(form, seed=number, temperature=1.0, gen_length=gen_length, steps=gen_length)
            sequence_id = engine.add(tiny.prompt, params)
            replies.append(committed(drain(engine)[sequence_id]))
        if len(replies[1]) < 100:
            assert replies[0] == replies[1]


def test_forced_tokens_take_no_forward(tiny: Constrained) -> None:
    form = Form(
        "json_schema", {"type": "object", "properties": {"name": {"const": "a long text"}}, "required": ["name"]}
    )
    engine = tiny.engine()
    sequence_id = engine.add(
        tiny.prompt, tiny.params(replace(form, value={**form.value, "additionalProperties": False}))
    )

    events = drain(engine)[sequence_id]

    assert tiny.text(events) == '{"name": "a long text"}'
    assert reason(events) == "stop"
    (finished,) = [event for event in events if isinstance(event, Finished)]
    assert finished.counters.forwards == 0


def test_a_budget_that_is_too_small_is_a_length_and_no_broken_end(tiny: Constrained) -> None:
    form = Form("json_schema", {"type": "array", "items": {"type": "integer"}, "minItems": 60})
    engine = tiny.engine()
    sequence_id = engine.add(tiny.prompt, tiny.params(form, gen_length=16, steps=16))

    events = drain(engine)[sequence_id]

    assert reason(events) == "length"
    assert len(committed(events)) == 16


def test_a_literal_special_token_is_not_text(tiny: Constrained) -> None:
    """No grammar allows the mask token or another control token."""
    grammar = tiny.grammars.compile(RequestedGrammar("regex", "(?s:.*)", "form"))

    allowed = tiny.grammars.matcher(grammar).allowed()

    special = set(tiny.tokenizer.all_special_ids) - set(tiny.eos)
    assert not any(allowed[token_id] for token_id in special)
