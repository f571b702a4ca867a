"""A bar chart of each section that compares values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from training.evaluation.report import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Section -> title, and the compared values with their labels.
PANELS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "bits": (
        "bits per byte (lower is better)",
        {"block_4": "blocks of 4", "block_16": "16", "block_32": "32", "trigram": "trigram"},
    ),
    "answers": (
        "chat answers, %",
        {"passes": "passes", "parses": "parses", "ended": "ends", "trigram": "trigram passes"},
    ),
    "copying": ("copied, %", {"name": "function name", "arguments": "arguments", "constant": "constant"}),
    "infill": ("holes, %", {"exact": "exact", "passes": "passes"}),
    "inside": ("holes inside a line, %", {"exact": "exact", "passes": "passes"}),
}


def save(results: Sequence[Result], path: Path) -> None:
    """Save a PNG of all sections with results, if there are any."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # needs no display
    from matplotlib.figure import Figure

    panels = {key: rows for key in PANELS if (rows := [row for row in results if _is_of(row, key)])}
    if not panels:
        return
    heights = [0.8 + 0.16 * len(rows) * len(PANELS[key][1]) for key, rows in panels.items()]
    figure = Figure(figsize=(9, sum(heights) + 0.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    for axis, (key, rows) in zip(axes, panels.items(), strict=True):
        _draw(axis, *PANELS[key], rows)
    figure.savefig(path, dpi=120)


def _is_of(row: Result, section: str) -> bool:
    return not row.error and row.key.partition("/")[0] == section


def _draw(axis: Axes, title: str, names: Mapping[str, str], rows: Sequence[Result]) -> None:
    height = 0.8 / len(names)
    for place, (value, name) in enumerate(names.items()):
        shown = [(number, float(row.values[value])) for number, row in enumerate(rows) if value in row.values]
        heights = [number + (place - (len(names) - 1) / 2) * height for number, _ in shown]
        bars = axis.barh(heights, [width for _, width in shown], height, label=name)
        axis.bar_label(bars, fmt="%.3g", padding=2, fontsize=7)
    axis.set_yticks(range(len(rows)), [row.label for row in rows], fontsize=8)
    axis.invert_yaxis()
    axis.margins(x=0.1)
    axis.set_title(title, loc="left", fontsize=10)
    axis.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))
    axis.spines[["top", "right"]].set_visible(False)
