"""Engines with the small checkpoint: loading it, running sequences to their end, and fixtures for both.

The conftest.py of each directory whose tests use the fixtures registers this module: see tests/plugins.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Ids
from pathlib import Path

import pytest
import torch

from app.engine.engine import Engine
from app.engine.layout import Forward
from app.engine.loading import choose_placement, load_model
from app.messages.events import Committed, Event, Failed, Finished
from app.messages.params import EngineConfig, GenerationParams, ModelSource
from app.models.checkpoint import Checkpoint, load_checkpoint
from app.models.families import Diffusion
from app.models.sources import HuggingFaceFolder
from app.models.weights import prepare
from tests.reference import CHECKPOINT, EOS, MASK, Case, read_cases

CPU = torch.device("cpu")
DIFFUSION = Diffusion(family="stable-diffcoder", mask_token_id=MASK, eos_token_ids=(EOS,), block_length=4)
DIFFUSION = Diffusion(family="stable-diffcoder", mask_token_id=MASK, eos_token_ids=(EOS,), block_length=4)
torch.set_num_threads(1)

Runs = list[list[Forward]]  # the forwards that a runner got, one entry per run of the model

MAX_STEPS = 10_000  # a test that needs more has an engine that never finishes


def load(path: Path | str = CHECKPOINT, revision: str | None = None) -> Checkpoint:
    """As the server loads it."""
    checkpoint = load_plain(path, revision)
    prepare(checkpoint.model, CPU)
    return checkpoint


def load_plain(path: Path | str = CHECKPOINT, revision: str | None = None) -> Checkpoint:
    """A model whose weights a test can change."""
    return load_checkpoint(HuggingFaceFolder(str(path), revision), CPU, torch.float32)


def load_engine(options: ModelSource) -> Engine:
    """As the server loads it, placed as in `options`."""
    return load_model(options, *choose_placement(options))[0]


def run(engine: Engine, prompt: Ids[int], params: GenerationParams) -> tuple[list[int], Finished]:
    """Add a sequence and step until it ends. Other sequences in the engine are stepped too; their events are lost."""
    sequence_id = engine.add(prompt, params)
    events: list[Event] = []
    for _ in range(MAX_STEPS):
        events += [event for event in engine.step() if event.sequence_id == sequence_id]
        if events and isinstance(events[-1], Finished | Failed):
            break
    assert isinstance(events[-1], Finished), "the sequence failed; the log has the cause"
    return committed(events), events[-1]


def drain(engine: Engine) -> dict[int, list[Event]]:
    """Step until there is no work left: each sequence's events, in order."""
    events: dict[int, list[Event]] = {}
    for _ in range(MAX_STEPS):
        if not engine.has_work:
            return events
        for event in engine.step():
            events.setdefault(event.sequence_id, []).append(event)
    raise AssertionError("the engine does not come to an end")


def committed(events: Ids[Event]) -> list[int]:
    return [token_id for event in events if isinstance(event, Committed) for token_id in event.token_ids]


@pytest.fixture(scope="session")
def checkpoint() -> Checkpoint:
    """The fixture checkpoint in float32 on the CPU. Shared: do not change its weights."""
    return load()


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    return read_cases()


@pytest.fixture
def make_engine(checkpoint: Checkpoint) -> Iterator[Callable[..., Engine]]:
    """`make_engine(**EngineConfig fields)`; checks after the test that no engine still holds a slot of its KV cache."""
    engines: list[Engine] = []

    def make(loaded: Checkpoint = checkpoint, **config: int) -> Engine:
        engine = Engine(loaded.model, loaded.diffusion, EngineConfig(**{"max_model_len": 512, **config}))
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        assert engine.kv_cache.slots_held == 0
        assert not engine.has_work


@pytest.fixture
def engine(make_engine: Callable[..., Engine]) -> Engine:
    return make_engine()
