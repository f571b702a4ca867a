"""Results on disk: one JSON file for each part, and one Markdown table over all of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.measure import Figure

Machine = Mapping[str, Any]

SPEED_NOTE = (
    "speed: above 1 is faster than what stands under *against*. time: above 1 takes longer. Shares are in per cent, "
    "with one standard error on either side."
)


def save_json(
    path: Path, part: str, figures: Sequence[Figure], machine: Machine, notes: Sequence[str], seconds: float
) -> None:
    """Every single ratio is in it, not only the median."""
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
    """`results` by part. The machine stands above the table, the notes below it."""
    lines = ["# Benchmark", ""]
    if machine["quick"]:
        lines += ["**A quick run: it shows that the benchmark works. Quote nothing from it.**", ""]
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
    """Three digits that mean something."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
