"""A part's ratios, or shares, as bars with whiskers from the smallest to the largest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Figure, Kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLES: dict[Kind, str] = {
    "speed": "speed (above 1: faster)",
    "time": "time (above 1: longer)",
    "share": "share (per cent, whiskers: one standard error)",
}


def save(part: str, figures: Sequence[Figure], path: Path) -> None:
    """Save a PNG, unless there are no figures. Raises ModuleNotFoundError without matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # needs no display
    from matplotlib.figure import Figure as Picture

    kinds: list[Kind] = [kind for kind in TITLES if any(figure.kind == kind for figure in figures)]
    if not kinds:
        return
    rows = {kind: [figure for figure in figures if figure.kind == kind] for kind in kinds}
    heights = [0.7 + 0.3 * len(rows[kind]) for kind in kinds]
    picture = Picture(figsize=(10, sum(heights) + 0.6), layout="constrained")
    FigureCanvasAgg(picture)
    axes = picture.subplots(len(kinds), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    for axis, kind in zip(axes, kinds, strict=True):
        _draw(axis, f"{part}: {TITLES[kind]}", rows[kind])
    picture.savefig(path, dpi=120)


def _draw(axis: Axes, title: str, figures: Sequence[Figure]) -> None:
    medians = [figure.ratio.median for figure in figures]
    low = [figure.ratio.median - figure.ratio.low for figure in figures]
    high = [figure.ratio.high - figure.ratio.median for figure in figures]
    bars = axis.barh(range(len(figures)), medians, 0.7, xerr=[low, high], capsize=2)
    axis.bar_label(bars, fmt="%.3g", padding=4, fontsize=7)
    if figures[0].kind != "share":
        axis.axvline(1.0, color="black", linewidth=0.8)
    names = [f"{figure.label} / {figure.against}" for figure in figures]
    axis.set_yticks(range(len(figures)), names, fontsize=7)
    axis.invert_yaxis()
    axis.margins(x=0.1, y=0.02)
    axis.set_title(title, loc="left", fontsize=10)
    axis.spines[["top", "right"]].set_visible(False)
