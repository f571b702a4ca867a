"""The server that `bench/editor.py` measures: it logs each step with the requests in it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from flask import Flask, g, has_request_context

from app import create_app, model_source
from app.api.context import EXTENSION
from app.messages.events import Event, Failed, Finished, SequenceSnapshot
from app.messages.params import GenerationParams
from app.messages.stats import EngineStats
from app.serving.backend import Backend, EngineLike, Frontend, load_backend
from app.serving.engine_client import SequenceRequest
from app.serving.executor import LocalEngine
from app.serving.generation import Generation
from app.settings import Settings, load_settings

LOG_VARIABLE = "BENCH_STEPS"  # names the log file


class Requests:
    """Maps sequences to their requests: written by the requests' threads, read by the engine's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: dict[int, tuple[str, Sequence[int]]] = {}

    def ask(self, request_id: str, jobs: Sequence[SequenceRequest]) -> None:
        with self._lock:
            # Keep the prompt, so that no other object can get its id.
            self._pending |= {id(job.prompt_ids): (request_id, job.prompt_ids) for job in jobs}

    def take(self, prompt_ids: Sequence[int]) -> str:
        with self._lock:
            return self._pending.pop(id(prompt_ids), ("", prompt_ids))[0]


class CountingEngine:
    """An engine that logs a line per step: its start, its end, and the requests in it."""

    def __init__(self, engine: EngineLike, requests: Requests, log: TextIO) -> None:
        self._engine, self._requests, self._log = engine, requests, log
        self._live: dict[int, str] = {}

    @property
    def has_work(self) -> bool:
        return self._engine.has_work

    def add(self, prompt_ids: Sequence[int], params: GenerationParams, waited_ms: float = 0.0, client: str = "") -> int:
        sequence_id = self._engine.add(prompt_ids, params, waited_ms, client)
        self._live[sequence_id] = self._requests.take(prompt_ids)
        return sequence_id

    def step(self) -> list[Event]:
        started, names = time.time(), sorted(set(self._live.values()))
        events = self._engine.step()
        self._log.write(json.dumps([started, time.time(), names]) + "\n")
        for event in events:
            if isinstance(event, Finished | Failed):
                self._live.pop(event.sequence_id, None)
        return events

    def abort(self, sequence_id: int) -> Finished | None:
        self._live.pop(sequence_id, None)
        return self._engine.abort(sequence_id)

    def watch(self, sequence_id: int, is_watched: bool) -> SequenceSnapshot | None:
        return self._engine.watch(sequence_id, is_watched)

    def stats(self) -> EngineStats:
        return self._engine.stats()


def counted(settings: Settings, log: Path) -> Flask:
    requests = Requests()

    def load() -> tuple[Backend, Frontend]:
        backend, frontend = load_backend(model_source(settings))
        engine = CountingEngine(backend.engine, requests, log.open("w", buffering=1))
        return replace(backend, engine=engine), frontend

    app = create_app(settings, load)
    _record(app.extensions[EXTENSION].service.engine, requests)
    return app


def _record(engine: LocalEngine, requests: Requests) -> None:
    submit = engine.submit_requests

    def submit_requests(jobs: Sequence[SequenceRequest], *args: Any, **more: Any) -> Generation:
        requests.ask(g.request_id if has_request_context() else "", jobs)
        return submit(jobs, *args, **more)

    engine.submit_requests = submit_requests  # type: ignore[method-assign, assignment]


if LOG_VARIABLE in os.environ:
    app = counted(load_settings().settings, Path(os.environ[LOG_VARIABLE]))
