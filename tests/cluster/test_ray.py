"""Two replicas of the fixture checkpoint on a real Ray cluster, with the server in front: `make test-cluster`."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import servers
from tests.e2e.test_exactness import CASES, body, check
from tests.reference import Case
from tests.servers import Server

pytest.importorskip("ray", reason="Ray is not installed: make test-cluster")
pytestmark = pytest.mark.process

CLUSTER = (sys.executable, "-m", "app", "cluster", "--replicas", "2", "--cpus", "1")
PATIENCE_S = 120.0  # Ray starts about ten processes, and replicas load the model
MARK = f"elbarto-test-{os.getpid()}"  # in the environment of all processes of the cluster
LONG = {"return_token_ids": True, "gen_length": 400, "ignore_eos": True, "temperature": 0.7}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("cluster") / "log"
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(servers, "PATIENCE_S", PATIENCE_S)
    variables = {"ELBARTO_MAX_SEQUENCES": "8", "CLUSTER_TEST": MARK}
    with servers.running(log, CLUSTER, is_forked=False, **variables) as server:
        wait_for_replicas(server, 2)
        yield server
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE_S) == 0, server.text
    wait_until(lambda: not pids("ray::"), "the end of Ray")
    monkeypatch.undo()


def wait_until(condition: Any, what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


def replicas(server: Server) -> list[dict[str, Any]]:
    return server.client.get("/health").json().get("replicas", [])


def wait_for_replicas(server: Server, number: int) -> None:
    def are_there() -> bool:
        assert not server.has_ended(), server.text
        return server.is_ready() and [each["state"] for each in replicas(server)] == ["ready"] * number

    wait_until(are_there, f"{number} replicas of {server}")


def pids(title: str) -> list[int]:
    """Processes of this cluster whose title begins so."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if (folder / "cmdline").read_text().startswith(title) and MARK in (folder / "environ").read_text():
                found.append(int(folder.name))
        except (OSError, ValueError):
            continue
    return found


def kill_replicas(number: int) -> None:
    for pid in pids("ray::ServeReplica")[:number]:
        os.kill(pid, signal.SIGKILL)


def stream(server: Server, seed: int) -> tuple[list[int], dict[str, Any], float]:
    """Token ids, counters, and the longest time between two chunks."""
    token_ids: list[int] = []
    gaps, last = [0.0], time.monotonic()
    with server.open_stream(prompt_token_ids=[7 + seed, 8, 9, 20], seed=seed, **LONG) as events:
        for chunk in events:
            if chunk == "[DONE]":
                break
            gaps.append(time.monotonic() - last)
            last = time.monotonic()
            token_ids += [each for choice in chunk["choices"] for each in choice.get("token_ids") or ()]
            elbarto = chunk.get("elbarto", {})
    return token_ids, elbarto, max(gaps)


def eight_streams(server: Server, meanwhile: Any = lambda: None) -> list[tuple[list[int], dict[str, Any], float]]:
    with ThreadPoolExecutor(8) as threads:
        streams = [threads.submit(stream, server, seed) for seed in range(8)]
        meanwhile()
        return [each.result() for each in streams]


def wait_until_running(server: Server, number: int) -> None:
    wait_until(lambda: server.queue[0] >= number, f"{number} running sequences")
    time.sleep(0.3)  # so that blocks are committed


def nothing_is_left(server: Server) -> bool:
    return server.queue == (0, 0) and [each["sequences"] for each in replicas(server)] == [0, 0]


@pytest.mark.parametrize("case", CASES)
def test_cases(cluster: Server, case: Case) -> None:
    fields = body(case)
    if case.params.threshold is not None:
        del fields["steps"]  # which has no effect then, as a warning would say
    answer = cluster.chat(**fields)
    (choice,) = answer["choices"]
    check(case, choice["token_ids"], choice["finish_reason"], answer["elbarto"])
    assert "restarts" not in answer["elbarto"]


def test_aborts_leak_nothing(cluster: Server) -> None:
    """200 requests, some of whose clients leave at once, or in the middle, or never."""

    def request(number: int) -> None:
        fields: dict[str, Any] = {"prompt_token_ids": [5 + number, 9], "gen_length": 8 + number % 40}
        if number % 4 == 3:
            assert cluster.chat(**fields, n=1 + number % 2)["choices"]
            return
        with cluster.open_stream(**fields, ignore_eos=True, stop=["a"] if number % 5 else None) as events:
            for _ in range(number % 4 * 3):
                next(events, None)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(request, range(200)))

    wait_until(lambda: nothing_is_left(cluster), f"empty replicas: {cluster.client.get('/health').json()}")
    assert cluster.chat(max_tokens=8)["choices"]


def test_an_infill(cluster: Server) -> None:
    answer = cluster.post("/v1/infill", segments=["def f():\n    return ", {"hole": {"max_tokens": 8}}, "\n"])
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["holes"]) == 1


def test_a_replica_is_killed_under_8_streams(cluster: Server) -> None:
    wait_for_replicas(cluster, 2)
    expected = eight_streams(cluster)

    def kill() -> None:
        wait_until_running(cluster, 8)
        kill_replicas(1)

    got = eight_streams(cluster, kill)

    assert [token_ids for token_ids, _, _ in got] == [token_ids for token_ids, _, _ in expected]
    restarted = [gap for _, elbarto, gap in got if elbarto.get("restarts")]
    assert restarted
    print(f"{len(restarted)} of 8 started again; longest silence {max(restarted):.2f} s")
    wait_for_replicas(cluster, 2)
    wait_until(lambda: nothing_is_left(cluster), "empty replicas")


def test_without_replicas_requests_are_refused_until_one_is_back(cluster: Server) -> None:
    wait_for_replicas(cluster, 2)
    expected = eight_streams(cluster)
    refused: list[httpx.Response] = []

    def kill() -> None:
        wait_until_running(cluster, 8)
        kill_replicas(2)
        wait_until(lambda: cluster.client.get("/health").status_code == 503, "503")
        refused.append(cluster.post(prompt_token_ids=[1, 2], max_tokens=4))

    got = eight_streams(cluster, kill)

    assert refused[0].status_code == 503
    assert int(refused[0].headers["retry-after"]) > 0
    assert [token_ids for token_ids, _, _ in got] == [token_ids for token_ids, _, _ in expected]
    wait_for_replicas(cluster, 2)


def test_the_controller_of_serve_is_killed(cluster: Server) -> None:
    """Requests in progress and new ones go on: the front has its own list of replicas."""
    wait_for_replicas(cluster, 2)
    expected = eight_streams(cluster)

    def kill() -> None:
        wait_until_running(cluster, 8)
        (pid,) = pids("ray::ServeController")
        os.kill(pid, signal.SIGKILL)
        assert cluster.chat(max_tokens=8)["choices"]

    got = eight_streams(cluster, kill)

    assert [token_ids for token_ids, _, _ in got] == [token_ids for token_ids, _, _ in expected]
    assert not any(elbarto.get("restarts") for _, elbarto, _ in got)
    wait_for_replicas(cluster, 2)
