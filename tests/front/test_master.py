"""Workers that end before their model is loaded: at the start, and later."""

from __future__ import annotations

import time
from typing import Any

import pytest
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer

from app.front.master import MAX_PAUSE_S, Master

BOOT_ERROR = 3


class Log:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def warning(self, text: str, *arguments: object) -> None:
        self.lines.append(text % arguments)


@pytest.fixture
def master(monkeypatch: pytest.MonkeyPatch) -> Master:
    """With gunicorn's part played: a worker with exit code 3 ends the server, as gunicorn has it."""
    master = Master.__new__(Master)
    master.LISTENERS = ["a listener"]
    master.WORKERS = {}
    master.log = Log()
    master.num_failures, master.next_start = 0, 0.0

    def reap(self: Any) -> None:
        self.WORKERS.clear()
        if self.WORKER_BOOT_ERROR == BOOT_ERROR:
            raise HaltServer("Worker failed to boot.", BOOT_ERROR)

    def start(self: Any) -> None:
        self.WORKERS[1] = "a worker"

    monkeypatch.setattr(Arbiter, "reap_workers", reap)
    monkeypatch.setattr(Arbiter, "spawn_worker", start)
    monkeypatch.setattr(Arbiter, "manage_workers", lambda self: self.spawn_worker())
    master.manage_workers()
    return master


def test_a_model_that_cannot_be_loaded_ends_the_server_at_its_start(master: Master) -> None:
    with pytest.raises(HaltServer):
        master.reap_workers()


def test_a_replacement_that_cannot_load_is_tried_again_less_and_less_often(master: Master) -> None:
    master.loaded_flag[0] = 1
    master.reap_workers()
    master.manage_workers()
    assert master.WORKERS, "another worker, at once"

    pauses = []
    for _ in range(8):
        master.reap_workers()
        pauses.append(round(master.next_start - time.monotonic()))
        master.manage_workers()
        assert not master.WORKERS, "not yet"
        master.next_start = 0.0
        master.manage_workers()
        assert master.WORKERS

    assert pauses == [2, 4, 8, 16, 32, MAX_PAUSE_S, MAX_PAUSE_S, MAX_PAUSE_S]
    master.loaded_flag[0] = 1
    master.reap_workers()
    master.manage_workers()
    assert master.WORKERS, "at once again, after one that could load"


def test_nothing_is_said_of_a_worker_that_ends_with_the_server(master: Master) -> None:
    master.loaded_flag[0] = 1
    master.reap_workers()
    master.manage_workers()
    master.LISTENERS = []

    master.reap_workers()

    assert master.log.lines == []
