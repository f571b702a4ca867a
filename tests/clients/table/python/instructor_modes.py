"""instructor, in each of its modes that a server has to support."""

from __future__ import annotations

import instructor
import openai
from checks import run
from weather import LIMIT, QUESTION, Weather, is_weather


def ask(url: str, mode: instructor.Mode) -> bool:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as plain:
        client = instructor.from_openai(plain, mode=mode)
        messages = [{"role": "user", "content": QUESTION}]
        return is_weather(client.create(model="any", messages=messages, response_model=Weather, max_tokens=LIMIT))


def tools(url: str) -> None:
    assert ask(url, instructor.Mode.TOOLS)


def strict_tools(url: str) -> None:
    assert ask(url, instructor.Mode.TOOLS_STRICT)


def json_schema(url: str) -> None:
    assert ask(url, instructor.Mode.JSON_SCHEMA)


def responses_tools(url: str) -> None:
    assert ask(url, instructor.Mode.RESPONSES_TOOLS)


if __name__ == "__main__":
    run(tools, strict_tools, json_schema, responses_tools)
