"""For all tests: order, markers, groups for pytest-xdist, and an environment without the user's settings.

The suite needs no network, no GPU and nothing outside the repository. This module imports no torch: fixtures with
models are in tests/tiny.py, those with servers in tests/servers.py, and the directories that need them say so in their
conftest.py. docs/develop/tests.md describes the markers.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

os.environ["HF_HUB_OFFLINE"] = "1"  # read when huggingface_hub is imported
os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is imported; the workers of pytest-xdist share the cores

HERE = Path(__file__).parent
# Tests within this process come first, so that they fail in the first seconds; those that start programs come last.
# "." is tests/ itself.
ORDER = (".", "messages", "text", "engine", "models", "serving", "api", "bench", "training", "evaluation")
ORDER += ("lsp", "editors")
ORDER += ("e2e", "clients", "browser")
STARTS_PROGRAMS = {"evaluation", "lsp", "editors", "e2e", "clients", "browser"}
# Modules in these directories that start no program.
IN_PROCESS = {
    "evaluation/test_answers.py",
    "evaluation/test_report.py",
    "evaluation/test_sampling.py",
    "lsp/test_cleanup_rules.py",
    "lsp/test_lsp_holes.py",
    "lsp/test_pure.py",
}
TOOLS = {"bench", "training"}
TEMPLATE_TRIAL = "template_trial.py"  # every load of a model starts it, for a moment
# A test with one of the session's servers (tests/servers.py).
USES_SESSION_SERVERS = re.compile(r"^def test_\w+\([^)]*\b(server|guarded|embedded): Server\b", re.MULTILINE)
MAX_WORKERS = 8  # each imports torch and loads models

_item: pytest.Item | None = None  # what is running


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        _mark(item, with_gpu="gpu" in config.option.markexpr)
    items.sort(key=_rank)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: while some wait for programs, the others compute."""
    return min(1 + (os.cpu_count() or 1), MAX_WORKERS)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """One worker for each group. pytest-xdist's own groups (`--dist loadgroup`) have no effect from pytest 9.2 on."""
    return Groups(config, log)


class Groups(LoadScopeScheduling):
    """A module's tests go to one worker, so that its fixtures are made once, and likewise all that share servers."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0].removeprefix("tests/"))


@functools.cache
def group_of(module: str) -> str:
    """`module` is a path below tests/."""
    directory = module.partition("/")[0]
    if directory in ("browser", "editors"):
        return directory
    if directory in ("e2e", "clients") and USES_SESSION_SERVERS.search((HERE / module).read_text(encoding="utf-8")):
        return "servers"
    return module


def _mark(item: pytest.Item, with_gpu: bool) -> None:
    path = item.path.relative_to(HERE)
    directory = _directory(item)
    if directory in STARTS_PROGRAMS and str(path) not in IN_PROCESS:
        item.add_marker(pytest.mark.process)
    if directory in TOOLS:
        item.add_marker(pytest.mark.tool)
    if item.get_closest_marker("gpu") and not with_gpu:
        item.add_marker(pytest.mark.skip(reason="needs a CUDA device: pytest -m gpu"))


def _rank(item: pytest.Item) -> tuple[bool, int]:
    directory = _directory(item)  # directories that are not in ORDER come first
    return item.get_closest_marker("process") is not None, ORDER.index(directory) if directory in ORDER else -1


def _directory(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0] if item.path.parent != HERE else "."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Any:
    global _item
    _item = item
    try:
        return (yield)
    finally:
        _item = None


def _refuse_programs(event: str, arguments: tuple[Any, ...]) -> None:
    """Keep `-m "not process and not tool"` true: a test without either marker cannot start a program of its own."""
    if event != "subprocess.Popen" or _item is None or TEMPLATE_TRIAL in str(arguments[1]):
        return
    if not (_item.get_closest_marker("process") or _item.get_closest_marker("tool")):
        raise RuntimeError(f"{_item.nodeid} starts {arguments[0]!r}: mark it with pytest.mark.process")


sys.addaudithook(_refuse_programs)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ELBARTO_")]:
        monkeypatch.delenv(name)
