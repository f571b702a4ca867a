"""What Anthropic's and Ollama's SDKs for Python make of a server, as one JSON object, with the Python of .venv-clients.

python anthropic_and_ollama.py http://127.0.0.1:8000
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, Literal

import anthropic
import ollama
from pydantic import BaseModel, ConfigDict

QUESTION = {"role": "user", "content": "Write a function that checks if a number is even."}
LIMIT = 120  # tokens


class Weather(BaseModel):
    """The weather in a city."""

    # Without it the embedded model adds members until the reply is full.
    model_config = ConfigDict(extra="forbid")
    city: Literal["Paris", "Rome"]  # Anthropic's SDK leaves the limits of strings out of schemas
    unit: Literal["celsius", "fahrenheit"]


def main(url: str) -> dict[str, Any]:
    return {"anthropic": use_anthropic(url), "ollama": use_ollama(url)}


def use_anthropic(url: str) -> dict[str, Any]:
    tool = {"name": "weather", "description": "The weather.", "input_schema": Weather.model_json_schema()}
    asked: dict[str, Any] = {"model": "any", "messages": [QUESTION], "max_tokens": LIMIT}
    forced = {**asked, "tools": [tool], "tool_choice": {"type": "tool", "name": "weather"}}
    with anthropic.Anthropic(base_url=url, api_key="none", max_retries=0) as client:
        whole = client.messages.create(**asked, system="Be brief.")
        with client.messages.stream(**asked, system="Be brief.") as stream:
            text = "".join(stream.text_stream)
            final = stream.get_final_message()
        (call,) = client.messages.create(**forced).content
        with client.messages.stream(**forced) as stream:
            (streamed,) = stream.get_final_message().content
        result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}
        history = [QUESTION, {"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
        after = client.messages.create(**{**asked, "messages": history, "tools": [tool], "max_tokens": 8})
        stopped = client.messages.create(**asked, stop_sequences=["def", "return"])
        parsed = client.messages.parse(**asked, output_format=Weather).parsed_output
        counted = client.messages.count_tokens(model="any", messages=[QUESTION], system="Be brief.")
        return {
            "whole": whole.content[0].text,
            "stream": text,
            "same": final.content[0].text == text and final.usage.output_tokens == whole.usage.output_tokens,
            "stop_reason": final.stop_reason,
            "request_id": whole._request_id,
            "counted": counted.input_tokens == whole.usage.input_tokens + whole.usage.cache_read_input_tokens,
            "called": isinstance(Weather(**call.input), Weather) and streamed.input == call.input,
            "after": after.usage.output_tokens,
            "stopped": [stopped.stop_reason, stopped.stop_sequence],
            "parsed": isinstance(parsed, Weather),
            "models": [model.id for model in client.models.list()],
            "field": refusal(lambda: client.messages.create(**asked, extra_body={"temperature": 9})),
            "too_long": refusal(lambda: client.messages.create(**{**asked, "system": "word " * 4000})),
        }


def use_ollama(url: str) -> dict[str, Any]:
    client = ollama.Client(url)
    name = client.list().models[0].model
    asked: dict[str, Any] = {"model": name, "messages": [QUESTION], "options": {"num_predict": LIMIT}}
    whole = client.chat(**asked)
    lines = list(client.chat(**asked, stream=True))
    form = client.chat(**asked, format=Weather.model_json_schema())
    filled = client.generate(name, "def add(a, b):\n    return ", suffix="\n", options={"num_predict": 16})
    shown = client.show(name)
    return {
        "name": name,
        "whole": whole.message.content,
        "stream": "".join(line.message.content for line in lines),
        "durations": [lines[-1].eval_count, lines[-1].eval_duration, lines[-1].total_duration],
        "form": isinstance(Weather.model_validate_json(form.message.content), Weather),
        "tools": client.chat(**asked, tools=[weather]).done_reason,
        "generated": client.generate(name, QUESTION["content"], options={"num_predict": LIMIT}).response,
        "filled": filled.response,
        "capabilities": shown.capabilities,
        "running": [model.context_length for model in client.ps().models],
        "field": refusal(lambda: client.chat(**{**asked, "options": {"temperature": -1}})),
        "absent": refusal(lambda: client.embed(name, "x")),
        "in_stream": refusal(lambda: list(client.chat(name, [{**QUESTION, "images": [b"x"]}], stream=True))),
    }


def weather(city: str, unit: str) -> str:
    """The weather in a city.

    Args:
      city: its name
      unit: celsius or fahrenheit
    """
    return f"sunny in {city} ({unit})"


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        call()
    except (anthropic.APIStatusError, ollama.ResponseError) as error:
        return {"class": type(error).__name__, "status": error.status_code, "message": str(error)}
    return {"class": None}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
