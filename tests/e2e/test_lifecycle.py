"""Servers that start, fail to start, restart and stop."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.reference import CHECKPOINT
from tests.servers import (
    BARE_GUNICORN,
    HELLO,
    PATIENCE_S,
    SERVE,
    SLOW,
    Server,
    content,
    ended,
    events,
    running,
    wait_for,
)

MAX_SEQUENCES = Settings().max_sequences


@dataclass
class Started:
    """A ready server, and what it answered before it was ready."""

    server: Server
    health: list[httpx.Response]
    others: list[httpx.Response]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    with running(
        tmp_path_factory.mktemp("started") / "log",
        ELBARTO_SSE_KEEPALIVE_S="0.2",
        ELBARTO_SHUTDOWN_S="1",
        ELBARTO_HOST="0.0.0.0",
        is_forked=False,
    ) as server:
        started = Started(server, [], [])
        while not started.health or started.health[-1].status_code != 200:
            started.others.append(server.post(messages=HELLO, max_tokens=4))
            started.others.append(server.client.get("/v1/models"))
            started.health.append(server.client.get("/health"))
        yield started
        server.stop()


def test_health_while_the_model_loads(started: Started) -> None:
    """The port is open at once; every 503 has Retry-After."""
    loading = started.health[:-1]
    assert loading, "the model was there before the first request"
    for response in loading:
        assert response.status_code == 503
        assert response.json()["status"] == "loading"
        assert response.json()["model"] is None
        assert int(response.headers["retry-after"]) >= 1
    ready = started.health[-1].json()
    assert (ready["status"], ready["model"], ready["device"]) == ("ok", CHECKPOINT.name, "cpu")
    assert ready["dtype"] == "float32"
    assert ready["queue"] == {"running": 0, "waiting": 0, "capacity": MAX_SEQUENCES + 64}


def test_other_routes_while_the_model_loads(started: Started) -> None:
    refused = [response for response in started.others if response.status_code != 200]
    assert refused
    for response in refused:
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) >= 1
        error = response.json()["error"]
        assert (error["type"], error["code"]) == ("unavailable_error", "model_loading")


def test_check_19_a_server_for_everybody_warns(started: Started, server: Server) -> None:
    warning = "WARNING app: ELBARTO_API_KEY is not set: anyone who can reach 0.0.0.0"
    assert started.server.text.count(warning) == 1
    assert "ELBARTO_API_KEY" not in server.text, "127.0.0.1 is nobody else's business"


def test_check_18_keepalives_are_bare_comments(started: Started) -> None:
    """In a stream that is queued. Continue would drop data that arrives with `: ping`."""
    server = started.server
    blocker, _ = server.connect(**SLOW, n=MAX_SEQUENCES)
    with blocker:
        server.wait_for_queue(MAX_SEQUENCES, 0)
        body = {"messages": HELLO, "stream": True, "max_tokens": 8, "ignore_eos": True}
        with server.client.stream("POST", "/v1/chat/completions", json=body) as response:
            lines = response.iter_lines()
            seen = [next(lines)]
            while seen.count(":") < 2:
                seen.append(next(lines))
            blocker.close()
            seen.extend(lines)
    assert {line for line in seen if not line.startswith("data: ")} == {":", ""}
    *chunks, done = events(seen)
    assert done == "[DONE]"
    assert content(chunks) == server.chat(max_tokens=8, ignore_eos=True)["choices"][0]["message"]["content"]


def test_check_20_worker_death_and_recovery(started: Started) -> None:
    """The stream is cut off without a fake end, gunicorn starts another worker, and requests are served again."""
    server = started.server
    with server.open_stream(**SLOW) as stream:
        next(stream)
        worker = int(server.text.rpartition("Booting worker with pid: ")[2].split()[0])
        os.kill(worker, signal.SIGKILL)
        rest: list[object] = []
        with pytest.raises(httpx.TransportError):
            rest.extend(stream)
    assert "[DONE]" not in rest
    server.wait_until_ready()
    assert server.chat(max_tokens=4)["choices"]


def test_sigterm_drains_a_running_stream(tmp_path: Path) -> None:
    with running(tmp_path / "log") as server:
        server.wait_until_ready()
        with server.open_stream(gen_length=800, steps=800, ignore_eos=True) as stream:
            chunks = [next(stream), next(stream)]
            server.process.send_signal(signal.SIGTERM)
            *rest, done = stream
        assert done == "[DONE]"
        assert rest[-1]["choices"][0]["finish_reason"] == "length"
        assert len(chunks + rest) > 200
        wait_for(server.has_ended, f"the end of {server}")
        assert server.process.returncode == 0
        assert "Traceback" not in server.text


def test_sigterm_while_the_model_loads(tmp_path: Path) -> None:
    with running(tmp_path / "log", is_forked=False) as server:
        assert server.client.get("/health").status_code == 503
        server.stop()


def error_line(stderr: str) -> str:
    """The one-line error message."""
    assert "Traceback" not in stderr, stderr
    (line,) = [line for line in stderr.splitlines() if line.startswith("elbarto: error: ")]
    return line


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    code, stderr = ended(tmp_path / "log", ELBARTO_MODEL_PATH="/absent/model")
    assert code == 2
    assert "'/absent/model': there is no such file or folder" in error_line(stderr)


def test_an_ordinary_causal_model_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "plain-llama"
    shutil.copytree(CHECKPOINT, directory)
    config = json.loads((directory / "config.json").read_text())
    config["architectures"] = ["Qwen2ForCausalLM"]
    (directory / "config.json").write_text(json.dumps(config))
    tokenizer = json.loads((directory / "tokenizer_config.json").read_text())
    del tokenizer["mask_token"]
    (directory / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    code, stderr = ended(tmp_path / "log", ELBARTO_MODEL_PATH=str(directory))
    assert code != 0
    assert "no mask token, so it was never trained to fill masks" in error_line(stderr)


def test_what_only_the_loader_finds_is_one_line_too(tmp_path: Path) -> None:
    directory = Path(shutil.copytree(CHECKPOINT, tmp_path / "shallow"))
    config = json.loads((directory / "config.json").read_text())
    (directory / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 1}))
    code, stderr = ended(tmp_path / "log", ELBARTO_MODEL_PATH=str(directory))
    assert code == 2
    assert "which this architecture does not have" in error_line(stderr)
    assert str(directory) in error_line(stderr)
    assert "failed to boot" not in stderr
    assert stderr.splitlines()[-1] == error_line(stderr)


@pytest.mark.parametrize("command", [SERVE, BARE_GUNICORN], ids=["serve", "gunicorn"])
def test_a_bad_setting_stops_the_start(tmp_path: Path, command: tuple[str, ...]) -> None:
    code, stderr = ended(tmp_path / "log", command, is_forked=False, ELBARTO_STEPS="many")
    assert code == 2
    line = "elbarto: error: ELBARTO_STEPS in the environment is 'many'; allowed: an integer from 1"
    assert stderr == f"{line}; unset = the checkpoint's, else 256\n"


def test_generate_prints_a_completion(tmp_path: Path, server: Server) -> None:
    """It prints the same text that the server returns."""
    command = (sys.executable, "-m", "app", "generate", "hello", "--max-tokens", "24")
    code, printed = ended(tmp_path / "log", command, ELBARTO_LOG_LEVEL="error")
    assert code == 0, printed
    expected = server.chat(max_tokens=24)["choices"][0]["message"]["content"]
    cut = "\nelbarto: the reply was cut at its maximum length (--max-tokens)\n"
    assert printed.removesuffix(cut) == expected


def test_sigterm_gives_up_a_stream_that_takes_too_long(started: Started) -> None:
    """It ends with an error event. Last here, because it stops the server that the tests above share."""
    server = started.server
    with server.open_stream(**SLOW) as stream:
        next(stream)
        server.process.send_signal(signal.SIGTERM)
        *_, last = stream
    assert "error" in last


def test_ctrl_c_ends_at_once_and_says_so_in_the_stream(tmp_path: Path) -> None:
    """The terminal sends SIGINT to gunicorn's master and to its worker."""
    with running(tmp_path / "log", in_new_group=True) as server:
        server.wait_until_ready()
        with server.open_stream(**SLOW) as stream:
            next(stream)
            os.killpg(server.process.pid, signal.SIGINT)
            *_, last = stream
        assert last["error"]["code"] == "shutting_down"
        server.process.wait(PATIENCE_S)
        assert "SIGKILL" not in server.text


def test_a_broken_engine_ends_its_process_with_the_code_for_another_try(tmp_path: Path) -> None:
    """gunicorn starts another worker after any code but 3 and 4 (check 20 sees it start one)."""
    script = (
        "import app, app.errors, app.logs; app.logs.configure('info', 'text'); "
        "app.end_process(app.errors.EngineBroken('broken'))"
    )
    code, stderr = ended(tmp_path / "log", (sys.executable, "-c", script), is_forked=False)

    assert code == 1
    assert "broken; this process exits" in stderr
