from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from tests.doubles import app as fake_app
from tests.doubles.engine import FakeEngine


@pytest.fixture
def make_client() -> Iterator[Callable[..., FlaskClient]]:
    """`tests.doubles.app.make_client`, and at the end of the test every executor must be idle."""
    made: list[tuple[FlaskClient, FakeEngine]] = []

    def make(engine: FakeEngine | None = None, **options: Any) -> FlaskClient:
        engine = engine or FakeEngine()
        made.append((fake_app.make_client(engine, **options), engine))
        return made[-1][0]

    yield make
    for client, engine in made:
        engine.allow()
        fake_app.close_client(client)
        assert not engine.has_work


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    """A server whose model always says "Hello, world!"."""
    return make_client()


@pytest.fixture(scope="module")
def embedded() -> Iterator[FlaskClient]:
    """A server in this process with the embedded model."""
    with fake_app.root_logging_kept():
        app = create_app(Settings(host="127.0.0.1", dtype="float32", num_threads=1))
    client = app.test_client()
    fake_app.service_of(client).wait_until_ready()
    yield client
    fake_app.close_client(client)
