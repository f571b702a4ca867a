from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

import pytest

from app.messages.defaults import Defaults
from app.messages.options import Overrides
from app.serving.backend import Backend, Frontend
from app.serving.executor import LocalEngine
from app.serving.service import Service
from tests.doubles.app import fake_backend, fake_frontend
from tests.doubles.engine import FakeEngine
from tests.doubles.tokenizer import ByteTokenizer


@pytest.fixture
def make_local_engine() -> Iterator[Callable[..., LocalEngine]]:
    """`make_local_engine(engine)` is ready; with `load` it is loading. At the end of the test, all must be empty."""
    clients: list[LocalEngine] = []
    engines: list[FakeEngine] = []

    def make(
        engine: FakeEngine | None = None,
        load: Callable[[], Backend] | None = None,
        on_failure: Callable[[BaseException], None] = lambda error: None,
        max_queue: int = 8,
        backend: Backend | None = None,
    ) -> LocalEngine:
        engine = engine or FakeEngine()
        loaded = backend or fake_backend(engine)
        client = LocalEngine(load or (lambda: loaded), on_failure, max_queue)
        clients.append(client)
        engines.append(engine)
        client.start()
        if load is None:
            client.wait_until_ready()
        return client

    yield make
    for engine in engines:
        engine.allow()
    for client in clients:
        client.close()
        assert client.queue_lengths == (0, 0)
        assert len(client._ownership) == 0
    assert not any(engine.has_work for engine in engines)


@pytest.fixture
def make_service(make_local_engine: Callable[..., LocalEngine]) -> Callable[..., Service]:
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
        client = make_local_engine(engine, backend=fake_backend(engine, **info), max_queue=max_queue)
        frontend: Future[Frontend] = Future()
        frontend.set_result(fake_frontend(tokenizer, Overrides(checkpoint or {})))
        given = Overrides.pick(Defaults, asdict(defaults)) if defaults else Overrides(chosen or {})
        return Service(client, frontend, given, strict_model)

    return make
