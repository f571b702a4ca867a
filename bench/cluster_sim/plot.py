"""Cached share, waits and balance of each policy, by load, as a PNG."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.cluster_sim.experiments import Case
from bench.cluster_sim.simulation import Outcome, percentile

PANELS: Mapping[str, Callable[[Outcome], float]] = {
    "cached share of prompt tokens (%)": lambda outcome: 100 * outcome.cached_share,
    "first block, p50 (ms)": lambda outcome: percentile(outcome.all_waits, 0.5),
    "first block, p99 (ms)": lambda outcome: percentile(outcome.all_waits, 0.99),
    "requests held, fullest replica / mean": lambda outcome: outcome.imbalance,
}


def save(results: Sequence[tuple[Case, Outcome]], path: Path) -> None:
    """Raises ModuleNotFoundError without matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # needs no display
    from matplotlib.figure import Figure

    picture = Figure(figsize=(10, 6), layout="constrained")
    FigureCanvasAgg(picture)
    policies = list(dict.fromkeys(case.label for case, _ in results))
    for axis, (title, figure) in zip(picture.subplots(2, 2).flat, PANELS.items(), strict=True):
        for policy, marker in zip(policies, "osd", strict=False):
            points = [(case.load, figure(outcome)) for case, outcome in results if case.label == policy]
            axis.plot(*zip(*points, strict=True), marker=marker, label=policy)
        if "(ms)" in title:
            axis.set_yscale("log")
        axis.set_title(title, loc="left", fontsize=10)
        axis.set_xlabel("load", fontsize=9)
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    picture.axes[0].legend(fontsize=9)
    picture.savefig(path, dpi=110)
