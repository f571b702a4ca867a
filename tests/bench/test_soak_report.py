"""What a soak calls a fault, and a short soak of a real server."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.soak import __main__ as soak
from bench.soak.report import MIN_REQUESTS, Measured, Sample, as_text, faults, percentile, slope_mb
from bench.soak.target import Target, Usage

WARM = Usage(rss_mb=500, descriptors=12, threads=20, children=0)


def measured(**changes: object) -> Measured:
    good = {
        "results": Counter({("chat", "200"): 90, ("chat", "429"): 2, ("stream, left", "left"): 8}),
        "attacks": Counter({("slow heads", "408"): 3}),
        "samples": [Sample(0, WARM), Sample(100, WARM)],
        "warm": WARM,
        "last": WARM,
        "is_queue_empty": True,
        "max_threads": 150,
    }
    return Measured(**{**good, **changes})


def test_a_good_run_has_none() -> None:
    assert faults(measured()) == []
    assert as_text(measured()).endswith("100 requests, 0 faults")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"problems": ["chat: ReadTimeout: "]}, "chat: ReadTimeout"),
        ({"results": Counter({("chat", "500"): 2})}, "chat: 2 x 500"),
        ({"attacks": Counter({("slow heads", "hangs"): 1})}, "slow heads: 1 x hangs"),
        ({"is_queue_empty": False}, "still running or waiting"),
        ({"last": None}, "the worker has ended"),
        ({"last": Usage(500, 40, 20, 0)}, "descriptors: 12 when warm, 40 at the end"),
        ({"last": Usage(500, 12, 151, 0)}, "threads: 151"),
        ({"last": Usage(500, 12, 20, 3)}, "programs: 0 when warm, 3 at the end"),
        ({"last": Usage(560, 12, 20, 0)}, "memory: + 60 MB since the warm-up"),
    ],
)
def test_everything_else_has_one(changes: dict[str, object], found: str) -> None:
    (fault,) = faults(measured(**changes))

    assert found in fault


@pytest.mark.parametrize(("mb_per_thousand", "is_fault"), [(0.5, False), (1.5, True)])
def test_a_long_run_is_judged_by_its_slope(mb_per_thousand: float, is_fault: bool) -> None:
    usages = [Usage(500 + mb_per_thousand * number, 12, 20, 0) for number in range(MIN_REQUESTS // 1000 + 1)]
    samples = [Sample(1000 * number, usage) for number, usage in enumerate(usages)]

    assert slope_mb(samples) == pytest.approx(mb_per_thousand)
    assert bool(faults(measured(samples=samples, last=usages[-1]))) == is_fault


def test_percentiles() -> None:
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([7], 0.5) == 7


def test_a_worker_that_has_ended_is_a_fault_and_no_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing listens at port 1, and no process has this number."""
    monkeypatch.setattr(soak.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(soak, "SETTLE_S", 0.01)
    run = soak.Run(Target(1, tmp_path / "log", 2**30), 1.0)

    run.watch(warm_s=0.5)
    run.settle()

    assert run.measured.problems == ["the worker has ended"]
    assert faults(run.measured)[-1] == "the worker has ended"
