"""The small checkpoint, what the published algorithm made of it, and one call that runs a sequence to its end."""

from __future__ import annotations

import json
from collections.abc import Sequence as Ids
from dataclasses import dataclass
from pathlib import Path

import torch

from app.engine.engine import Engine
from app.engine.layout import Forward
from app.messages.events import Committed, Event, Failed, Finished
from app.messages.params import GenerationParams
from app.models.checkpoint import Checkpoint, load_checkpoint
from app.models.packed_linear import pack

REFERENCE = Path(__file__).parent / "fixtures" / "reference-a"
CHECKPOINT = REFERENCE / "checkpoint"

MASK, EOS, VOCAB_SIZE = 5, 2, 1024

Runs = list[list[Forward]]  # what a runner was asked to run, one entry for each run of the model

MAX_STEPS = 10_000  # a test that needs more has met an engine that never ends


@dataclass(frozen=True)
class Case:
    """`output` ends with the first end token; `forwards` are the published algorithm's, prefill not counted."""

    prompt: tuple[int, ...]
    params: GenerationParams
    output: tuple[int, ...]
    forwards: int


def read_cases() -> list[Case]:
    return [_read_case(case) for case in json.loads((REFERENCE / "cases.json").read_text())["cases"]]


def _read_case(case: dict) -> Case:
    params = GenerationParams(
        case["gen_length"], case["steps"], case["block_length"], case["threshold"], case["remasking"]
    )
    output = case["output"]
    if EOS in output:
        output = output[: output.index(EOS) + 1]  # the rest is padding
    return Case(tuple(case["prompt"]), params, tuple(output), case["denoise_and_commit_forwards"])


def load(path: Path | str = CHECKPOINT, revision: str | None = None) -> Checkpoint:
    """As the server loads it."""
    checkpoint = load_plain(path, revision)
    pack(checkpoint.model)
    return checkpoint


def load_plain(path: Path | str = CHECKPOINT, revision: str | None = None) -> Checkpoint:
    """With weights that a test can change."""
    return load_checkpoint(str(path), revision, torch.device("cpu"), torch.float32)


def run(engine: Engine, prompt: Ids[int], params: GenerationParams) -> tuple[list[int], Finished]:
    """Add a sequence and step until it ends. Others in the engine are stepped along; their events are lost."""
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
