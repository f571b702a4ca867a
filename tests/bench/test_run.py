"""The command, from its arguments to its files, on the fixture checkpoint; no times are checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from app.settings import EMBEDDED_MODEL
from bench import quality, registry
from bench.__main__ import main
from bench.context import Context, Options
from bench.measure import Figure, Spread
from bench.models import load_subject, random_subject, transformers_model
from bench.parts import contention
from tests.reference import CHECKPOINT

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _threads() -> Iterator[None]:
    """The benchmark sets PyTorch's threads for the whole process."""
    yield
    torch.set_num_threads(1)


def run(*args: str | Path) -> int:
    return main(["--quick", "--threads", "1", "--dtype", "float32", "--model", str(CHECKPOINT), *map(str, args)])


def test_parts_run_and_leave_json_plots_and_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("published", "prefix", "modes", "--out", tmp_path) == 0

    assert {path.name for path in tmp_path.iterdir()} == {"results.md"} | {
        f"{part}.{kind}" for part in ("published", "prefix", "modes") for kind in ("json", "png")
    }
    content = json.loads((tmp_path / "published.json").read_text())
    assert [figure["label"] for figure in content["figures"]] == [
        "checkpoint float32, 1 token a step",
        "checkpoint float32, threshold 0.9",
        "random tiny float32, 1 token a step",
    ]
    assert {figure["facts"]["reply"] for figure in content["figures"]} == {"same tokens"}
    assert content["machine"]["threads"] == 1
    assert {"CPU", "cores", "RAM GiB", "GPU", "OS", "Python", "torch", "dtype", "commit", "seed"} <= set(
        content["machine"]
    )
    table = (tmp_path / "results.md").read_text()
    assert table in capsys.readouterr().out
    assert "| prefix | checkpoint float32, prompt of 250, cached | not cached | speed × " in table


@pytest.mark.parametrize(
    "parts", [("recompute", "concurrency", "steps", "floor"), ("quantization",), ("http",), ("contention",)]
)
def test_the_other_parts_give_ratios(parts: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`http` and `contention` start other processes: a server, and a program that keeps a core busy."""
    # One thread per core with a busy core takes seconds, which is what the part shows.
    monkeypatch.setattr(contention, "thread_counts", lambda: {1: "default (1 thread)"})
    assert run(*parts, "--out", tmp_path) == 0

    for part in parts:
        figures = json.loads((tmp_path / f"{part}.json").read_text())["figures"]
        assert figures
        assert all(figure["median"] > 0 for figure in figures)


def test_a_part_whose_tokens_differ_fails_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def measure(context: Context) -> list[Figure]:
        context.expect_same(random_subject("tiny", 0, CPU, torch.float32), 0.75, "sums")
        return [Figure("sums", "counting", "speed", Spread((1.0,)))]

    monkeypatch.setattr(registry, "load", lambda name: measure)

    assert run("floor", "--out", tmp_path) == 1
    assert "- FAILED: sums: only 75.0% of the tokens are the same\n" in (tmp_path / "results.md").read_text()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_tokens_must_be_the_same_in_float32_only(dtype: torch.dtype) -> None:
    context = Context(Options(), CPU, dtype, threads=1)
    subject = random_subject("tiny", 0, CPU, dtype)

    context.expect_same(subject, 1.0, "sums")
    assert context.failures == []
    context.expect_same(subject, 0.9, "sums")
    assert bool(context.failures) == (dtype == torch.float32)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["flor"], "'flor' is not a part of the benchmark"),
        (["--shape", "9B"], "there is no shape '9B'"),
        (["--repeats", "4"], "the median of at least 5"),
        (["floor", "--device", "cuda:7"], "no CUDA device|cuda:7"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_line(
    args: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*args, "--out", tmp_path) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert re.search(message, lines[0])
    assert list(tmp_path.iterdir()) == []


def test_without_training_evaluation_there_is_no_quality(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(f"No module named {name!r}", name="training.evaluation")

    monkeypatch.setattr(quality.importlib, "import_module", missing)

    assert quality.load_quality(4) is None
    assert quality.load_bits(str(EMBEDDED_MODEL), 4) is None


def test_bits_per_byte_of_the_embedded_model() -> None:
    score = quality.load_bits(str(EMBEDDED_MODEL), 3)

    assert score is not None
    assert 0 < score(transformers_model(load_subject(str(EMBEDDED_MODEL), CPU, torch.float32))) < 2


def test_what_training_evaluation_lacks_itself_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")

    monkeypatch.setattr(quality.importlib, "import_module", missing)

    with pytest.raises(ModuleNotFoundError, match="numpy"):
        quality.load_quality(4)
