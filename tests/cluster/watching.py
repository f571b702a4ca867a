"""What tests with a real Ray cluster see of it, and do to it. Imports no Ray."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.scraping import Scrape
from tests.servers import Server

PATIENCE_S = 120.0  # Ray starts about ten processes, and replicas load the model
MARK = f"elbarto-test-{os.getpid()}"  # the environment variable CLUSTER_TEST of all processes of the cluster
LONG = {"return_token_ids": True, "gen_length": 800, "ignore_eos": True, "temperature": 0.7}

Reply = tuple[list[int], dict[str, Any], float]  # token ids, counters, and the longest time between two chunks


def wait_until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


def replicas(server: Server) -> list[dict[str, Any]]:
    """As /health lists them."""
    found: list[dict[str, Any]] = server.client.get("/health").json().get("replicas", [])
    return found


def wait_for_replicas(server: Server, number: int) -> None:
    def are_there() -> bool:
        assert not server.has_ended(), server.text
        return server.is_ready() and [each["state"] for each in replicas(server)] == ["ready"] * number

    wait_until(are_there, f"{number} replicas of {server}")


def nothing_is_left(server: Server) -> bool:
    return server.queue == (0, 0) and not any(each["sequences"] for each in replicas(server))


def scrape(server: Server) -> Scrape:
    return Scrape(server.client.get("/metrics").text)


def pids(title: str, mark: str = MARK) -> list[int]:
    """Processes of a cluster with that in their command line."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            environ = (folder / "environ").read_text().split("\0")
            if title in (folder / "cmdline").read_text() and f"CLUSTER_TEST={mark}" in environ:
                found.append(int(folder.name))
        except (OSError, ValueError):
            continue
    return found


def kill(title: str, number: int | None = None) -> None:
    for pid in pids(title)[:number]:
        os.kill(pid, signal.SIGKILL)


def children(parents: list[int]) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            before, _, after = path.read_text().rpartition(")")  # of the program's name
            if int(after.split()[1]) in parents:
                found.append(int(before.split()[0]))
    return found


def kill_node(mark: str = MARK) -> None:
    """All of Ray here, as if the machine were off. Its agents would live a minute longer, and hide their marks."""
    raylets = pids("raylet", mark)
    for pid in (*pids("gcs_server", mark), *raylets, *children(raylets)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def settled(server: Server) -> Scrape:
    """The metrics after the replicas' last reports: each tells its own once a second, whether it has work or not."""
    seen = scrape(server)
    while True:
        time.sleep(2)
        before, seen = seen, scrape(server)
        if before("elbarto:denoising_steps_total") == seen("elbarto:denoising_steps_total"):
            return seen


def stream(server: Server, seed: int, has_begun: Callable[[], object]) -> Reply:
    token_ids: list[int] = []
    gaps, last = [0.0], time.monotonic()
    with server.open_stream(prompt_token_ids=[7 + seed, 8, 9, 20], seed=seed, **LONG) as events:
        for chunk in events:
            if chunk == "[DONE]":
                break
            gaps.append(time.monotonic() - last)
            last = time.monotonic()
            new = [each for choice in chunk["choices"] for each in choice.get("token_ids") or ()]
            if new and not token_ids:
                has_begun()
            token_ids += new
            elbarto = chunk.get("elbarto", {})
    return token_ids, elbarto, max(gaps)


def eight_streams(server: Server, meanwhile: Callable[[], None] = lambda: None) -> list[Reply]:
    """`meanwhile` is called once all have tokens."""
    begun = threading.Semaphore(0)
    with ThreadPoolExecutor(8) as threads:
        streams = [threads.submit(stream, server, seed, begun.release) for seed in range(8)]
        for _ in streams:
            assert begun.acquire(timeout=PATIENCE_S)
        meanwhile()
        return [each.result() for each in streams]


def token_ids(replies: list[Reply]) -> list[list[int]]:
    return [each[0] for each in replies]


def num_restarts(replies: list[Reply]) -> int:
    return sum(elbarto.get("restarts", 0) for _, elbarto, _ in replies)
