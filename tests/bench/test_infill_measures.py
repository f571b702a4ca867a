"""The counts and scores of the part `infill`, and its methods on the embedded model."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from app.serving.infill.infill import Infill
from app.serving.infill.requests import Hole
from app.serving.service import Service
from app.settings import EMBEDDED_MODEL
from bench.__main__ import main
from bench.context import Context, Options
from bench.infill.baselines import CAL_CAP, baselines, climb, fit_bias, mean_log, published_bias
from bench.infill.consistency import Pair, draw_pairs, find_pairs, measure_consistency
from bench.infill.counting import CountedEngine
from bench.infill.held_out import calibration_holes, held_out_functions
from bench.infill.keystrokes import Editor, Key, typing_trace
from bench.infill.problems import Problem
from bench.infill.sandbox import Sandbox
from bench.infill.scores import Score, share, summary
from bench.infill.served import ORACLE, call, served_methods, serving
from bench.parts.infill import measure_one, quality_figures
from bench.plot import save
from bench.report import markdown
from tests.reference import CHECKPOINT

MEAN = Problem(
    "mean", "def mean(values):\n    total = ", "sum(values)", "\n    return total / len(values)\n", None, True
)


@pytest.fixture(scope="module")
def context() -> Context:
    return Context(Options(model=str(EMBEDDED_MODEL)), torch.device("cpu"), torch.float32, threads=1)


@pytest.fixture(scope="module")
def served(context: Context) -> Iterator[tuple[Service, CountedEngine]]:
    with serving(context) as service_and_engine:
        yield service_and_engine


@pytest.fixture(scope="module")
def service(served: tuple[Service, CountedEngine]) -> Service:
    return served[0]


@pytest.fixture(scope="module")
def engine(served: tuple[Service, CountedEngine]) -> CountedEngine:
    return served[1]


# Counting


def test_a_share_has_its_standard_error() -> None:
    percent, error = share([True, False, False, False])

    assert percent == 25
    assert error == pytest.approx(100 * math.sqrt(0.25 * 0.75 / 4))


def test_a_summary_counts_forwards_by_the_holes_own_tokens() -> None:
    scores = [Score(True, 100.0, True, 0, 4, 4, 10.0), Score(False, 50.0, None, 3, 6, 11, 30.0)]

    facts = summary(scores)

    assert facts["n"] == "2"
    assert facts["forwards a token"] == 1.5
    assert facts["passes %"] == "100.0 ± 0.0"  # of the runnable ones
    assert facts["edit similarity"] == "75.0 ± 25.0"
    assert facts["length error, tokens"] == "1.5 ± 1.5"
    assert facts["ms a hole"] == 20.0


def test_figures_stand_against_the_oracle_and_make_a_table_and_a_plot(tmp_path: Path) -> None:
    exact, wrong = (Score(is_exact, 50.0, None, 0, 4, 4, 1.0) for is_exact in (True, False))
    figures = quality_figures("lines", {"guess": [exact, wrong, wrong, wrong], ORACLE: [exact, exact, wrong, wrong]})

    assert [figure.ratio.median for figure in figures] == [25.0, 50.0]
    assert figures[0].facts["of the true length's exact"] == 0.5
    table = markdown({"infill": figures}, {"quick": False, "repeats": 5}, [])
    assert "| infill | lines: guess | the text cut out | 25.0% | 3.35–46.7 | n: 4," in table
    save("infill", figures, tmp_path / "infill.png")
    assert (tmp_path / "infill.png").read_bytes().startswith(b"\x89PNG")


# Two holes

PAIR = Pair("argument", "values", "def first(", "):\n    return ", "[0]\n")


@pytest.mark.parametrize(
    ("first", "second", "agrees"),
    [
        ("items", "items", True),
        (" items):\n", "items[1] + items", True),
        ("items", "values", False),
        ("items", "item", False),
        ("first", "first", False),  # occurs in the remaining text
        ("len", "len", False),
        ("", "", False),
        ("(items", "(items", False),
    ],
)
def test_two_holes_agree_where_both_begin_with_one_new_name(first: str, second: str, agrees: bool) -> None:
    assert PAIR.agrees(first, second) == agrees


def test_pairs_are_cut_where_a_variable_stands_twice_and_nothing_else_says_its_name() -> None:
    code = 'def scale(xs, by):\n    """Scale the numbers."""\n    out = [x * by for x in xs]\n    return out\n'
    rng = random.Random(0)
    found = {(pair.kind, pair.name) for _ in range(40) for pair in find_pairs(code, rng)}

    assert found == {("argument", "xs"), ("argument", "by"), ("local variable", "x"), ("local variable", "out")}
    for pair in find_pairs(code, rng):
        assert pair.name.join((pair.before, pair.between, pair.after)) == code
    assert not find_pairs('def f(xs):\n    """Sum xs."""\n    return sum(xs)\n', rng)
    assert not find_pairs("def f(xs):\n    return g(xs=xs)\n", rng)
    assert not find_pairs("def f(xs):\n    return [xs, xs]\n", rng)


def test_pairs_come_from_held_out_functions() -> None:
    pairs = draw_pairs(held_out_functions(0), 3)

    assert [pair.kind for pair in pairs] == ["argument"] * 3 + ["local variable"] * 3
    assert all(pair.name not in (pair.before + pair.between).split() for pair in pairs)


def test_pairs_are_filled_together_and_alone(context: Context, service: Service) -> None:
    quick = replace(context, options=replace(context.options, quick=True))

    figures = {figure.label.removesuffix(": filled together"): figure for figure in measure_consistency(quick, service)}

    for length in ("any length", "told the name's length"):
        kinds = {"all": "4", "argument": "2", "local variable": "2"}
        assert {kind: figures[f"two holes agree, {kind}, {length}"].facts["n"] for kind in kinds} == kinds
    assert len(figures) == 6
    assert all("±" in str(figure.facts["each alone"]) for figure in figures.values())


# Typing


def test_a_trace_types_the_code_behind_its_first_line() -> None:
    code = "def f(x):\n    y = x\n    return y\n"
    keys = typing_trace("# before\n", code, "# after\n", random.Random(0))

    assert keys[0].prefix == "# before\ndef f(x):\n    "  # the editor indents
    assert keys[-1].prefix == "# before\n" + code
    assert {key.suffix for key in keys} == {"\n# after\n"}
    assert all(len(early.prefix) < len(late.prefix) for early, late in itertools.pairwise(keys))
    assert keys == typing_trace("# before\n", code, "# after\n", random.Random(0))


@pytest.mark.parametrize(("gap_ms", "steps"), [(90.0, None), (150.0, None), (151.0, 1), (200.0, 5)])
def test_an_editor_asks_after_a_pause_and_takes_back_at_the_next_key(gap_ms: float, steps: int | None) -> None:
    assert Key("", "", gap_ms).steps == steps


@pytest.mark.parametrize("mode", ["canvas", "fim"])
def test_a_closed_connection_ends_the_work_at_once(service: Service, engine: CountedEngine, mode: str) -> None:
    editor = Editor(service, engine, mode)  # type: ignore[arg-type]
    before, num_left = len(engine.counters), len(engine.leaves)

    assert editor.ask("def mean(values):\n    ", "\n\n\ndef median(values):\n", 1000)
    assert len(engine.leaves) == num_left
    (whole,) = [counters.steps for counters in engine.counters[before:]]
    assert not editor.ask("def mode(values):\n    ", "\n\n\ndef median(values):\n", 1)

    # Including the step during which it was closed, and one more if the reset came after the next look.
    assert engine.leaves[num_left:] in ([1], [2])
    assert engine.counters[-1].steps < whole


def test_what_is_taken_back_in_a_step_leaves_with_it(service: Service, engine: CountedEngine) -> None:
    submitted: Future[Infill] = Future()
    num_left = len(engine.leaves)

    engine.interrupt(2, lambda: submitted.result(60).abort())
    infill = service.infill(call(MEAN, Hole(length=8), "canvas", "exact"))
    submitted.set_result(infill)
    for _ in infill:
        pass

    assert not infill.is_complete
    assert engine.leaves[num_left:] == [1]


# Methods


def test_the_embedded_model_is_asked_in_every_way_it_has(service: Service) -> None:
    methods = served_methods(service, 0)

    assert list(methods) == ["both", "canvas, delete", "canvas, several", ORACLE, "fim", "chat"]
    with Sandbox() as sandbox:
        scores = {name: measure_one(service, sandbox, MEAN, method) for name, method in methods.items()}
    assert scores[ORACLE].length_error == 0
    assert scores[ORACLE].forwards == scores[ORACLE].num_tokens
    assert scores["canvas, delete"].forwards < scores["canvas, several"].forwards  # four canvases, and probes
    assert all(score.passes is None for score in scores.values())  # nothing to run


def test_every_baseline_fills_the_hole(service: Service) -> None:
    methods = baselines(service, calibration_holes(1))

    assert len(methods) == 8
    for name, method in methods.items():
        filling = method(MEAN, 0)  # only the oracle uses the true length
        assert "\n" not in filling.text, name
        assert filling.forwards > 0, name


def test_a_fitted_bias_covers_all_lengths(service: Service) -> None:
    bias = fit_bias(service, calibration_holes(1))

    assert set(bias) == set(range(1, CAL_CAP + 1))
    assert all(0 < value <= 1 for value in bias.values())


@pytest.mark.parametrize(("peak", "found"), [(8, 8), (3, 3), (20, 20), (1, 1), (64, 64), (70, 64)])
def test_the_climb_finds_a_single_peak(peak: int, found: int) -> None:
    assert climb(lambda length: -abs(length - peak)) == found


def test_the_climb_gives_up_behind_four_that_are_no_better() -> None:
    heights = {8: 1.0, 14: 2.0}

    assert climb(lambda length: heights.get(length, 0.0)) == 8


def test_the_published_bias_falls_with_the_length() -> None:
    values = [published_bias(length) for length in range(1, 65)]

    assert values == sorted(values, reverse=True)
    assert values[-1] == pytest.approx(0.252, abs=0.001)


def test_nothing_is_never_the_best_of_several() -> None:
    assert mean_log([]) < mean_log([1e-9])
    assert mean_log([0.5, 0.5]) == pytest.approx(math.log(0.5))


# The command


def test_the_part_runs_on_a_model_without_canvases_and_on_files(tmp_path: Path) -> None:
    hole = {"prompt": "x = ", "suffix": "\n", "canonical_solution": "1", "language": "py"}
    (tmp_path / "mine.jsonl").write_text(json.dumps(hole) + "\n")
    options = ["--quick", "--threads", "1", "--dtype", "float32", "--model", str(CHECKPOINT), "--limit", "1"]

    code = main(["infill", *options, "--problems", str(tmp_path / "mine.jsonl"), "--out", str(tmp_path / "o")])

    content = json.loads((tmp_path / "o" / "infill.json").read_text())
    labels = [figure["label"] for figure in content["figures"]]
    assert code == 0
    assert "mine, python: fim" in labels
    assert "held-out, span: chat" in labels
    assert "typing in a long file: fim" in labels
    assert not any("canvas" in label for label in labels)
    assert any("agreement of two holes was not measured" in note for note in content["notes"])
    assert (tmp_path / "o" / "infill.png").exists()


def test_a_bad_file_stops_the_run_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--quick", "--model", str(CHECKPOINT), "--problems", str(tmp_path / "nowhere"), "--out", str(tmp_path)]

    assert main(["infill", *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "nowhere: No such file" in line
