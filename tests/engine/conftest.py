from __future__ import annotations

import pytest
import torch

from app.engine.layout import Forward
from app.engine.runner import Runner
from tests import plugins, tiny
from tests.tiny import Runs


def pytest_configure(config: pytest.Config) -> None:
    plugins.use(config, tiny)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """The forwards that every engine's runner runs."""
    seen: Runs = []
    healthy = Runner.run

    def run(self: Runner, forwards: list[Forward]) -> torch.Tensor | None:
        seen.append(forwards)
        return healthy(self, forwards)

    monkeypatch.setattr(Runner, "run", run)
    return seen
