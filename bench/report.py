"""Results on disk: one JSON file per part, and one Markdown table per run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.measure import Figure

Machine = Mapping[str, Any]

SPEED_NOTE = (
    "speed: above 1 is faster than *against*. time: above 1 takes longer. Shares are in per cent, "
    "with one standard error on either side."
)


def save_json(
    path: Path, part: str, figures: Sequence[Figure], machine: Machine, notes: Sequence[str], seconds: float
) -> None:
    """Save a part's figures, with each ratio and not only the median."""
    content = {
        "part": part,
        "seconds": round(seconds, 1),
        "machine": dict(machine),
        "notes": list(notes),
        "figures": [
            {
                "label": figure.label,
                "against": figure.against,
                "kind": figure.kind,
                "median": figure.ratio.median,
                "min": figure.ratio.low,
                "max": figure.ratio.high,
                "ratios": list(figure.ratio.values),
                "facts": dict(figure.facts),
            }
            for figure in figures
        ],
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def markdown(results: Mapping[str, Sequence[Figure]], machine: Machine, notes: Sequence[str]) -> str:
    """A table of the results (by part), the machine above it and the notes below."""
    lines = ["# Benchmark", ""]
    if machine["quick"]:
        lines += ["**A quick run only shows that the benchmark works: do not quote its figures.**", ""]
    lines += [f"- {name}: {value}" for name, value in machine.items()]
    lines += [
        "",
        f"Median of {machine['repeats']} ratios, each of two measurements made in the same round. {SPEED_NOTE}",
    ]
    lines += ["", "| part | measured | against | ratio | min–max | in numbers |", "|---|---|---|---|---|---|"]
    lines += [_row(part, figure) for part, figures in results.items() for figure in figures]
    lines += ["", *(f"- {note}" for note in notes)] if notes else []
    return "\n".join(lines) + "\n"


def _row(part: str, figure: Figure) -> str:
    if figure.kind == "share":
        ratio = f"{figure.ratio.median:.1f}%"
    else:
        ratio = f"{figure.kind} × {number(figure.ratio.median)}"
    spread = f"{number(figure.ratio.low)}–{number(figure.ratio.high)}"
    facts = ", ".join(_fact(name, value) for name, value in figure.facts.items())
    return f"| {part} | {figure.label} | {figure.against} | {ratio} | {spread} | {facts} |"


def _fact(name: str, value: str | float) -> str:
    return f"{name}: {value}" if isinstance(value, str) else f"{name} {number(value)}"


def number(value: float) -> str:
    """Three significant digits."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
