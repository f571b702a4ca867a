from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest

from app.serving.backend import Backend
from app.serving.executor import Executor
from app.serving.requests import Defaults
from app.serving.service import Service
from tests.doubles.app import fake_backend
from tests.doubles.engine import FakeEngine
from tests.doubles.tokenizer import ByteTokenizer


@pytest.fixture
def make_executor() -> Iterator[Callable[..., Executor]]:
    """`make_executor(engine)` is ready; with `load` it is loading. At the test's end nothing may be left in any."""
    executors: list[Executor] = []
    engines: list[FakeEngine] = []

    def make(
        engine: FakeEngine | None = None,
        load: Callable[[], Backend] | None = None,
        on_failure: Callable[[BaseException], None] = lambda error: None,
        max_queue: int = 8,
        backend: Backend | None = None,
    ) -> Executor:
        engine = engine or FakeEngine()
        loaded = backend or fake_backend(engine)
        executor = Executor(load or (lambda: loaded), on_failure, max_queue)
        executors.append(executor)
        engines.append(engine)
        executor.start()
        if load is None:
            executor.wait_until_ready()
        return executor

    yield make
    for engine in engines:
        engine.allow()
    for executor in executors:
        executor.close()
        assert executor.queue_lengths == (0, 0)
        assert not executor._owners
        assert not executor._sequence_ids
    assert not any(engine.has_work for engine in engines)


@pytest.fixture
def make_service(make_executor: Callable[..., Executor]) -> Callable[..., Service]:
    """`make_service(engine, tokenizer, defaults=..., strict_model=..., max_queue=..., **ModelInfo fields)`.

    `defaults` are all chosen by the operator; or some are `chosen`, and some said by the `checkpoint`.
    """

    def make(
        engine: FakeEngine | None = None,
        tokenizer: ByteTokenizer | None = None,
        defaults: Defaults | None = None,
        strict_model: bool = False,
        max_queue: int = 8,
        chosen: dict[str, Any] | None = None,
        checkpoint: dict[str, Any] | None = None,
        **info: Any,
    ) -> Service:
        engine = engine or FakeEngine()
        backend = replace(fake_backend(engine, tokenizer, **info), request_defaults=checkpoint or {})
        executor = make_executor(engine, backend=backend, max_queue=max_queue)
        return Service(executor, asdict(defaults) if defaults else chosen or {}, strict_model)

    return make
