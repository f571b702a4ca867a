"""The figures of a run, and its folder."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from app.errors import ConfigError
from app.evaluation.report import make_report, pass_at_k, table
from app.evaluation.store import RUN, SAMPLES, Store

IDENTITY = {"benchmark": "humaneval", "fields": {"steps": 8}}


@pytest.mark.parametrize(("num_samples", "num_passed", "k"), [(5, 2, 1), (5, 2, 3), (5, 4, 2), (4, 0, 2), (4, 4, 1)])
def test_pass_at_k_is_the_share_of_all_choices_of_k(num_samples: int, num_passed: int, k: int) -> None:
    choices = list(itertools.combinations([True] * num_passed + [False] * (num_samples - num_passed), k))

    assert pass_at_k(num_samples, num_passed, k) == pytest.approx(sum(map(any, choices)) / len(choices))


def run_of(verdicts: dict[str, list[str]], **more: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
    keys = [(task_id, number) for task_id, each in verdicts.items() for number in range(len(each))]
    samples = {
        key: {"tokens": 10, "forwards": 4, "started": float(place), "ended": place + 1.5, **more}
        for place, key in enumerate(keys)
    }
    return samples, {(task_id, number): {"verdict": verdicts[task_id][number]} for task_id, number in keys}


def test_the_report_of_one_answer_to_each_problem() -> None:
    samples, verdicts = run_of(
        {"a": ["passed"], "b": ["KeyError"], "c": ["passed"], "d": ["timeout"], "e": ["KeyError"]}
    )
    report = make_report(samples, verdicts)

    assert (report["problems"], report["samples"]) == (5, 5)
    assert report["pass_at"].keys() == {"1"}
    assert report["pass_at"]["1"]["value"] == pytest.approx(0.4)
    assert report["pass_at"]["1"]["standard_error"] == pytest.approx((0.4 * 0.6 / 4) ** 0.5)  # of the sample
    assert report["failures"] == {"KeyError": 2, "timeout": 1}
    assert (report["tpf"], report["tokens_per_answer"]) == (2.5, 10)
    assert report["sampling_s"] == pytest.approx(5.5)  # five that overlap
    assert report["tokens_per_s"] == pytest.approx(50 / 5.5)


def test_several_answers_give_pass_at_k() -> None:
    samples, verdicts = run_of({"a": ["passed", "KeyError", "KeyError"], "b": ["KeyError"] * 3})

    assert {k: each["value"] for k, each in make_report(samples, verdicts)["pass_at"].items()} == {
        "1": pytest.approx(1 / 6),
        "3": pytest.approx(1 / 2),
    }


def test_a_pause_between_two_runs_takes_no_time() -> None:
    samples, verdicts = run_of({"a": ["passed"], "b": ["passed"]})
    samples["b", 0] |= {"started": 1000.0, "ended": 1001.0}

    assert make_report(samples, verdicts)["sampling_s"] == pytest.approx(2.5)


def test_another_server_counts_no_forwards() -> None:
    samples, verdicts = run_of({"a": ["passed"]}, tokens=None, forwards=None, finish_reason="length")
    report = make_report(samples, verdicts)
    text = table(report, "a title")

    assert (report["tpf"], report["tokens_per_s"], report["truncated"]) == (None, None, 1)
    assert re.search(r"^  tokens per forward +unknown$", text, re.MULTILINE)
    assert re.search(r"^  tokens per second +unknown$", text, re.MULTILINE)
    assert re.search(r"^  pass@1 +100\.0%$", text, re.MULTILINE), "one problem has no standard error"


def test_the_table_names_the_commonest_failures() -> None:
    samples, verdicts = run_of({f"p{n}": [f"Error{min(n, 11)}"] for n in range(14)})
    samples["unchecked", 0] = {"started": 0.0, "ended": 1.0}
    text = table(make_report(samples, verdicts), "a title")

    assert text.startswith("a title\n  problems, answers    14, 14\n  pass@1               0.0% ± 0.0\n")
    assert "  failed: Error11      3\n" in text
    assert text.endswith("  failed: other kinds  4")
    assert "  not checked          1\n" in text


def test_a_run_is_continued_only_if_it_asks_the_same(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "run")
    store.require_new()
    store.open({**IDENTITY, "model": "m"})
    store.open(IDENTITY)

    assert store.read_object(RUN)["model"] == "m"
    with pytest.raises(ConfigError, match="has a run already; continue it with --resume"):
        store.require_new()
    with pytest.raises(ConfigError, match=r"has a run with fields \{'steps': 8\}, not \{'steps': 9\}"):
        store.open({**IDENTITY, "fields": {"steps": 9}})


def test_what_a_crash_cut_off_is_asked_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.append(SAMPLES, {"task_id": "a", "sample": 0, "text": "\x85\u2028é"})
    store.append(SAMPLES, {"task_id": "b", "sample": 0})
    whole = (tmp_path / SAMPLES).read_bytes()
    (tmp_path / SAMPLES).write_bytes(whole[:-5])

    assert store.read(SAMPLES) == {("a", 0): {"task_id": "a", "sample": 0, "text": "\x85\u2028é"}}
    store.append(SAMPLES, {"task_id": "b", "sample": 0})
    assert (tmp_path / SAMPLES).read_bytes() == whole


def test_a_line_of_something_else_is_an_error(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.append(SAMPLES, {"task_id": "a", "sample": 0})
    with (tmp_path / SAMPLES).open("a") as file:
        file.write('{"task_id": "HumanEval/1", "completion": ""}\n')

    with pytest.raises(ConfigError, match=r"samples.jsonl:2: this is not a line of a run"):
        store.read(SAMPLES)
