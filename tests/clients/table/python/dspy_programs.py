"""dspy: its language model. Its predictors would need a model that writes in dspy's format."""

from __future__ import annotations

from typing import Any

import dspy
from checks import CODE, run


def lm(url: str, kind: str = "chat") -> Any:
    return dspy.LM("openai/any", api_base=f"{url}/v1", api_key="none", max_tokens=200, model_type=kind, cache=False)


def chat(url: str) -> None:
    assert "def " in lm(url)(CODE)[0]


def completions(url: str) -> None:
    assert lm(url, "text")("def add(a, b):\n    return ")


def responses(url: str) -> None:
    assert lm(url, "responses")(CODE)


if __name__ == "__main__":
    run(chat, completions, responses)
