"""A separate server process, and clients that time its streams."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from app.messages.params import GenerationParams
from app.settings import ROOT, Settings, to_environ
from bench.workload import Sample

START_SECONDS = 300.0
HOST = "127.0.0.1"
SERVE = ("-m", "app", "serve")


@contextmanager
def serving(settings: Settings, command: Sequence[str] = SERVE, **variables: str) -> Iterator[int]:
    """Yield the port of a server that was started with `command` and has loaded its model.

    Raises RuntimeError, with the log, if it does not start.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**os.environ, **to_environ(settings), **variables},
                stdout=output,
                stderr=output,
            )
        try:
            yield wait_until_ready(process, log)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> int:
    """Its port. Raises RuntimeError, with the log, if the model is never loaded."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        match = re.search(r"Listening at: http://[\d.]+:(\d+)", log.read_text(errors="replace"))
        if match and _is_ready(int(match[1])):
            return int(match[1])
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start; its log:\n{log.read_text(errors='replace')}")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def run_clients(port: int, prompts: Sequence[Sequence[int]], params: GenerationParams) -> Sample:
    """One streaming client per prompt, all at once."""
    start = time.perf_counter()
    with ThreadPoolExecutor(len(prompts)) as clients:
        replies = list(clients.map(lambda prompt: _stream(port, prompt, params), prompts))
    seconds = time.perf_counter() - start
    return Sample(
        seconds,
        first_block=max(times[0] - start for _, times in replies),
        gaps=tuple(late - early for _, times in replies for early, late in itertools.pairwise(times)),
        token_ids=tuple(tuple(token_ids) for token_ids, _ in replies),
    )


def _stream(port: int, prompt: Sequence[int], params: GenerationParams) -> tuple[list[int], list[float]]:
    """The reply's token ids, and the time of each block. Raises RuntimeError unless the server answers 200."""
    body = {
        "prompt_token_ids": list(prompt),
        "gen_length": params.gen_length,
        "steps": params.steps,
        "block_length": params.block_length,
        "ignore_eos": params.ignore_eos,
        "temperature": 0,
        "stream": True,
        "return_token_ids": True,
    }
    connection = http.client.HTTPConnection(HOST, port, timeout=START_SECONDS)
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"the server answered {response.status}: {response.read()[:500]!r}")
    token_ids: list[int] = []
    times: list[float] = []
    for line in response:
        if not line.startswith(b"data: {"):
            continue
        now = time.perf_counter()
        new = [token_id for choice in json.loads(line[6:])["choices"] for token_id in choice["token_ids"]]
        if new:
            token_ids += new
            times.append(now)
    connection.close()
    return token_ids, times
