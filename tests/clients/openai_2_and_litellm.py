"""What openai 2 and litellm make of a server, as one JSON object. A test runs this with the Python of .venv-clients.

python openai_2_and_litellm.py http://127.0.0.1:8000
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import litellm
import openai

MESSAGES = [{"role": "user", "content": "hello"}]
TOO_LONG = [{"role": "user", "content": "word " * 4000}]


def main(url: str) -> dict[str, Any]:
    versions = {"openai": version("openai"), "litellm": version("litellm")}
    return {"versions": versions, "openai_2": use_openai(url), "litellm": use_litellm(url)}


def use_openai(url: str) -> dict[str, Any]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        create = client.chat.completions.create
        whole = create(model="any", messages=MESSAGES, max_tokens=32, extra_body={"block_length": 2})
        chunks = create(model="any", messages=MESSAGES, max_tokens=32, extra_body={"block_length": 2}, stream=True)
        return {
            "whole": whole.choices[0].message.content,
            "stream": join(chunks),
            "elbarto": whole.model_extra["elbarto"],
            "too_long": refusal(lambda: create(model="any", messages=TOO_LONG)),
            "bad_field": refusal(lambda: create(model="any", messages=MESSAGES, top_p=3)),
        }


def use_litellm(url: str) -> dict[str, Any]:
    def complete(messages: list[dict[str, str]], **more: Any) -> Any:
        server = {"model": "openai/checkpoint", "api_base": f"{url}/v1", "api_key": "none", "num_retries": 0}
        return litellm.completion(**server, messages=messages, max_retries=0, **more)

    whole = complete(MESSAGES, max_tokens=32)
    return {
        "whole": whole.choices[0].message.content,
        "stream": join(complete(MESSAGES, max_tokens=32, stream=True)),
        "extra_body": complete(MESSAGES, extra_body={"gen_length": 16, "steps": 4}).choices[0].finish_reason,
        "too_long": refusal(lambda: complete(TOO_LONG)),
        "too_long_stream": refusal(lambda: list(complete(TOO_LONG, stream=True))),
        "bad_field": refusal(lambda: complete(MESSAGES, max_tokens=0)),
    }


def join(chunks: Any) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        call()
    except openai.APIError as error:  # litellm's exceptions are openai's too
        return {"class": type(error).__name__, "message": str(error), "param": error.param}
    return {"class": None}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
