"""What the shipped weights answer, token for token: nothing in them, the tokenizer or the engine changes unnoticed.

After training anew: `.venv/bin/python -m tests.e2e.test_embedded_greedy` writes the answers to the fixture; read them.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from app.messages.params import GenerationParams, ModelSource
from app.serving.backend import Backend, load_backend
from app.settings import EMBEDDED_MODEL
from tests.tiny import run

FIXTURE = Path(__file__).parents[1] / "fixtures" / "embedded-greedy.json"
PARAMS = GenerationParams(gen_length=128, steps=128, block_length=4)


def load() -> Backend:
    return load_backend(ModelSource(str(EMBEDDED_MODEL), device="cpu", dtype="float32"))


def answer(backend: Backend, request: str) -> str:
    prompt_ids = backend.tokenizer.encode_chat([{"role": "user", "content": request}], {})
    token_ids, finished = run(backend.engine, prompt_ids, PARAMS)  # type: ignore[arg-type]
    assert finished.reason == "stop"
    return backend.tokenizer.decode(token_ids, skip_special_tokens=True)


@pytest.fixture(scope="module")
def backend() -> Backend:
    return load()


ANSWERS: dict[str, str] = json.loads(FIXTURE.read_text("utf-8"))


@pytest.mark.parametrize("request_text", ANSWERS)
def test_the_answer_is_what_it_was(backend: Backend, request_text: str) -> None:
    text = answer(backend, request_text)

    assert text == ANSWERS[request_text]
    if text.startswith("```python\n"):
        ast.parse(text.removeprefix("```python\n").removesuffix("\n```"))


if __name__ == "__main__":
    loaded = load()
    answers = {request: answer(loaded, request) for request in ANSWERS}
    FIXTURE.write_text(json.dumps(answers, indent=2, ensure_ascii=False) + "\n", "utf-8")
