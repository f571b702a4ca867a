"""Measurements at the start: what a forward costs on this device, by its rows, and with how many threads.

The number of drafts that pays depends on it: an idle GPU computes 32 rows in the time of 4, a CPU does not. Half a
second each at most, unless a single forward takes longer.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

import torch

from app.engine.graphs import cuda_graph
from app.engine.kv_cache import KVCache
from app.engine.layout import Forward, Span
from app.engine.market import ForwardCosts
from app.engine.runner import Runner
from app.engine.sampling import MaskedRows, propose
from app.messages.params import GenerationParams
from app.models.transformer import Transformer

logger = logging.getLogger(__name__)

ROWS = (4, 64, 24, 8, 32, 16, 48)  # in the order of their importance; at least the first two are measured
MANY_ROWS = (128, 256)  # after these, where 64 rows take less than FLAT times as long as 4
FLAT = 2.0
CONTEXT_LENGTH = 64
BLOCK_LENGTH = 4
BUDGET_S = 0.5
MAX_RUNS = 5  # of one forward; the fastest counts

Forwards = Callable[[int], float]  # Seconds of a forward of this many rows.


def measure_costs(forward: Forwards) -> ForwardCosts:
    """The costs of forwards. If time is short, for fewer numbers of rows."""
    end = time.monotonic() + BUDGET_S
    measured: dict[int, float] = {}
    for rows in (*ROWS, *MANY_ROWS):
        if rows in MANY_ROWS and measured[64] >= FLAT * measured[4]:
            break  # a batch of so many rows does not pay
        if len(measured) >= 2 and time.monotonic() + forward_estimate(measured, rows) > end:
            break
        measured[rows] = forward(rows)
    seconds = 0.0
    for rows in sorted(measured):  # More rows cannot take less time.
        seconds = measured[rows] = max(seconds, measured[rows])
    costs = ForwardCosts(tuple(sorted(measured)), tuple(measured[rows] for rows in sorted(measured)))
    logger.info("a forward takes %s", ", ".join(f"{1000 * s:.1f} ms for {n} rows" for n, s in sorted(measured.items())))
    return costs


def forward_estimate(measured: dict[int, float], rows: int) -> float:
    """Seconds that measuring this many rows may take: two runs, each as long as the next larger one measured."""
    return 2 * min((seconds for known, seconds in measured.items() if known >= rows), default=max(measured.values()))


def choose_num_threads(forward: Forwards, most: int) -> int:
    """The number of PyTorch's threads with which forwards of 4 and 32 rows are fastest: `most`, or half of it, ...

    OpenMP's threads wait for one another at every operation, so that a small model is slower with many. Sets it, too.
    """
    best, best_seconds = most, float("inf")
    end = time.monotonic() + BUDGET_S
    number = most
    while number >= 1 and time.monotonic() < end:
        torch.set_num_threads(number)
        seconds = forward(4) + forward(32)
        if seconds > 1.5 * best_seconds:
            break
        if seconds < best_seconds:
            best, best_seconds = number, seconds
        number = number // 2
    torch.set_num_threads(best)
    logger.info("%d of %d threads: 4 and 32 rows take %.1f ms together", best, most, 1000 * best_seconds)
    return best


def timed_forwards(model: Transformer, mask_token_id: int, cuda_graphs: bool = False) -> Forwards:
    """Denoising forwards of one sequence as the engine runs them, proposals included.

    A block of 4 after a short context, and drafts of it up to the number of rows.
    """
    weight = model.embedding.weight
    start = min(CONTEXT_LENGTH, model.config.max_position - BLOCK_LENGTH) // BLOCK_LENGTH * BLOCK_LENGTH
    cache = KVCache(model.config, 1, start, weight.device, weight.dtype, num_spare=max(MANY_ROWS) + 1)
    runner = Runner(model, cache, cuda_graph if cuda_graphs else None)
    params = GenerationParams(gen_length=BLOCK_LENGTH, steps=1, block_length=BLOCK_LENGTH)

    def forward(place: int) -> Forward:
        """With the last two of its positions masked."""
        span = Span(0, start, BLOCK_LENGTH, None, place, range(start, place))
        return Forward("denoise", span, (mask_token_id,) * BLOCK_LENGTH, (2, 3), (start + 2, start + 3))

    def once(rows: int) -> float:
        began = time.perf_counter()
        forwards = [forward(place) for place in range(start, start + rows, BLOCK_LENGTH)]
        logits = runner.run(forwards)
        assert logits is not None
        parts = [MaskedRows(forward.positions, 0, params) for forward in forwards]
        propose(logits, parts, mask_token_id)  # waits for the device
        return time.perf_counter() - began

    def best(rows: int) -> float:
        warm = once(rows)
        runs = min(MAX_RUNS, max(1, int(BUDGET_S / len(ROWS) / warm)))
        return min(once(rows) for _ in range(runs))

    return best


def most_threads() -> int:
    """One fewer than the physical cores that this process may use.

    With a thread on every core, another busy program, such as an editor, makes all of them wait for the thread that is
    not running, and steps take 50 times as long (bench/LOG.md, 2026-11-20, "OpenMP").
    """
    return max(1, _num_cores() - 1)


def _num_cores() -> int:
    """Physical cores, as far as the system tells."""
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    usable = os.sched_getaffinity(0)
    siblings = Path("/sys/devices/system/cpu")
    try:
        files = [siblings / f"cpu{number}" / "topology" / "thread_siblings_list" for number in usable]
        return len({file.read_text() for file in files})
    except OSError:
        return len(usable)
