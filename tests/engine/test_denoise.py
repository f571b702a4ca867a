"""When a reply is settled: at its first end token, once no mask is left before it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.engine.canvas import find_end
from app.engine.engine import Engine
from app.engine.sequence import Sequence
from app.messages.params import GenerationParams
from tests.reference import EOS, Case
from tests.tiny import DIFFUSION, run

PROMPT = [10, 11, EOS]  # an end token in the prompt is ordinary text; its block has one more position


@pytest.mark.parametrize(
    ("unmasked", "end"),
    [
        ({}, None),
        ({3: 20, 4: 21}, None),
        ({5: EOS}, None),  # masks before it
        ({3: EOS}, 0),  # masks after it
        ({3: 20, 4: 21, 5: EOS}, 2),
        ({3: 20, 4: 21, 5: EOS, 6: 22, 7: EOS}, 2),  # the first one counts
    ],
)
def test_find_end(unmasked: dict[int, int], end: int | None) -> None:
    sequence = Sequence(0, PROMPT, GenerationParams(gen_length=16, steps=16, block_length=8), DIFFUSION, submitted=0.0)

    sequence.canvas.unmask(list(unmasked), list(unmasked.values()))

    assert find_end(sequence.reply, {EOS}) == end


def test_no_forward_is_spent_on_what_follows_the_end(make_engine: Callable[..., Engine], cases: list[Case]) -> None:
    ending = [case for case in cases if case.output[-1] == EOS and case.params.block_length >= 8]
    engine = make_engine(max_model_len=1024)

    saved = [case.forwards - run(engine, case.prompt, case.params)[1].counters.steps for case in ending]

    assert ending
    assert min(saved) >= 0
    assert sum(saved) > len(ending)  # more than the commits, which the published count has too
