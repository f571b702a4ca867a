"""A conversion of Stable-DiffCoder Base: it says LlamaForCausalLM, and has no chat template."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reference import CHECKPOINT, read_cases
from tests.servers import Server, ended, running


@pytest.fixture(scope="module")
def conversion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("conversion") / "Stable-DiffCoder-8B-Base-mlx"
    shutil.copytree(CHECKPOINT, path)
    (path / "chat_template.jinja").unlink()
    config = json.loads((path / "config.json").read_text())
    for name in ("mask_token_id", "block_length", "auto_map"):
        config.pop(name, None)
    (path / "config.json").write_text(json.dumps({**config, "architectures": ["LlamaForCausalLM"]}))
    return path


@pytest.fixture(scope="module")
def base(conversion: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("base") / "log", ELBARTO_MODEL_PATH=str(conversion)) as server:
        server.wait_until_ready()
        yield server
        server.stop()


def test_it_is_recognised(base: Server) -> None:
    (model,) = base.client.get("/v1/models").json()["data"]

    assert (model["family"], model["block_length"]) == ("stable-diffcoder", 4)


def test_it_decodes_as_published(base: Server) -> None:
    cases = [case for case in read_cases() if case.params.threshold is None and case.params.gen_length <= 16]
    assert len(cases) > 10

    for case in cases:
        params = case.params
        asked = {"gen_length": params.gen_length, "steps": params.steps, "block_length": params.block_length}
        answer = base.chat(prompt_token_ids=case.prompt, return_token_ids=True, **asked)
        assert tuple(answer["choices"][0]["token_ids"]) == case.output


def test_messages_are_refused(base: Server) -> None:
    answer = base.post(messages=[{"role": "user", "content": "hello"}])

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "messages"
    assert answer.json()["error"]["message"] == (
        "This checkpoint has no chat template, so it cannot answer messages: continue a text with /v1/completions, or "
        "send prompt_token_ids."
    )


def test_texts_are_continued_and_holes_filled(base: Server) -> None:
    completion = base.post("/v1/completions", prompt="def f(x):", max_tokens=8).json()
    infill = base.post("/v1/infill", segments=["x = ", {"hole": {"max_tokens": 4}}, "\n"], infill_mode="canvas")

    assert completion["usage"]["completion_tokens"] >= 1
    assert infill.status_code == 200, infill.text


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"ELBARTO_FAMILY": "nonsense"}, "ELBARTO_FAMILY is 'nonsense'; allowed: stable-diffcoder, sdar, "),
        ({"ELBARTO_MASK_TOKEN_ID": "1024"}, "ELBARTO_MASK_TOKEN_ID is 1024; allowed: a token id of this checkpoint"),
        ({"ELBARTO_MASK_TOKEN_ID": "five"}, "ELBARTO_MASK_TOKEN_ID in the environment is 'five'; allowed: a token id"),
    ],
)
def test_wrong_hints_are_one_sentence(conversion: Path, tmp_path: Path, variables: dict, expected: str) -> None:
    code, output = ended(tmp_path / "log", ELBARTO_MODEL_PATH=str(conversion), **variables)

    assert code != 0
    assert "Traceback" not in output
    assert expected in output
