"""A server of a GGUF file."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_exactness import CASES, body, check
from tests.gguf_files import F16, Q4_K_S
from tests.models.test_gguf_tokenizer import uncertain
from tests.reference import CHECKPOINT, Case
from tests.servers import SERVE, Server, ended, running


@pytest.fixture(scope="module")
def gguf_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`elbarto serve --model-path FILE`."""
    command = (*SERVE, "--model-path", str(F16))
    with running(tmp_path_factory.mktemp("gguf") / "log", command, ELBARTO_MODEL_PATH="") as server:
        server.wait_until_ready()
        yield server
        server.stop()


@pytest.mark.parametrize("case", CASES)
def test_the_tokens_of_the_checkpoint(gguf_server: Server, case: Case) -> None:
    answer = gguf_server.chat(**body(case))
    (choice,) = answer["choices"]
    check(case, choice["token_ids"], choice["finish_reason"], answer["elbarto"])


def test_texts_are_those_of_the_checkpoint(gguf_server: Server, server: Server) -> None:
    request = {"messages": [{"role": "user", "content": "def naïve(x):\n  # 日本 <[MASK_TOKEN]>"}], "max_tokens": 24}
    answers = [one.chat(**request, return_token_ids=True) for one in (gguf_server, server)]

    assert answers[0]["choices"] == answers[1]["choices"]
    counts = [answer["usage"]["prompt_tokens"] for answer in answers]  # what is cached depends on earlier requests
    assert counts[0] == counts[1]
    assert answers[0]["model"] == "reference-a-F16"


def test_quantized_again_from_another_folder(tmp_path: Path) -> None:
    shutil.copy(Q4_K_S, tmp_path / "small.gguf")
    variables = {"ELBARTO_MODEL_PATH": str(tmp_path / "small.gguf"), "ELBARTO_QUANTIZATION": "int8"}
    with running(tmp_path / "log", **variables) as server:
        server.wait_until_ready()
        assert server.chat(max_tokens=8)["choices"][0]["finish_reason"] in ("stop", "length")
        assert "(int8)" in server.text
        server.stop()


def test_the_tokenizer_is_named(tmp_path: Path) -> None:
    path = str(uncertain(tmp_path))
    code, output = ended(tmp_path / "refused", ELBARTO_MODEL_PATH=path)

    assert code == 2
    assert "set ELBARTO_TOKENIZER to the original one" in output
    with running(tmp_path / "log", ELBARTO_MODEL_PATH=path, ELBARTO_TOKENIZER=str(CHECKPOINT)) as server:
        server.wait_until_ready()
        ids = server.post("/tokenize", content="return x").json()["tokens"]
        server.stop()
    assert ids


def test_a_truncated_file_ends_the_server_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "cut.gguf").write_bytes(F16.read_bytes()[:-1000])

    code, output = ended(tmp_path / "log", ELBARTO_MODEL_PATH=str(tmp_path / "cut.gguf"))

    assert code == 2
    assert "elbarto: error: " in output
    assert "is damaged or incomplete: tensor" in output
    assert "Traceback" not in output


def test_settings_are_shown_without_reading_the_file(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "app", "config", "--show")
    code, output = ended(tmp_path / "log", command, ELBARTO_MODEL_PATH=str(F16))

    assert code == 0
    assert "not downloaded" not in output
