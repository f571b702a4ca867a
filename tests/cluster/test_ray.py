"""Two replicas of the fixture checkpoint on a real Ray cluster, with the server in front: `make test-cluster`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests import servers
from tests.cluster.watching import (
    LONG,
    MARK,
    PATIENCE_S,
    eight_streams,
    kill,
    nothing_is_left,
    num_restarts,
    pids,
    replicas,
    scrape,
    settled,
    token_ids,
    wait_for_replicas,
    wait_until,
)
from tests.e2e.test_exactness import CASES, body, check
from tests.reference import Case
from tests.servers import SLOW, Server

pytest.importorskip("ray", reason="Ray is not installed: make test-cluster")
pytestmark = pytest.mark.process

CLUSTER = (sys.executable, "-m", "app", "cluster", "--replicas", "2", "--cpus", "1")


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


@pytest.mark.parametrize("case", CASES)
def test_cases(cluster: Server, case: Case) -> None:
    fields = body(case)
    if case.params.threshold is not None:
        del fields["steps"]  # which has no effect then, as a warning would say
    answer = cluster.chat(**fields)
    (choice,) = answer["choices"]
    check(case, choice["token_ids"], choice["finish_reason"], answer["elbarto"])
    assert "restarts" not in answer["elbarto"]


def test_the_front_speaks_for_both_replicas(cluster: Server) -> None:
    before, seen = settled(cluster), {}

    def look() -> None:
        seen["generations"] = cluster.client.get("/v1/generations").json()["data"]
        seen["sequences"] = [each["sequences"] for each in replicas(cluster)]

    replies = eight_streams(cluster, look)
    after = settled(cluster)

    assert len(seen["generations"]) == 8
    assert all(seen["sequences"])
    assert after("elbarto:slots") == 16
    assert after("elbarto:queue_capacity") == cluster.client.get("/health").json()["queue"]["capacity"]
    steps = [elbarto["steps"] for _, elbarto, _ in replies]
    assert after("elbarto:denoising_steps_total") - before("elbarto:denoising_steps_total") == sum(steps)
    num_steps = after("elbarto:step_seconds_count") - before("elbarto:step_seconds_count")
    assert 2 * max(steps) <= num_steps < sum(steps)  # each replica has its own, with several sequences in each


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
    wait_until(lambda: scrape(cluster)("elbarto:slots_held") == 0, "free slots")
    assert cluster.chat(max_tokens=8)["choices"]


def test_a_client_that_leaves_ends_its_sequence_on_the_replica(cluster: Server) -> None:
    steps = settled(cluster)("elbarto:denoising_steps_total")
    connection, _ = cluster.connect(**SLOW)
    with connection:
        wait_until(lambda: sum(each["sequences"] for each in replicas(cluster)) == 1, "a sequence on a replica")
    left = time.monotonic()

    wait_until(lambda: nothing_is_left(cluster), "an empty replica")
    print(f"gone from the replica, and this known, {time.monotonic() - left:.2f} s after its client")
    assert 0 < settled(cluster)("elbarto:denoising_steps_total") - steps < SLOW["steps"]


def test_an_infill(cluster: Server) -> None:
    answer = cluster.post("/v1/infill", segments=["def f():\n    return ", {"hole": {"max_tokens": 8}}, "\n"])
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["holes"]) == 1


def test_a_replica_is_killed_under_8_streams(cluster: Server) -> None:
    expected = eight_streams(cluster)
    steps = scrape(cluster)("elbarto:denoising_steps_total")

    got = eight_streams(cluster, lambda: kill("ray::ServeReplica", 1))

    assert token_ids(got) == token_ids(expected)
    assert [len(each) for each in token_ids(got)] == [LONG["gen_length"]] * 8
    restarted = [gap for _, elbarto, gap in got if elbarto.get("restarts")]
    assert restarted
    print(
        f"{len(restarted)} of 8 started again; longest silence {max(restarted):.2f} s, "
        f"without a kill {max(gap for _, _, gap in expected):.2f} s"
    )
    assert scrape(cluster)("elbarto:denoising_steps_total") >= steps  # what the dead one did still counts
    wait_for_replicas(cluster, 2)
    wait_until(lambda: nothing_is_left(cluster), "empty replicas")


def test_without_replicas_requests_are_refused_until_one_is_back(cluster: Server) -> None:
    wait_for_replicas(cluster, 2)
    expected = eight_streams(cluster)
    refused: list[httpx.Response] = []

    def kill_both() -> None:
        kill("ray::ServeReplica")
        wait_until(lambda: cluster.client.get("/health").status_code == 503, "503")
        refused.append(cluster.post(prompt_token_ids=[1, 2], max_tokens=4))

    got = eight_streams(cluster, kill_both)

    assert refused[0].status_code == 503
    assert int(refused[0].headers["retry-after"]) > 0
    assert token_ids(got) == token_ids(expected)
    assert num_restarts(got) >= 8
    wait_for_replicas(cluster, 2)


def test_the_controller_of_serve_is_killed(cluster: Server) -> None:
    """Requests in progress and new ones go on: the front has its own list of replicas."""
    wait_for_replicas(cluster, 2)
    expected = eight_streams(cluster)

    def kill_it() -> None:
        assert len(pids("ray::ServeController")) == 1
        kill("ray::ServeController")
        assert cluster.chat(max_tokens=8)["choices"]

    got = eight_streams(cluster, kill_it)

    assert token_ids(got) == token_ids(expected)
    assert num_restarts(got) == 0
    wait_for_replicas(cluster, 2)
