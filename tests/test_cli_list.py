"""`elbarto list`, over a cache of the Hugging Face hub on this machine."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import huggingface_hub
import pytest

from app.cli import main
from app.paths import EMBEDDED_MODEL
from tests.reference import CHECKPOINT

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one."""
    cache = tmp_path / "hub"
    cache.mkdir()
    scan = huggingface_hub.scan_cache_dir
    monkeypatch.setattr(huggingface_hub, "scan_cache_dir", lambda: scan(cache))
    return cache


def add(cache: Path, name: str, checkpoint: Path, *without: str) -> None:
    folder = cache / f"models--{name.replace('/', '--')}"
    snapshot = folder / "snapshots" / COMMIT
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(COMMIT)
    shutil.copytree(checkpoint, snapshot, ignore=shutil.ignore_patterns(*without))


def test_models_with_family_and_problem(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(cache, "owner/whole", CHECKPOINT)
    add(cache, "owner/begun", CHECKPOINT, "*.safetensors")
    add(cache, "other/no-model", CHECKPOINT, "config.json")
    assert main(["list"]) == 0
    rows = [line.split(maxsplit=4) for line in capsys.readouterr().out.splitlines()[2:5]]
    assert [(row[0], row[3]) for row in rows[1:]] == [
        ("owner/begun", "stable-diffcoder"),
        ("owner/whole", "stable-diffcoder"),
    ]
    assert rows[0][0] == "other/no-model"
    assert "has no config.json" in " ".join(rows[0])
    assert rows[1][4] == "model.safetensors is missing."
    assert len(rows[2]) == 4


def test_without_a_cache_there_is_the_embedded_model(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache.rmdir()
    assert main(["list", "--json"]) == 0
    (model,) = json.loads(capsys.readouterr().out)
    size = sum(path.stat().st_size for path in EMBEDDED_MODEL.iterdir())
    assert model == {"name": "the embedded model", "num_bytes": size, "family": "qwen3", "problem": None}
