"""What is measured at the start: costs of forwards, and the number of threads."""

from __future__ import annotations

import dataclasses
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from app.engine import warmup
from app.engine.graphs import Run
from app.engine.kv_cache import KVCache
from app.engine.warmup import BUDGET_S, MANY_ROWS, ROWS, choose_num_threads, measure_costs, most_threads, timed_forwards
from app.models.checkpoint import Checkpoint
from tests.reference import MASK
from tests.tiny import Runs, load_plain

Forwards = Callable[[int], float]


class Clock:
    """Moves only when something is measured; `forward` remembers for how many rows."""

    def __init__(self, seconds: Forwards) -> None:
        self.now, self.measured, self._seconds = 1000.0, [], seconds

    def forward(self, rows: int) -> float:
        self.measured.append(rows)
        self.now += self._seconds(rows)
        return self._seconds(rows)


@pytest.fixture
def start_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Forwards], Clock]:
    def start(seconds: Forwards) -> Clock:
        clock = Clock(seconds)
        monkeypatch.setattr(warmup, "time", SimpleNamespace(monotonic=lambda: clock.now))
        return clock

    return start


@pytest.fixture
def threads() -> Iterator[None]:
    """PyTorch's number of threads may change."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_costs_of_all_numbers_of_rows_are_measured_if_there_is_time(start_clock) -> None:
    clock = start_clock(lambda rows: 0.001 + 0.0001 * rows)  # 64 take 5 times as long as 4

    costs = measure_costs(clock.forward)

    assert clock.measured == list(ROWS)
    assert costs.rows == tuple(sorted(ROWS))
    assert costs.seconds == pytest.approx([0.001 + 0.0001 * rows for rows in sorted(ROWS)])


@pytest.mark.parametrize(
    ("seconds", "many"),
    [
        pytest.param(lambda rows: 0.001 + rows / 1e6, [128, 256], id="flat"),
        pytest.param(lambda rows: 0.01 if rows < 128 else BUDGET_S / 2, [128], id="while there is time"),
        pytest.param(lambda rows: 0.001 if rows < 64 else 0.0019, [128, 256], id="less than twice as long"),
        pytest.param(lambda rows: 0.001 if rows < 64 else 0.002, [], id="twice as long"),
    ],
)
def test_many_rows_are_measured_where_they_may_be_cheap(start_clock, seconds: Forwards, many: list[int]) -> None:
    clock = start_clock(seconds)

    costs = measure_costs(clock.forward)

    assert clock.measured == [*ROWS, *many]
    assert costs.rows == (*sorted(ROWS), *many)


@pytest.mark.parametrize("seconds", [BUDGET_S / 2, BUDGET_S, 60.0])
def test_two_are_measured_however_slow_they_are(start_clock, seconds: float) -> None:
    clock = start_clock(lambda rows: seconds + rows / 1000)

    costs = measure_costs(clock.forward)

    assert clock.measured == [4, 64]
    assert costs.rows == (4, 64)


@pytest.mark.parametrize(("seconds", "num"), [(BUDGET_S / 20, 9), (BUDGET_S / 6.5, 5), (BUDGET_S / 4.5, 3)])
def test_the_more_important_ones_are_measured_while_there_is_time(start_clock, seconds: float, num: int) -> None:
    clock = start_clock(lambda rows: seconds)

    costs = measure_costs(clock.forward)

    measured = [*ROWS, *MANY_ROWS][:num]
    assert clock.measured == measured
    assert clock.now - 1000 <= BUDGET_S
    assert costs.rows == tuple(sorted(measured))


def test_more_rows_never_cost_less(start_clock) -> None:
    """Something else was busy while 8 and 32 rows were measured."""
    disturbed = {4: 0.001, 8: 0.009, 16: 0.002, 24: 0.003, 32: 0.02, 48: 0.015, 64: 0.016}
    clock = start_clock(disturbed.__getitem__)

    costs = measure_costs(clock.forward)

    assert costs.seconds == (0.001, 0.009, 0.009, 0.009, 0.02, 0.02, 0.02)


@pytest.mark.parametrize(
    ("seconds", "best", "tried"),
    [
        pytest.param({8: 5.0, 4: 3.0, 2: 2.0, 1: 2.5}, 2, [8, 4, 2, 1], id="some"),
        pytest.param({8: 1.0, 4: 2.0, 2: 0.1, 1: 0.1}, 8, [8, 4], id="no fewer if half is much slower"),
        pytest.param({8: 1.0, 4: 1.2, 2: 0.5, 1: 1.0}, 2, [8, 4, 2, 1], id="a little slower is not yet the end"),
        pytest.param({8: 4.0, 4: 3.0, 2: 2.0, 1: 1.0}, 1, [8, 4, 2, 1], id="one"),
        pytest.param({8: 1.0, 4: 1.0, 2: 1.0, 1: 1.0}, 8, [8, 4, 2, 1], id="the most if all are equal"),
        pytest.param({3: 2.0, 1: 1.0}, 1, [3, 1], id="half is rounded down"),
        pytest.param({1: 1.0}, 1, [1], id="there is only one"),
    ],
)
@pytest.mark.usefixtures("threads")
def test_the_fastest_number_of_threads(start_clock, seconds: dict[int, float], best: int, tried: list[int]) -> None:
    used: list[int] = []

    def measure(rows: int) -> float:
        return seconds[torch.get_num_threads()] / 1000

    def forward(rows: int) -> float:
        used.append(torch.get_num_threads())
        return clock.forward(rows)

    clock = start_clock(measure)

    assert choose_num_threads(forward, max(seconds)) == best
    assert torch.get_num_threads() == best
    assert list(dict.fromkeys(used)) == tried
    assert clock.measured == [4, 32] * len(tried)


@pytest.mark.usefixtures("threads")
def test_threads_are_not_tried_for_longer_than_there_is_time(start_clock) -> None:
    clock = start_clock(lambda rows: 0.3 * BUDGET_S * torch.get_num_threads() / 8)

    assert choose_num_threads(clock.forward, 8) == 2  # after 0.6, 0.9 and 1.05 of it
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("threads")
def test_the_most_threads_are_used_if_one_measurement_takes_all_the_time(start_clock) -> None:
    assert choose_num_threads(start_clock(lambda rows: 60.0).forward, 8) == 8
    assert torch.get_num_threads() == 8


@pytest.fixture
def make_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """A machine whose processors have these siblings, and on which a process may use some of them."""

    def make(siblings: dict[int, str], usable: set[int]) -> None:
        for number, text in siblings.items():
            topology = tmp_path / f"cpu{number}" / "topology"
            topology.mkdir(parents=True)
            (topology / "thread_siblings_list").write_text(text + "\n")
        monkeypatch.setattr(warmup, "Path", {"/sys/devices/system/cpu": tmp_path}.__getitem__)
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: usable, raising=False)

    return make


PAIRS = {number: f"{number % 8},{number % 8 + 8}" for number in range(16)}  # 8 cores with two hyperthreads each
SINGLE = {number: str(number) for number in range(4)}


@pytest.mark.parametrize(
    ("siblings", "usable", "expected"),
    [
        pytest.param(SINGLE, {0, 1, 2, 3}, 3, id="one core is left to others"),
        pytest.param(SINGLE, {0, 1}, 1, id="of two"),
        pytest.param(SINGLE, {2}, 1, id="but there is always one thread"),
        pytest.param(PAIRS, set(range(16)), 7, id="hyperthreads share a core"),
        pytest.param(PAIRS, {0, 1, 2, 3, 8, 9}, 3, id="some may not be used"),
        pytest.param(PAIRS, {3, 11}, 1, id="both of one core"),
    ],
)
def test_most_threads(make_machine, siblings: dict[int, str], usable: set[int], expected: int) -> None:
    make_machine(siblings, usable)

    assert most_threads() == expected


@pytest.mark.parametrize(("processors", "expected"), [(1, 1), (2, 1), (6, 5)])
def test_without_a_list_of_siblings_each_processor_is_a_core(make_machine, processors: int, expected: int) -> None:
    make_machine({}, set(range(processors)))

    assert most_threads() == expected


@pytest.mark.parametrize(("count", "expected"), [(6, 5), (1, 1), (None, 1)])
def test_where_a_process_does_not_know_what_it_may_use(
    monkeypatch: pytest.MonkeyPatch, count: int | None, expected: int
) -> None:
    """On macOS."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: count)

    assert most_threads() == expected


def test_forwards_of_all_numbers_of_rows_can_be_timed(checkpoint: Checkpoint, runs: Runs) -> None:
    forward = timed_forwards(checkpoint.model, MASK)

    for rows in (*ROWS, *MANY_ROWS):
        runs.clear()
        assert forward(rows) > 0
        assert len(runs) >= 2  # the first one does not count
        assert {sum(part.span.num_rows for part in parts) for parts in runs} == {rows}
        assert {part.kind for parts in runs for part in parts} == {"denoise"}


@pytest.mark.parametrize("max_position", [4, 7, 10, 64])
def test_timed_forwards_stay_within_the_positions_of_the_model(runs: Runs, max_position: int) -> None:
    small = load_plain().model
    small.config = dataclasses.replace(small.config, max_position=max_position)

    assert timed_forwards(small, MASK)(max(MANY_ROWS)) > 0

    assert max(part.span.end for parts in runs for part in parts) <= max_position


def test_timed_forwards_leave_nothing_behind(checkpoint: Checkpoint) -> None:
    before = {name: tensor.clone() for name, tensor in checkpoint.model.state_dict().items()}
    settings = torch.get_num_threads(), torch.is_grad_enabled(), torch.is_inference_mode_enabled()
    random_state = torch.get_rng_state()
    caches = count_caches()

    forward = timed_forwards(checkpoint.model, MASK)
    forward(8)
    assert count_caches() == caches + 1
    del forward

    assert count_caches() == caches
    after = checkpoint.model.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
    assert (torch.get_num_threads(), torch.is_grad_enabled(), torch.is_inference_mode_enabled()) == settings
    assert torch.equal(torch.get_rng_state(), random_state)


def count_caches() -> int:
    gc.collect()
    return sum(type(item) is KVCache for item in gc.get_objects())


def test_with_cuda_graphs_forwards_are_timed_as_they_are_replayed(
    monkeypatch: pytest.MonkeyPatch, checkpoint: Checkpoint
) -> None:
    recorded: list[Run] = []

    def record(run: Run) -> Run:
        recorded.append(run)
        return run

    monkeypatch.setattr(warmup, "cuda_graph", record)

    timed_forwards(checkpoint.model, MASK)(8)
    assert not recorded
    timed_forwards(checkpoint.model, MASK, cuda_graphs=True)(8)
    assert len(recorded) == 1
