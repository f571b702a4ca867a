"""Fixtures that every test may use. The suite needs no network, no GPU and nothing outside the repository.

This module imports no torch: fixtures with models are in tests/tiny.py, those with servers in tests/servers.py, and the
directories that need them say so in their conftest.py.
"""

from __future__ import annotations

import os

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # read when huggingface_hub is imported
os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is imported; more threads than cores only get in their own way


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`gpu` tests are opt-in: they run with `pytest -m gpu`."""
    if "gpu" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("gpu"):
            item.add_marker(pytest.mark.skip(reason="needs a CUDA device: pytest -m gpu"))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ELBARTO_")]:
        monkeypatch.delenv(name)
