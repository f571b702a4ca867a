"""A folder of the fixtures' format: `checkpoint/` and `cases.json`, and running its cases on an engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from app.engine.engine import Engine
from app.messages.events import Committed, Failed, Filled, Finished
from app.messages.params import EngineConfig
from app.models.checkpoint import Checkpoint, load_checkpoint
from app.models.families import read_diffusion
from app.models.sources import HuggingFaceFolder
from app.models.weights import prepare
from tests.families.case import Case
from tests.families.formats import FORMATS

CPU = torch.device("cpu")
BATCH = 8


@dataclass(frozen=True)
class Outcome:
    """What became of a case: the tokens that a caller gets, and the forwards that made them."""

    case: Case
    token_ids: tuple[int, ...]
    forwards: int
    is_failed: bool

    @property
    def is_right(self) -> bool:
        fits = self.case.forwards is None or self.forwards <= self.case.forwards
        return not self.is_failed and self.token_ids == self.case.output and fits


def read_cases(folder: Path) -> list[Case]:
    """In the format of the family that the checkpoint is recognised as."""
    read = FORMATS[read_diffusion(HuggingFaceFolder(str(folder / "checkpoint"))).family]
    found = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    header = {name: value for name, value in found.items() if not name.endswith("cases")}
    return [read(case, header) for case in found["cases"]]


def load(folder: Path) -> Checkpoint:
    """In float32, as the server loads it."""
    checkpoint = load_checkpoint(HuggingFaceFolder(str(folder / "checkpoint")), CPU, torch.float32)
    prepare(checkpoint.model, CPU)
    return checkpoint


def make_engine(checkpoint: Checkpoint, speculation: int = 0, max_sequences: int = 1) -> Engine:
    """With the prefix cache on."""
    config = EngineConfig(
        max_model_len=512, max_sequences=max_sequences, prefix_cache_bytes=2**24, speculation=speculation
    )
    return Engine(checkpoint.model, checkpoint.diffusion, config)


def run(engine: Engine, cases: list[Case]) -> list[Outcome]:
    """As many at once as the engine takes."""
    ids = {engine.add(case.prompt, case.params): case for case in cases}
    token_ids: dict[int, list[int]] = {sequence_id: [] for sequence_id in ids}
    forwards = dict.fromkeys(ids, 0)
    failed = set()
    while engine.has_work:
        for event in engine.step():
            match event:
                case Committed():
                    token_ids[event.sequence_id] += event.token_ids
                case Filled():
                    token_ids[event.sequence_id] += [token.id for token in event.tokens]
                case Finished():
                    forwards[event.sequence_id] = event.counters.forwards
                case Failed():
                    failed.add(event.sequence_id)
    return [
        Outcome(case, case.delivered(token_ids[sequence_id]), forwards[sequence_id], sequence_id in failed)
        for sequence_id, case in ids.items()
    ]


def run_each(engine: Engine, cases: list[Case]) -> Iterator[Outcome]:
    """One after another."""
    for case in cases:
        yield from run(engine, [case])
