"""The server that `bench.cluster_sim.front` measures: the real front over a fake engine that costs little."""

from __future__ import annotations

import os
import time

from flask import Flask

from app import create_app
from app.messages.events import Event
from app.settings import load_settings
from tests.doubles.app import fake_backend, fake_frontend
from tests.doubles.engine import FakeEngine, says

STEP_VARIABLE = "BENCH_STEP_MS"
CPU_ROUTE = "/bench/cpu"
MAX_TOKENS = 900


class SteadyEngine(FakeEngine):
    """All sequences get a block in every step, which takes `step_s`."""

    step_s = 0.0

    def step(self) -> list[Event]:
        time.sleep(self.step_s)
        self.steps += 1
        return [event for id, sequence in list(self._sequences.items()) for event in self._commit(id, sequence)]


def make_app(step_ms: float) -> Flask:
    engine = SteadyEngine(says("text " * (MAX_TOKENS // 5)))
    engine.step_s = step_ms / 1000
    app = create_app(load_settings().settings, load=lambda: (fake_backend(engine), fake_frontend()))
    app.add_url_rule(CPU_ROUTE, view_func=lambda: {"seconds": time.process_time()})
    return app


if STEP_VARIABLE in os.environ:
    app = make_app(float(os.environ[STEP_VARIABLE]))
