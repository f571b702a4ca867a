"""Runs the cases of a folder through the engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Sequence as Ids
from dataclasses import dataclass
from pathlib import Path

from app.engine.engine import Engine
from app.messages.events import Finished
from app.messages.params import EngineConfig
from app.models.checkpoint import Checkpoint
from tests.families.case import Case
from tests.families.formats import FORMATS
from tests.tiny import committed, drain, load

BATCH = 8


@dataclass(frozen=True)
class Result:
    """What the engine made of a case. `forwards` are of denoising and commits."""

    number: int
    case: Case
    output: tuple[int, ...]
    forwards: int

    @property
    def is_same(self) -> bool:
        return self.output == self.case.output

    @property
    def is_frugal(self) -> bool:
        return self.case.forwards is None or self.forwards <= self.case.forwards


def load_folder(folder: Path) -> tuple[Checkpoint, list[Case]]:
    """The checkpoint of a folder, and its cases."""
    checkpoint = load(folder / "checkpoint")
    header = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    read = FORMATS[checkpoint.diffusion.family]
    return checkpoint, [read(case, header) for case in header["cases"]]


def run_cases(
    checkpoint: Checkpoint, cases: Ids[Case], batch: int = BATCH, speculation: int = 0, cache_bytes: int = 2**24
) -> Iterator[Result]:
    """The cases in one engine, `batch` at a time, in float32 on the CPU."""
    longest = max(len(case.prompt) + (case.params.gen_length if case.params else 0) for case in cases)
    config = EngineConfig(
        max_model_len=longest, max_sequences=batch, speculation=speculation, prefix_cache_bytes=cache_bytes
    )
    engine = Engine(checkpoint.model, checkpoint.diffusion, config)
    numbers = {}
    for number, case in enumerate(cases):
        if case.params is None:
            yield Result(number, case, (), 0)
        else:
            numbers[engine.add(case.prompt, case.params)] = number
    for sequence_id, events in drain(engine).items():
        number, finished = numbers[sequence_id], events[-1]
        assert isinstance(finished, Finished), "the sequence failed; the log has the cause"
        counters = finished.counters
        yield Result(number, cases[number], tuple(committed(events)), counters.forwards + counters.fused_commits)
