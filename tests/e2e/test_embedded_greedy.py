"""The shipped weights' answers, token for token: any change of weights, tokenizer or engine shows here.

After new training `make examples` writes the answers to the fixture; read them.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from app.messages.params import GenerationParams, ModelSource
from app.serving.backend import Backend, Frontend, load_backend
from app.settings import EMBEDDED_MODEL
from tests.tiny import run

FIXTURE = Path(__file__).parents[1] / "fixtures" / "embedded-greedy.json"
PARAMS = GenerationParams(gen_length=128, steps=128, block_length=4)


def load() -> tuple[Backend, Frontend]:
    return load_backend(ModelSource(path=str(EMBEDDED_MODEL), device="cpu", dtype="float32"))


def answer(loaded: tuple[Backend, Frontend], request: str) -> str:
    backend, frontend = loaded
    prompt_ids = frontend.tokenizer.encode_chat([{"role": "user", "content": request}], {})
    token_ids, finished = run(backend.engine, prompt_ids, PARAMS)  # type: ignore[arg-type]
    assert finished.reason == "stop"
    return frontend.tokenizer.decode(token_ids, skip_special_tokens=True)


@pytest.fixture(scope="module")
def loaded() -> tuple[Backend, Frontend]:
    return load()


ANSWERS: dict[str, str] = json.loads(FIXTURE.read_text("utf-8"))


@pytest.mark.parametrize("request_text", ANSWERS)
def test_the_answer_is_what_it_was(loaded: tuple[Backend, Frontend], request_text: str) -> None:
    text = answer(loaded, request_text)

    assert text == ANSWERS[request_text]
    if text.startswith("```python\n"):
        ast.parse(text.removeprefix("```python\n").removesuffix("\n```"))
