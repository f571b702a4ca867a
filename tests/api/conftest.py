from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests import fakes
from tests.fakes import FakeEngine


@pytest.fixture
def make_client() -> Iterator[Callable[..., FlaskClient]]:
    """`tests.fakes.make_client`, and at the test's end nothing may be left in any executor."""
    made: list[tuple[FlaskClient, FakeEngine]] = []

    def make(engine: FakeEngine | None = None, **options: Any) -> FlaskClient:
        engine = engine or FakeEngine()
        made.append((fakes.make_client(engine, **options), engine))
        return made[-1][0]

    yield make
    for client, engine in made:
        engine.allow()
        fakes.close_client(client)
        assert not engine.has_work


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    """A server whose model always says "Hello, world!"."""
    return make_client()
