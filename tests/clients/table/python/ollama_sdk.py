"""ollama's own client."""

from __future__ import annotations

import ollama
from checks import CODE, run

OPTIONS = {"num_predict": 64}


def client(url: str) -> ollama.Client:
    return ollama.Client(host=url)


def name(url: str) -> str:
    return str(client(url).list().models[0].model)


def models(url: str) -> None:
    assert "completion" in client(url).show(name(url)).capabilities
    assert client(url).ps().models


def chat(url: str) -> None:
    asked = {"model": name(url), "messages": [{"role": "user", "content": CODE}], "options": OPTIONS}
    whole = client(url).chat(**asked).message.content
    assert whole == "".join(part.message.content for part in client(url).chat(**asked, stream=True))


def structured_output(url: str) -> None:
    schema = {"type": "object", "properties": {"even": {"type": "boolean"}}, "required": ["even"]}
    asked = {
        "messages": [{"role": "user", "content": "Is 4 even?"}],
        "format": {**schema, "additionalProperties": False},
    }
    assert "even" in client(url).chat(model=name(url), options=OPTIONS, **asked).message.content


def generate(url: str) -> None:
    assert client(url).generate(name(url), CODE, options=OPTIONS).response


def infill(url: str) -> None:
    asked = {"prompt": "def add(a, b):\n    return ", "suffix": "\n", "options": {"num_predict": 16}}
    assert client(url).generate(name(url), **asked).response


if __name__ == "__main__":
    run(models, chat, structured_output, generate, infill)
