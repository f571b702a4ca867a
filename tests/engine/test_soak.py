"""Hundreds of mixed requests through one engine: flat memory, consistent caches, the same replies as alone."""

from __future__ import annotations

import random
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from app.engine.engine import Engine
from app.messages.events import Event, Failed, Finished
from app.messages.params import GenerationParams
from app.models.checkpoint import Checkpoint
from tests.reference import VOCAB_SIZE
from tests.tiny import committed, load_plain, run

NUM_REQUESTS, NUM_WARM_UP, MAX_GROWTH_BYTES = 500, 200, 12 * 2**20
BROKEN = 666  # a token whose embedding is not a number


@dataclass(frozen=True)
class Request:
    prompt: tuple[int, ...]
    params: GenerationParams


class NeverProposing(torch.nn.Module):
    """A head without the broken token."""

    def __init__(self, head: torch.nn.Linear) -> None:
        super().__init__()
        self.head = head

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        logits = self.head(hidden)
        logits[:, BROKEN] = logits.amin(dim=-1) - 1
        return logits


@pytest.fixture
def loaded() -> Checkpoint:
    checkpoint = load_plain()
    model = checkpoint.model
    model.head.weight = torch.nn.Parameter(model.head.weight.clone(), requires_grad=False)
    model.embedding.weight[BROKEN] = torch.nan
    model.head = NeverProposing(model.head)
    return checkpoint


def requests(choose: random.Random) -> list[Request]:
    """Thirty kinds, repeated: some share prefixes, one in ten fails."""
    shared = [choose.randrange(7, BROKEN) for _ in range(64)]
    made = []
    for number in range(30):
        own = [choose.randrange(7, BROKEN) for _ in range(choose.randint(1, 90))]
        prompt = [*shared[: choose.choice((0, 20, 64))], *own, *([BROKEN] if number % 10 == 9 else [])]
        length = choose.choice((4, 4, 8))
        num_blocks = choose.randint(1, 6)
        params = GenerationParams(
            gen_length=num_blocks * length,
            steps=num_blocks * choose.choice((1, 2, length)),
            block_length=length,
            threshold=choose.choice((None, None, 0.2)),
            temperature=choose.choice((0.0, 0.0, 0.9)),
            repetition_penalty=choose.choice((1.0, 1.0, 1.2)),
            seed=number,
            ignore_eos=number % 3 > 0,
        )
        made.append(Request(tuple(prompt), params))
    return made


def resident_bytes() -> int:
    if sys.platform == "linux":
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_five_hundred_mixed_requests(make_engine: Callable[..., Engine], loaded: Checkpoint) -> None:
    choose = random.Random(5)
    kinds = requests(choose)
    alone = {kind: run(make_engine(loaded), kind.prompt, kind.params)[0] for kind in kinds if BROKEN not in kind.prompt}
    assert VOCAB_SIZE > BROKEN
    engine = make_engine(loaded, max_sequences=6, prefix_cache_bytes=2**21, prefill_chunk=32)
    asked: dict[int, Request] = {}
    events: dict[int, list[Event]] = {}
    warm_bytes, num_checked, num_aborted, num_failed = 0, 0, 0, 0
    while len(asked) < NUM_REQUESTS or engine.has_work:
        while len(asked) < NUM_REQUESTS and len(events) < 12:
            kind = choose.choice(kinds)
            sequence_id = engine.add(kind.prompt, kind.params)
            asked[sequence_id], events[sequence_id] = kind, []
        if choose.random() < 0.05 and engine.abort(victim := choose.choice(list(events))):
            del events[victim]
            num_aborted += 1
        for event in engine.step():
            events[event.sequence_id].append(event)
            if isinstance(event, Finished):
                assert committed(events.pop(event.sequence_id)) == alone[asked[event.sequence_id]]
                num_checked += 1
            elif isinstance(event, Failed):
                del events[event.sequence_id]
                assert BROKEN in asked[event.sequence_id].prompt
                num_failed += 1
        if len(asked) == NUM_WARM_UP:
            warm_bytes = resident_bytes()

    engine.prefix_cache.check_integrity()
    assert engine.kv_cache.slots_held == 0
    assert num_checked + num_aborted + num_failed == NUM_REQUESTS
    assert min(num_checked, num_aborted, num_failed) > 10
    assert resident_bytes() - warm_bytes < MAX_GROWTH_BYTES
