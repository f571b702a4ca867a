"""Workers that end before their model is loaded: at the start, and later. Settings that are read again."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn import sock
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer

from app.front.master import MAX_PAUSE_S, Master

BOOT_ERROR = 3


class Log:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def warning(self, text: str, *arguments: object) -> None:
        self.lines.append(text % arguments)

    error = info = warning


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


class App:
    """Its settings, once they are read again, are another port and a variable."""

    def __init__(self) -> None:
        self.cfg = SimpleNamespace(address=[("127.0.0.1", 1)])

    def reload(self) -> None:
        self.cfg = SimpleNamespace(address=[("127.0.0.1", 2)])
        os.environ["ELBARTO_PORT"] = "2"


@pytest.fixture
def reloading(master: Master, monkeypatch: pytest.MonkeyPatch) -> Master:
    monkeypatch.setenv("ELBARTO_PORT", "1")
    monkeypatch.setattr(Arbiter, "kill_workers", lambda self, number: self.WORKERS.clear())
    monkeypatch.setattr(Arbiter, "setup", lambda self, app: setattr(self, "cfg", app.cfg))
    master.had_terminal = False
    master.app = App()
    master.cfg = master.app.cfg
    master.LISTENERS = [SimpleNamespace(close=lambda: master.log.info("closed"))]
    return master


def test_a_new_port_that_is_taken_leaves_everything_as_it_was(
    reloading: Master, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(config: Any, log: Log) -> list[Any]:
        raise SystemExit(1)

    monkeypatch.setattr(sock, "create_sockets", taken)
    before = reloading.LISTENERS

    reloading.handle_hup()

    assert reloading.log.lines == ["The settings were not reloaded; the server keeps the old ones."]
    assert reloading.LISTENERS is before
    assert reloading.app.cfg is reloading.cfg
    assert reloading.cfg.address == [("127.0.0.1", 1)]
    assert os.environ["ELBARTO_PORT"] == "1"
    assert reloading.WORKERS, "the worker stays"


def test_a_new_port_is_listened_at_before_the_old_one_is_closed(
    reloading: Master, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sock, "create_sockets", lambda config, log: log.info("bound") or config.address)

    reloading.handle_hup()

    assert reloading.log.lines[:2] == ["bound", "closed"]
    assert reloading.LISTENERS == reloading.cfg.address == [("127.0.0.1", 2)]
    assert os.environ["ELBARTO_PORT"] == "2"
    assert not reloading.WORKERS
