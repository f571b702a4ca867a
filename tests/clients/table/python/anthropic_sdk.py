"""anthropic: messages, streams, tools, structured output, counting."""

from __future__ import annotations

from typing import Any, Literal

import anthropic
from checks import CODE, run
from pydantic import BaseModel, ConfigDict
from weather import LIMIT


class Weather(BaseModel):
    model_config = ConfigDict(extra="forbid")
    city: Literal["Paris", "Rome"]  # the SDK leaves the limits of strings out of schemas


MESSAGES = [{"role": "user", "content": CODE}]
ASKED: dict[str, Any] = {"model": "any", "messages": MESSAGES, "max_tokens": LIMIT}
TOOL = {"name": "weather", "description": "The weather.", "input_schema": Weather.model_json_schema()}


def client(url: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)


def messages(url: str) -> None:
    assert "def " in client(url).messages.create(**ASKED).content[0].text


def stream(url: str) -> None:
    with client(url).messages.stream(**ASKED) as events:
        text = "".join(events.text_stream)
        assert text == events.get_final_message().content[0].text


def forced_tools(url: str) -> None:
    forced = {**ASKED, "tools": [TOOL], "tool_choice": {"type": "tool", "name": "weather"}}
    (call,) = client(url).messages.create(**forced).content
    assert Weather(**call.input)


def structured_output(url: str) -> None:
    assert isinstance(client(url).messages.parse(**ASKED, output_format=Weather).parsed_output, Weather)


def count_tokens(url: str) -> None:
    assert client(url).messages.count_tokens(model="any", messages=MESSAGES).input_tokens > 0


def models(url: str) -> None:
    assert [model.id for model in client(url).models.list()]


if __name__ == "__main__":
    run(messages, stream, forced_tools, structured_output, count_tokens, models)
