"""One forward against its lower bound: the time it takes to read the weights from memory once.

With less than some tens of rows a forward should take little longer. The bandwidth is measured in the same rounds, with
a copy far larger than any cache; it counts bytes read and bytes written.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

import torch

from app.engine.kv_cache import KVCache
from app.engine.layout import Forward, Span
from app.engine.runner import Runner
from bench.context import Context
from bench.measure import Figure, interleave, ratios
from bench.models import Subject
from bench.workload import random_prompt

ROWS = (4, 8, 16, 32, 64)
CONTEXT_LENGTH = 128


def measure(context: Context) -> list[Figure]:
    shapes = ["125M", *context.more_shapes()]
    return [figure for shape in shapes for figure in compare(context, context.random(shape))]


def compare(context: Context, subject: Subject) -> Iterator[Figure]:
    runner = Runner(subject.served, kv_cache(subject))
    contenders: dict[str, Callable[[], float]] = {"copy": copier(context)}
    contenders |= {str(rows): partial(time_forward, context, runner, subject, rows) for rows in ROWS}
    samples = interleave(contenders, context.rounds, f"floor: {subject}")
    floors = [subject.weight_bytes / bandwidth for bandwidth in samples["copy"]]
    for rows in ROWS:
        seconds = samples[str(rows)]
        facts = {
            "ms": 1000 * statistics.median(seconds),
            "floor ms": 1000 * statistics.median(floors),
            "GB/s": statistics.median(samples["copy"]) / 1e9,
        }
        yield Figure(
            f"{subject}, forward of {rows} rows", "reading the weights", "time", ratios(seconds, floors), facts
        )


def kv_cache(subject: Subject) -> KVCache:
    weight = subject.transformer.embedding.weight
    return KVCache(subject.config, 1, CONTEXT_LENGTH + max(ROWS), weight.device, weight.dtype)


def copier(context: Context) -> Callable[[], float]:
    """A function that measures the bandwidth, in bytes per second."""
    num_bytes = context.size(256 if context.device.type == "cpu" else 2048, 32) * 2**20
    source = torch.ones(num_bytes, dtype=torch.uint8, device=context.device)
    target = torch.zeros_like(source)

    def copy() -> float:
        return 2 * num_bytes / best_time(context, lambda: target.copy_(source))

    return copy


def time_forward(context: Context, runner: Runner, subject: Subject, rows: int) -> float:
    """Seconds of one forward of `rows` rows after a context, the head included."""
    tokens = tuple(random_prompt(subject, rows, context.options.seed))
    positions = tuple(range(CONTEXT_LENGTH, CONTEXT_LENGTH + rows))
    forward = Forward("denoise", Span(0, CONTEXT_LENGTH, rows), tokens, tuple(range(rows)), positions)
    return best_time(context, lambda: runner.run([forward]))


def best_time(context: Context, run: Callable[[], object], times: int = 5) -> float:
    """The fastest of a few runs in a row: both sides of the ratio are about the hardware's limit."""
    seconds = []
    for _ in range(times):
        context.synchronize()
        start = time.perf_counter()
        run()
        context.synchronize()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
