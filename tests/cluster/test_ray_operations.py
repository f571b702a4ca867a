"""What operators do to a Ray cluster of their own that a front has joined: scale, update, lose and restart its head."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import ROOT
from tests import servers
from tests.cluster.watching import (
    MARK,
    PATIENCE_S,
    eight_streams,
    kill_node,
    nothing_is_left,
    num_restarts,
    pids,
    replicas,
    token_ids,
    wait_for_replicas,
    wait_until,
)
from tests.reference import CHECKPOINT
from tests.servers import Server

pytest.importorskip("ray", reason="Ray is not installed: make test-cluster")
pytestmark = pytest.mark.process

CLUSTER = (sys.executable, "-m", "app", "cluster")
RAY = str(Path(sys.executable).with_name("ray"))
REPLICAS = {"model_path": str(CHECKPOINT), "dtype": "float32", "max_sequences": 8, "num_cpus": 1}
SCALED = {"min_replicas": 1, "max_replicas": 2, "target_sequences": 2}
SCALED |= {"upscale_delay_s": 1, "downscale_delay_s": 1}
VARIABLES = {
    "CLUSTER_TEST": MARK,
    "ELBARTO_MAX_SEQUENCES": "8",
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": "of-this-test",
    # Ray waits this long for its head before it ends a process (60 s), and tells queue lengths this often (10 s).
    "RAY_gcs_rpc_server_reconnect_timeout_s": "8",
    "RAY_SERVE_HANDLE_AUTOSCALING_METRIC_PUSH_INTERVAL_S": "1",
}


class Operator:
    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.folder = Path(f"/tmp/{MARK}")  # not below pytest's: Ray makes sockets there, whose paths must be short
        self.log = folder / "ray"
        self.environ = servers.environment(**VARIABLES, PYTHONPATH=str(ROOT), RAY_USAGE_STATS_ENABLED="0")

    def start_head(self) -> None:
        """Ray's head node, which is the whole cluster here."""
        options = (
            f"--head --port {self.port} --node-ip-address 127.0.0.1 --num-cpus 4 --include-dashboard false --block"
        )
        with self.log.open("ab") as log:
            command = [RAY, "start", *options.split(), "--temp-dir", str(self.folder)]
            self.head = subprocess.Popen(command, env=self.environ, stdout=log, stderr=log)
        wait_until(self._is_listening, "Ray's head")

    def lose_head(self) -> None:
        kill_node()
        self.head.wait(PATIENCE_S)
        wait_until(lambda: not pids("ray::"), "the end of Ray")
        shutil.rmtree(self.folder, ignore_errors=True)

    def deploy(self, **arguments: Any) -> None:
        command = [sys.executable, "-m", "tests.cluster.deploy", self.address, json.dumps(REPLICAS | arguments)]
        with self.log.open("ab") as log:
            subprocess.run(command, env=self.environ, cwd=ROOT, stdout=log, stderr=log, timeout=PATIENCE_S, check=True)

    def _is_listening(self) -> bool:
        assert self.head.poll() is None, self.log.read_text()
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    operator = Operator(tmp_path_factory.mktemp("operator"))
    operator.start_head()
    yield operator
    operator.lose_head()


@pytest.fixture(scope="module")
def server(operator: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A front for the operator's cluster, where nothing is deployed yet."""
    log = tmp_path_factory.mktemp("front") / "log"
    command = (*CLUSTER, "--attach", "--ray-address", operator.address, "--max-replicas", "2")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(servers, "PATIENCE_S", PATIENCE_S)
    with servers.running(log, command, is_forked=False, **VARIABLES) as server:
        yield server
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE_S) == 0, server.text
    monkeypatch.undo()


def refusal(server: Server) -> httpx.Response:
    """The first answer to a request that is not 200. Between two workers there is none."""
    refused: list[httpx.Response] = []

    def is_refused() -> bool:
        try:
            refused.append(server.post(prompt_token_ids=[1, 2], max_tokens=4))
        except httpx.TransportError:
            return False
        return refused[-1].status_code != 200

    wait_until(is_refused, "a refusal")
    return refused[-1]


def test_a_front_waits_for_its_replicas(server: Server, operator: Operator) -> None:
    assert refusal(server).status_code == 503

    operator.deploy(**SCALED)

    wait_for_replicas(server, 1)
    assert server.chat(max_tokens=8)["choices"]


def test_replicas_come_with_the_queue_and_go_with_it(server: Server) -> None:
    expected = token_ids(eight_streams(server))
    numbers = set()

    def look() -> None:
        numbers.add(len(replicas(server)))

    end = time.monotonic() + PATIENCE_S
    while 2 not in numbers:
        assert time.monotonic() < end, "no replica was added"
        assert token_ids(eight_streams(server, look)) == expected
    for _ in range(3):  # of which there are as many as allowed
        assert token_ids(eight_streams(server, look)) == expected

    assert max(numbers) == 2
    wait_for_replicas(server, 1)


def test_an_update_loses_nothing(server: Server, operator: Operator) -> None:
    expected = token_ids(eight_streams(server))
    old = {each["name"] for each in replicas(server)}
    update = threading.Thread(target=operator.deploy, kwargs={"min_replicas": 2, "max_queue": 32})
    update.start()
    rounds = 0
    while update.is_alive() or old & {each["name"] for each in replicas(server)}:
        replies = eight_streams(server)
        assert token_ids(replies) == expected
        assert num_restarts(replies) == 0
        rounds += 1
    print(f"{8 * rounds} streams while the replicas were replaced")

    wait_for_replicas(server, 2)
    assert server.client.get("/health").json()["queue"]["capacity"] == 2 * (8 + 32)
    wait_until(lambda: nothing_is_left(server), "empty replicas")


def test_the_head_is_lost_and_started_again(server: Server, operator: Operator) -> None:
    operator.lose_head()

    for answer in (refusal(server), refusal(server)):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    server.wait_for_log(f"there are no replicas yet at {operator.address}: ConnectionRefusedError")
    assert refusal(server).status_code == 503

    operator.start_head()
    operator.deploy(min_replicas=2)
    wait_for_replicas(server, 2)
    assert server.chat(max_tokens=8)["choices"]


def test_a_server_with_a_cluster_of_its_own_ends_with_it(tmp_path: Path) -> None:
    """Nobody would start the head again."""
    mark = f"{MARK}-own"
    with servers.running(
        tmp_path / "log", (*CLUSTER, "--cpus", "1"), is_forked=False, **VARIABLES | {"CLUSTER_TEST": mark}
    ) as server:
        kill_node(mark)
        wait_until(server.has_ended, f"the end of {server}")
        assert "Ray has ended here, and so does this server" in server.text
    wait_until(lambda: not pids("ray::", mark), "the end of Ray")
