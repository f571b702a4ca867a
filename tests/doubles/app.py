"""The real application, service and local engine with a FakeEngine and a ByteTokenizer in place of a model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient

from app import create_app
from app.messages.decoding import DECODING_OPTIONS, Decoding
from app.messages.defaults import DEFAULT_OPTIONS, Defaults
from app.messages.options import Overrides
from app.serving.backend import Backend, Frontend, ModelInfo
from app.serving.executor import LocalEngine
from app.serving.service import Service
from app.settings import Settings
from app.text.tokenizer import Tokenizer
from tests.doubles.engine import FakeEngine
from tests.doubles.tokenizer import MASK, VOCAB_SIZE, ByteTokenizer
from tests.waiting import wait_until

BLOCK_LENGTH = 4
Loaded = tuple[Backend, Frontend]

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


def nest_decoding(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments of a request from its own fields and those of Decoding."""
    own = {name: value for name, value in fields.items() if name not in DECODING_OPTIONS}
    return {**own, "decoding": Overrides.pick(Decoding, fields)}


def fake_backend(engine: FakeEngine | None = None, **info: int | str) -> Backend:
    """`info` are fields of ModelInfo."""
    return Backend(engine or FakeEngine(), replace(INFO, **info))


def fake_frontend(
    tokenizer: ByteTokenizer | None = None, request_defaults: Overrides[Defaults] | None = None
) -> Frontend:
    return Frontend(Tokenizer(tokenizer or ByteTokenizer()), request_defaults or Overrides())


def fake_loaded() -> Loaded:
    return fake_backend(), fake_frontend()


def make_client(
    engine: FakeEngine | None = None,
    tokenizer: ByteTokenizer | None = None,
    load: Callable[[], Loaded] | None = None,
    info: dict[str, int | str] | None = None,
    **settings: Any,
) -> FlaskClient:
    """A test client of the whole application; `settings` are SETTINGS. Close it with `close_client`.

    The model is loaded when this returns, unless the test passes its own loader.
    """
    loaded = fake_backend(engine, **(info or {})), fake_frontend(tokenizer)
    own = {name: value for name, value in settings.items() if name not in DEFAULT_OPTIONS}
    defaults = Overrides.pick(Defaults, settings)
    with root_logging_kept():
        app = create_app(Settings(**{"host": "127.0.0.1", **own}, defaults=defaults), load=load or (lambda: loaded))
    client = app.test_client()
    if load is None:
        service_of(client).wait_until_ready()
    return client


def service_of(client: FlaskClient) -> Service:
    service: Service = client.application.extensions["elbarto"].service
    return service


def close_client(client: FlaskClient) -> None:
    """Stop the executor, and check that nothing is left in it."""
    engine = service_of(client).engine
    assert isinstance(engine, LocalEngine)
    if engine.state == "ready":
        wait_until(lambda: engine.queue_lengths == (0, 0))
    engine.close()
    assert len(engine._ownership) == 0


@contextmanager
def root_logging_kept() -> Iterator[None]:
    """Restores the root logger: `create_app` configures it, which would remove pytest's handlers."""
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
