"""A real server's metrics and log, in JSON and through a pipe: also when nobody reads that."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.scraping import Scrape
from tests.servers import PATIENCE_S, SERVE, SLOW, Server, _starter, content, ended, environment, wait_for


class Tee(threading.Thread):
    """Copies a pipe to a file until it is stopped, or the pipe's other end is closed."""

    def __init__(self, fd: int, log: Path) -> None:
        super().__init__(daemon=True)
        self._fd, self._log = fd, log
        self.is_stopped = False

    def run(self) -> None:
        with self._log.open("ab") as log:
            while not self.is_stopped:
                if select.select([self._fd], [], [], 0.05)[0]:
                    data = os.read(self._fd, 2**16)
                    log.write(data)
                    log.flush()
                    if not data:
                        return


@pytest.fixture
def piped(tmp_path: Path) -> Iterator[tuple[Server, Tee]]:
    """A server that logs JSON into a pipe."""
    log = tmp_path / "log"
    log.touch()
    read_end, write_end = os.pipe()
    tee = Tee(read_end, log)
    with os.fdopen(write_end, "wb") as output:
        process = _starter.start(SERVE[1:], environment(ELBARTO_LOG_FORMAT="json", ELBARTO_MAX_SEQUENCES="2"), output)
    tee.start()
    server = Server(process, log)
    try:
        server.wait_until_ready()
        yield server, tee
    finally:
        server.client.close()
        process.kill()
        process.wait(PATIENCE_S)
        tee.join(PATIENCE_S)
        os.close(read_end)


def scrape(server: Server) -> Scrape:
    return Scrape(server.client.get("/metrics").raise_for_status().text)


def requests_in(server: Server) -> list[dict[str, Any]]:
    entries = [json.loads(line) for line in server.text.splitlines()]
    assert all({"time", "level", "logger", "message"} <= entry.keys() for entry in entries)
    return [entry for entry in entries if entry.get("route") == "POST /v1/chat/completions"]


def test_metrics_and_log_agree_with_the_traffic_and_neither_waits_for_a_reader(piped: tuple[Server, Tee]) -> None:
    server, tee = piped
    answers = [server.chat(max_tokens=16, temperature=1, seed=seed) for seed in range(3)]
    chunks = server.stream(max_tokens=16, stream_options={"include_usage": True})
    assert content(chunks)
    assert server.post("/v1/chat/completions", messages=[]).status_code == 400
    with server.open_stream(**SLOW) as stream:
        next(stream)
    wait_for(lambda: scrape(server)("elbarto:request_aborts_total", reason="client_gone"), "the abort's count")
    _check_counts(server, [*answers, chunks[-1]])
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"no HTTP\r\n\r\n")
        refusal = connection.recv(2**16).decode()
    assert scrape(server)("elbarto:http_requests_total", route="(refused)", status="400") == 1
    assert re.search(r"x-request-id: (req-\w+)", refusal)[1] in server.wait_for_log(r"route=\(refused\)").string
    with slow_log(server, tee):
        for _ in range(300):  # 80 KB of lines, of which the pipe takes 64
            assert server.client.get("/v1/models").status_code == 200
        assert scrape(server)("elbarto:http_requests_total", route="/v1/models") == 300
        server.client.close()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE_S) == 0


@contextmanager
def slow_log(server: Server, tee: Tee) -> Iterator[None]:
    """Nothing reads the log."""
    wait_for(lambda: len(requests_in(server)) >= 6, "the lines")
    tee.is_stopped = True
    tee.join(PATIENCE_S)
    started = time.monotonic()
    yield
    assert time.monotonic() - started < PATIENCE_S


def _check_counts(server: Server, answers: list[dict[str, Any]]) -> None:
    seen, lines = scrape(server), requests_in(server)
    usages = [answer["usage"] for answer in answers]
    assert seen("elbarto:request_success_total") == len(answers)
    assert seen("elbarto:http_requests_total", route="/v1/chat/completions", status="200") == len(answers)
    assert seen("elbarto:http_requests_total", status="499") == 1
    assert seen("elbarto:errors_total", code="invalid_value") == 1
    assert seen("elbarto:request_prompt_tokens_sum") == sum(usage["prompt_tokens"] for usage in usages)
    assert seen("elbarto:request_generation_tokens_sum") == sum(usage["completion_tokens"] for usage in usages)
    assert seen("elbarto:time_to_first_token_seconds_count") == len(answers) + 1  # the client that left had some text
    assert seen("elbarto:sequence_forwards_total") > sum(answer["elbarto"]["denoise_forwards"] for answer in answers)
    assert seen("elbarto:prefix_cache_hits_total") >= sum(
        usage["prompt_tokens_details"]["cached_tokens"] for usage in usages
    )
    assert seen("process_resident_memory_bytes") > 10**7
    assert [line["status"] for line in lines] == [200] * len(answers) + [400, 499]
    assert [line["tokens"] for line in lines[: len(answers)]] == [usage["completion_tokens"] for usage in usages]
    assert [line["tpf"] for line in lines[: len(answers)]] == [round(answer["elbarto"]["tpf"], 2) for answer in answers]
    assert all(line["first_block_ms"] <= line["ms"] for line in lines[: len(answers)])


def test_tracing_that_is_not_supported_ends_the_server_with_one_line(tmp_path: Path) -> None:
    code, output = ended(tmp_path / "log", OTEL_TRACES_EXPORTER="zipkin")

    assert code == 2
    assert "elbarto: error: OTEL_TRACES_EXPORTER is 'zipkin'; allowed: otlp or none\n" in output
    assert "Traceback" not in output
