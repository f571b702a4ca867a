"""What clients for structured replies and tools make of a server, as one JSON object, with the Python of .venv-clients.

python structured.py http://127.0.0.1:8000
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Any

import instructor
import openai
from langchain_openai import ChatOpenAI
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from weather import LIMIT, QUESTION, Weather, is_weather


def main(url: str) -> dict[str, Any]:
    packages = ("openai", "langchain-openai", "instructor", "pydantic-ai-slim")
    return {
        "versions": {package: version(package) for package in packages},
        "openai": use_openai(url),
        "langchain": use_langchain(url),
        "instructor": use_instructor(url),
        "pydantic_ai": use_pydantic_ai(url),
    }


def use_openai(url: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": QUESTION}]
    tools = [openai.pydantic_function_tool(Weather, name="weather")]
    asked = {"model": "any", "messages": messages, "max_tokens": LIMIT}
    forced = {**asked, "tools": tools, "tool_choice": "required", "parallel_tool_calls": False}
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        completions = client.chat.completions
        parsed = completions.parse(**asked, response_format=Weather).choices[0].message.parsed
        (call,) = completions.parse(**forced).choices[0].message.tool_calls
        with completions.stream(**forced) as stream:
            deltas = [event for event in stream if event.type == "tool_calls.function.arguments.delta"]
            (choice,) = stream.get_final_completion().choices
        (streamed,) = choice.message.tool_calls
        result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
        history = [*messages, {"role": "assistant", "tool_calls": [call.model_dump()]}, result]
        after = completions.create(model="any", messages=history, tools=tools, max_tokens=8)
        scored = completions.create(**asked, logprobs=True, top_logprobs=2)
    return {
        "parsed": is_weather(parsed),
        "called": is_weather(call.function.parsed_arguments),
        "streamed": is_weather(streamed.function.parsed_arguments),
        "same": streamed.function.arguments == call.function.arguments,
        "deltas": len(deltas),
        "finish_reason": choice.finish_reason,
        "after": after.usage.completion_tokens,
        "logprobs": [len(entry.top_logprobs) for entry in scored.choices[0].logprobs.content],
    }


def use_langchain(url: str) -> dict[str, Any]:
    model = ChatOpenAI(model="any", base_url=f"{url}/v1", api_key="none", max_retries=0, max_tokens=LIMIT)
    forced = model.bind_tools([Weather], tool_choice="Weather")
    streamed = None
    for chunk in forced.stream(QUESTION):
        streamed = chunk if streamed is None else streamed + chunk
    return {
        "json_schema": is_weather(model.with_structured_output(Weather).invoke(QUESTION)),
        "function_calling": is_weather(
            model.with_structured_output(Weather, method="function_calling").invoke(QUESTION)
        ),
        "bind_tools": is_weather(Weather(**forced.invoke(QUESTION).tool_calls[0]["args"])),
        "streamed": is_weather(Weather(**streamed.tool_calls[0]["args"])),
    }


def use_instructor(url: str) -> dict[str, Any]:
    seen = {}
    for mode in (instructor.Mode.TOOLS, instructor.Mode.JSON_SCHEMA):
        with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as plain:
            client = instructor.from_openai(plain, mode=mode)
            messages = [{"role": "user", "content": QUESTION}]
            found = client.create(model="any", messages=messages, response_model=Weather, max_tokens=LIMIT)
        seen[mode.name] = is_weather(found)
    return seen


def use_pydantic_ai(url: str) -> dict[str, Any]:
    model = OpenAIChatModel("any", provider=OpenAIProvider(base_url=f"{url}/v1", api_key="none"))
    settings = {"max_tokens": LIMIT, "parallel_tool_calls": False}
    return {
        "tool": is_weather(Agent(model, output_type=Weather, model_settings=settings).run_sync(QUESTION).output),
        "native": is_weather(
            Agent(model, output_type=NativeOutput(Weather), model_settings=settings).run_sync(QUESTION).output
        ),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
