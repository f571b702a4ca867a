from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import plot, report
from bench.measure import Figure, Spread

MACHINE = {"CPU": "abacus", "commit": "1234567", "repeats": 5, "quick": False}
FIGURES = [
    Figure("beads", "pebbles", "speed", Spread((2.0, 1.5, 2.5)), {"tokens/s": 123.4, "reply": "same tokens"}),
    Figure("first bead", "pebbles", "time", Spread((0.5, 0.25, 0.75)), {"ms": 1.234}),
]


def test_the_table_has_a_row_for_every_figure() -> None:
    text = report.markdown({"counting": FIGURES}, MACHINE, ["it rained"])

    assert "| counting | beads | pebbles | speed × 2.00 | 1.50–2.50 | tokens/s 123, reply: same tokens |\n" in text
    assert "| counting | first bead | pebbles | time × 0.50 | 0.25–0.75 | ms 1.23 |\n" in text
    assert "- CPU: abacus\n" in text
    assert text.endswith("\n- it rained\n")
    assert "do not quote" not in text


def test_a_quick_run_says_that_it_proves_nothing() -> None:
    assert "do not quote" in report.markdown({}, {**MACHINE, "quick": True}, [])


@pytest.mark.parametrize(("value", "text"), [(1234.5, "1234"), (99.94, "99.9"), (9.994, "9.99"), (0.0123, "0.01")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert report.number(value) == text


def test_json_keeps_every_ratio_and_the_machine(tmp_path: Path) -> None:
    report.save_json(tmp_path / "counting.json", "counting", FIGURES, MACHINE, ["it rained"], 1.26)
    content = json.loads((tmp_path / "counting.json").read_text())

    assert content["machine"] == MACHINE
    assert content["notes"] == ["it rained"]
    assert content["seconds"] == 1.3
    assert content["figures"][0]["ratios"] == [2.0, 1.5, 2.5]
    assert [content["figures"][0][name] for name in ("min", "median", "max")] == [1.5, 2.0, 2.5]


def test_a_plot_is_a_png(tmp_path: Path) -> None:
    plot.save("counting", FIGURES, tmp_path / "counting.png")

    assert (tmp_path / "counting.png").read_bytes().startswith(b"\x89PNG")


def test_without_figures_there_is_no_plot(tmp_path: Path) -> None:
    plot.save("counting", [], tmp_path / "counting.png")

    assert list(tmp_path.iterdir()) == []
