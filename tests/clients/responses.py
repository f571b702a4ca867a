"""What openai 2 and LangChain make of a server's responses, as one JSON object, with the Python of .venv-clients.

python responses.py http://127.0.0.1:8000
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Any

import openai
from langchain_openai import ChatOpenAI
from weather import LIMIT, QUESTION, Weather, is_weather


def main(url: str) -> dict[str, Any]:
    packages = ("openai", "langchain-openai")
    return {
        "versions": {package: version(package) for package in packages},
        "openai": use_openai(url),
        "langchain": use_langchain(url),
    }


def use_openai(url: str) -> dict[str, Any]:
    """openai 2's models differ a little from those of openai 3, which tests in process use."""
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        asked = {"model": "any", "input": QUESTION, "max_output_tokens": LIMIT}
        with client.responses.stream(**asked, text_format=Weather) as stream:
            parsed = stream.get_final_response().output_parsed
        return {"text": client.responses.create(**asked).output_text, "parsed": is_weather(parsed)}


def use_langchain(url: str) -> dict[str, Any]:
    model = ChatOpenAI(
        model="any",
        base_url=f"{url}/v1",
        api_key="none",
        max_retries=0,
        max_tokens=LIMIT,
        use_responses_api=True,
    )
    forced = model.bind_tools([Weather], tool_choice="Weather")
    whole = model.invoke(QUESTION)
    streamed = None
    for chunk in forced.stream(QUESTION):
        streamed = chunk if streamed is None else streamed + chunk
    call = forced.invoke(QUESTION)
    messages = [
        ("user", QUESTION),
        call,
        {"role": "tool", "tool_call_id": call.tool_calls[0]["id"], "content": "sunny"},
    ]
    return {
        "text": whole.text,
        "usage": whole.usage_metadata["output_tokens"],
        "stream": "".join(chunk.text for chunk in model.stream(QUESTION)),
        "called": is_weather(Weather(**call.tool_calls[0]["args"])),
        "streamed": is_weather(Weather(**streamed.tool_calls[0]["args"])),
        "after": model.invoke(messages).usage_metadata["output_tokens"],
        "json_schema": is_weather(model.with_structured_output(Weather).invoke(QUESTION)),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
