from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bench.parts
from app.errors import ConfigError
from app.settings import ROOT
from bench import registry


def test_every_part_has_a_module_and_every_module_is_a_part() -> None:
    modules = {path.stem for path in Path(bench.parts.__file__ or "").parent.glob("*.py")} - {"__init__"}

    assert modules == set(registry.PARTS)
    assert all(callable(registry.load(name)) for name in registry.PARTS)


def test_parts_run_in_the_order_of_the_table() -> None:
    assert registry.choose(["floor", "published"]) == ["published", "floor"]
    assert registry.choose([]) == list(registry.PARTS)


def test_an_unknown_part_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'flor' is not a part of the benchmark.*floor"):
        registry.choose(["floor", "flor"])


def test_listing_the_parts_needs_no_torch() -> None:
    code = "import sys; from bench.__main__ import main; main(['--list']); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(registry.PARTS)
