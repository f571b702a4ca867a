"""Fixtures that every test may use. The suite needs no network, no GPU and nothing outside the repository."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # read when huggingface_hub is imported
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a bare `pytest` does not look there

import torch

from app.engine.engine import Engine
from app.messages.params import EngineConfig
from app.models.checkpoint import Checkpoint
from tests.tiny import Case, load, read_cases

torch.set_num_threads(1)


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


@pytest.fixture(scope="session")
def checkpoint() -> Checkpoint:
    """The fixture checkpoint in float32 on the CPU. Shared: leave its weights alone."""
    return load()


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    return read_cases()


@pytest.fixture
def make_engine(checkpoint: Checkpoint) -> Iterator[Callable[..., Engine]]:
    """`make_engine(**EngineConfig fields)`; at the test's end no engine may hold a slot of its KV cache."""
    engines: list[Engine] = []

    def make(loaded: Checkpoint = checkpoint, **config: int) -> Engine:
        engine = Engine(loaded.model, loaded.diffusion, EngineConfig(**{"max_model_len": 512, **config}))
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        assert engine.kv_cache.slots_held == 0
        assert not engine.has_work


@pytest.fixture
def engine(make_engine: Callable[..., Engine]) -> Engine:
    return make_engine()
