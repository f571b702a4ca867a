"""A checkpoint with request defaults: how the log, `config --show` and the replies reflect them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.settings import ROOT
from tests.reference import CHECKPOINT
from tests.servers import Server, ended, environment, running

SAID = {
    "eos_token_id": 2,
    "do_sample": True,
    "temperature": 0.5,
    "repetition_penalty": 1.5,
    "elbarto": {"gen_length": 32, "tokens_per_step": 2, "block_length": 8, "temperature": 0.25},
}

MakeCheckpoint = Callable[..., str]


@pytest.fixture(scope="module")
def make_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> MakeCheckpoint:
    """A copy of the fixture checkpoint with this generation_config.json; its path."""

    def make(**config: Any) -> str:
        copy = shutil.copytree(CHECKPOINT, tmp_path_factory.mktemp("checkpoint") / "mini")
        (copy / "generation_config.json").write_text(json.dumps(config))
        return str(copy)

    return make


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory, make_checkpoint: MakeCheckpoint) -> Iterator[Server]:
    """A server of such a checkpoint, with one default also set by the operator."""
    variables = {"ELBARTO_MODEL_PATH": make_checkpoint(**SAID), "ELBARTO_BLOCK_LENGTH": "4"}
    with running(tmp_path_factory.mktemp("talking") / "log", **variables) as server:
        server.wait_until_ready()
        yield server
        server.stop()


def test_replies_are_made_as_it_says(talking: Server) -> None:
    params = talking.chat(ignore_eos=True)["elbarto"]["params"]

    assert (params["gen_length"], params["steps"], params["block_length"]) == (32, 16, 4)
    assert (params["temperature"], params["repetition_penalty"]) == (0.25, 1.5)


def test_a_request_stands_above_it(talking: Server) -> None:
    asked = {"gen_length": 8, "steps": 8, "temperature": 0, "repetition_penalty": 1, "top_k": 3}

    assert talking.chat(**asked)["elbarto"]["params"].items() >= asked.items()


def test_the_log_names_what_came_from_there(talking: Server) -> None:
    line = talking.wait_for_log(r"request defaults from the checkpoint: (.*)")[1]

    assert line == "steps one for each 2 tokens, gen_length 32, temperature 0.25, repetition_penalty 1.5"


def test_penalties_change_the_reply(talking: Server) -> None:
    plain = {"max_tokens": 24, "temperature": 0, "repetition_penalty": 1, "ignore_eos": True, "return_token_ids": True}
    plain["steps"] = 24

    def ids(**penalties: float) -> list[int]:
        token_ids: list[int] = talking.chat(**{**plain, **penalties})["choices"][0]["token_ids"]
        return token_ids

    off = ids()
    assert ids(presence_penalty=0.0, frequency_penalty=0) == off
    assert len(set(ids(frequency_penalty=-2, presence_penalty=-2))) < len(set(off))
    strong = ids(repetition_penalty=100)
    assert len(set(strong)) == len(strong) == 24


def test_a_penalty_out_of_range_is_a_400(talking: Server) -> None:
    response = talking.post(messages=[{"role": "user", "content": "Hi"}], presence_penalty=3)

    error = response.json()["error"]
    assert (response.status_code, error["param"]) == (400, "presence_penalty")
    assert error["message"] == "presence_penalty must be a number of at least -2 and at most 2, got 3"


def test_a_bad_one_stops_the_start_in_one_line(tmp_path: Path, make_checkpoint: MakeCheckpoint) -> None:
    path = make_checkpoint(eos_token_id=2, elbarto={"blocklength": 4})

    code, log = ended(tmp_path / "log", ELBARTO_MODEL_PATH=path)

    lines = [line for line in log.splitlines() if line.startswith("elbarto: error: ")]
    assert code == 2
    assert lines == [
        f"elbarto: error: {path}/generation_config.json: 'elbarto.blocklength' is unknown; allowed in elbarto: "
        "tokens_per_step, gen_length, block_length, decode_mode, threshold, factor, gamma, small_block_length, "
        "remasking, schedule_eps, temperature, presence_penalty, frequency_penalty, infill_mode, infill_context, "
        "infill_canvas."
    ]
    assert "Traceback" not in log


def test_a_bad_one_that_is_left_aside_stops_nothing(tmp_path: Path, make_checkpoint: MakeCheckpoint) -> None:
    path = make_checkpoint(**SAID | {"top_p": 7})

    with running(tmp_path / "log", ELBARTO_MODEL_PATH=path, ELBARTO_GENERATION_CONFIG="none") as server:
        server.wait_until_ready()
        params = server.chat(max_tokens=4)["elbarto"]["params"]
        server.stop()

    assert (params["temperature"], params["repetition_penalty"], params["top_p"]) == (0.0, 1.0, 1.0)
    assert "defaults of requests" not in server.text


def shown(*flags: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "config", "--show", *flags]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**variables), capture_output=True, text=True, timeout=60, check=False
    )


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: re.split(r" {2,}", line)[1:] for line in done.stdout.splitlines()}


def test_config_show_names_what_came_from_there(make_checkpoint: MakeCheckpoint) -> None:
    path = make_checkpoint(**SAID)
    source = f"checkpoint ({os.path.join(path, 'generation_config.json')})"

    table = rows(shown("--temperature", "0.75", ELBARTO_MODEL_PATH=path))

    assert table["gen_length"] == ["32", source]
    assert table["steps"] == ["one for each 2 tokens", source]
    assert table["temperature"] == ["0.75", "command line"]
    assert table["top_p"] == ["1.0", "default"]
    assert rows(shown("--generation-config", "none", ELBARTO_MODEL_PATH=path))["gen_length"] == ["unset", "default"]


def test_config_show_of_a_bad_one_is_one_line(make_checkpoint: MakeCheckpoint) -> None:
    done = shown(ELBARTO_MODEL_PATH=make_checkpoint(top_p=2))

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "generation_config.json: top_p is 2; allowed: a number from 0 to 1." in done.stderr


def test_config_show_of_a_checkpoint_that_is_elsewhere() -> None:
    table = rows(shown(ELBARTO_MODEL_PATH="nobody/has-this"))

    assert table["steps"] == ["256", "default, unless the checkpoint (not downloaded yet) has one"]
