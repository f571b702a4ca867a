"""The real application, service and executor with a FakeEngine and a ByteTokenizer in place of a model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient

from app import create_app
from app.serving.backend import Backend, ModelInfo
from app.serving.service import Service
from app.settings import Settings
from app.text.tokenizer import Tokenizer
from tests.doubles.engine import FakeEngine
from tests.doubles.tokenizer import MASK, VOCAB_SIZE, ByteTokenizer
from tests.waiting import wait_until

BLOCK_LENGTH = 4

INFO = ModelInfo(
    id="fake-model",
    family="fake",
    device="cpu",
    dtype="float32",
    max_model_len=1024,
    block_length=BLOCK_LENGTH,
    mask_token_id=MASK,
    vocab_size=VOCAB_SIZE,
)


def fake_backend(
    engine: FakeEngine | None = None, tokenizer: ByteTokenizer | None = None, **info: int | str
) -> Backend:
    """`info` are fields of ModelInfo."""
    return Backend(engine or FakeEngine(), Tokenizer(tokenizer or ByteTokenizer()), replace(INFO, **info))


def make_client(
    engine: FakeEngine | None = None,
    tokenizer: ByteTokenizer | None = None,
    load: Callable[[], Backend] | None = None,
    info: dict[str, int | str] | None = None,
    **settings: Any,
) -> FlaskClient:
    """A test client of the whole application; `settings` are fields of Settings. Close it with `close_client`.

    The model is loaded when this returns, unless a test has its own way of loading.
    """
    backend = fake_backend(engine, tokenizer, **(info or {}))
    with root_logging_kept():
        app = create_app(Settings(**{"host": "127.0.0.1", **settings}), load=load or (lambda: backend))
    client = app.test_client()
    if load is None:
        service_of(client).executor.wait_until_ready()
    return client


def service_of(client: FlaskClient) -> Service:
    service: Service = client.application.extensions["elbarto"].service
    return service


def close_client(client: FlaskClient) -> None:
    """Stop the executor, and see that nothing was left behind in it."""
    executor = service_of(client).executor
    if executor.state == "ready":
        wait_until(lambda: executor.queue_lengths == (0, 0))
    executor.close()
    assert not executor._owners
    assert not executor._sequence_ids


@contextmanager
def root_logging_kept() -> Iterator[None]:
    """`create_app` configures the root logger, which would take pytest's own handlers off it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers = handlers
        root.setLevel(level)
