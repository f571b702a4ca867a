"""Following requests of the embedded model that are already running."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.messages.events import Event, Finished, SequenceSnapshot
from app.messages.params import GenerationParams, ModelSource
from app.messages.stats import EngineStats
from app.serving.backend import EngineLike, load_backend
from app.settings import EMBEDDED_MODEL
from tests.api.sockets import Socket, converse, listening
from tests.api.test_generations import Asking, followed, joined, only_one
from tests.doubles import app as fake_app
from tests.waiting import PATIENCE_S

INFILL = {
    "segments": [
        "class BankAccount:\n    def __init__(self, balance=0):\n        ",
        {"hole": {"single_line": True}},
        "\n\n    def deposit(self, amount):\n        ",
        {"hole": {"single_line": True}},
        "\n",
    ],
    "seed": 1,
}
CHAT = {
    "messages": [{"role": "user", "content": "Write a function that checks if a number is even."}],
    "max_tokens": 48,
    "ignore_eos": True,
}


class Gated:
    """An engine that runs only as many steps as it is allowed."""

    def __init__(self, engine: EngineLike) -> None:
        self._engine = engine
        self.allowed = threading.Semaphore(0)
        self.is_open = False
        self.waits = threading.Event()

    @property
    def has_work(self) -> bool:
        return self._engine.has_work

    def add(self, prompt_ids: Sequence[int], params: GenerationParams, waited_ms: float = 0.0, client: str = "") -> int:
        return self._engine.add(prompt_ids, params, waited_ms, client)

    def abort(self, sequence_id: int) -> Finished | None:
        return self._engine.abort(sequence_id)

    def watch(self, sequence_id: int, is_watched: bool) -> SequenceSnapshot | None:
        return self._engine.watch(sequence_id, is_watched)

    def stats(self) -> EngineStats:
        return self._engine.stats()

    def step(self) -> list[Event]:
        while not self.is_open and not self.allowed.acquire(timeout=0.01):
            self.waits.set()
        self.waits.clear()
        return self._engine.step()

    def allow(self, steps: int) -> None:
        """Allow this many steps, and wait for their end."""
        for _ in range(steps):
            assert self.waits.wait(PATIENCE_S)
            self.waits.clear()
            self.allowed.release()
        assert self.waits.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def loaded() -> fake_app.Loaded:
    return load_backend(
        ModelSource(
            path=str(EMBEDDED_MODEL),
            revision=None,
            device="cpu",
            dtype="float32",
            num_threads=1,
            max_model_len=512,
            max_sequences=4,
            prefix_cache_bytes=0,
            speculation=0,  # the tests count steps of the engine
        )
    )


@contextmanager
def gated(loaded: fake_app.Loaded) -> Iterator[tuple[FlaskClient, str, Gated]]:
    backend, frontend = loaded
    engine = Gated(backend.engine)
    client = fake_app.make_client(load=lambda: (replace(backend, engine=engine), frontend), watch="full")
    fake_app.service_of(client).wait_until_ready()
    with listening(client) as address:
        try:
            yield client, address, engine
        finally:
            engine.is_open = True
    fake_app.close_client(client)


def follow_from(engine: Gated, client: FlaskClient, address: str, steps: int) -> tuple[Socket, dict[str, Any]]:
    engine.allow(steps)
    socket = followed(address, only_one(client)["id"])
    return socket, joined(socket)


@pytest.mark.parametrize("steps", [0, 3, 12])
def test_an_infill_that_is_followed_is_the_one_that_is_not(loaded: fake_app.Loaded, steps: int) -> None:
    with gated(loaded) as (client, address, engine):
        asking = Asking(address, "/v1/infill", **INFILL)
        assert engine.waits.wait(PATIENCE_S)
        socket, started = follow_from(engine, client, address, steps)
        engine.is_open = True
        followed_answer, events = asking.result(), socket.rest()
        answer = client.post("/v1/infill", json=INFILL).json

    assert followed_answer["holes"] == answer["holes"]
    assert [part for part in started["segments"] if isinstance(part, dict)] == [{"hole": 0}, {"hole": 1}]
    texts = {0: "", 1: ""}
    for event in [*started["so_far"], *events]:
        if event["type"] == "committed":
            texts[event["hole"]] += event["text"]
    assert texts == {number: hole["text"] for number, hole in enumerate(answer["holes"])}
    final = follow_canvas(events)
    for number, ids in final.items():
        assert [token["id"] for token in answer["holes"][number]["tokens"]] == ids
    assert len(final) + len({event["hole"] for event in started["so_far"]}) >= 2


def follow_canvas(events: list[dict[str, Any]]) -> dict[int, list[int]]:
    """The token ids of each hole that was still open, assembled from the events as a client would."""
    ids: dict[int, int] = {}
    holes: dict[int, range] = {}
    gone: set[int] = set()
    for event in events:
        if event["type"] == "canvas":
            holes = {hole["hole"]: range(hole["start"], hole["end"]) for hole in event["holes"]}
            ids |= {token["position"]: token["id"] for hole in event["holes"] for token in hole["given"]}
        elif event["type"] == "step":
            ids |= {token["position"]: token["id"] for token in event["tokens"]}
            gone |= set(event["removed"])
    return {number: [ids[at] for at in places if at not in gone] for number, places in holes.items()}


@pytest.mark.parametrize("steps", [1, 7, 20])
def test_a_chat_that_is_followed_from_the_middle(loaded: fake_app.Loaded, steps: int) -> None:
    with gated(loaded) as (client, address, engine):
        asking = Asking(address, **CHAT)
        assert engine.waits.wait(PATIENCE_S)
        socket, started = follow_from(engine, client, address, steps)
        engine.is_open = True
        answer, events = asking.result(), socket.rest()
        whole, _ = converse(address, CHAT)

    text = "".join(event["text"] for event in [*started["so_far"], *events] if event["type"] == "committed")
    assert text == answer["choices"][0]["message"]["content"] == events[-1]["choices"][0]["text"]
    everything = {token["position"]: token for event in whole if event["type"] == "step" for token in event["tokens"]}
    committed = {token["position"] for event in started["so_far"] for token in event["tokens"]}
    later = {token["position"]: token for event in events if event["type"] == "step" for token in event["tokens"]}
    assert committed | later.keys() == everything.keys()
    for position, token in later.items():
        assert (token["id"], token["confidence"]) == (everything[position]["id"], everything[position]["confidence"])
