"""pydantic-ai: text, tools, and output types in its three ways, over chat and over responses."""

from __future__ import annotations

import asyncio
from typing import Any

from checks import CODE, run
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider
from weather import LIMIT, QUESTION, Weather, is_weather


def agent(url: str, of: Any = OpenAIChatModel, **more: Any) -> Agent[Any, Any]:
    model = of("any", provider=OpenAIProvider(base_url=f"{url}/v1", api_key="none"))
    return Agent(model, model_settings={"max_tokens": LIMIT, "parallel_tool_calls": False}, **more)


def chat(url: str) -> None:
    assert "def " in agent(url).run_sync(CODE).output


def stream(url: str) -> None:
    async def read() -> str:
        async with agent(url).run_stream(CODE) as result:
            return str(await result.get_output())

    assert "def " in asyncio.run(read())


def tool_output(url: str) -> None:
    assert is_weather(agent(url, output_type=Weather).run_sync(QUESTION).output)


def native_output(url: str) -> None:
    assert is_weather(agent(url, output_type=NativeOutput(Weather)).run_sync(QUESTION).output)


def responses(url: str) -> None:
    assert "def " in agent(url, OpenAIResponsesModel).run_sync(CODE).output
    assert is_weather(agent(url, OpenAIResponsesModel, output_type=Weather).run_sync(QUESTION).output)


if __name__ == "__main__":
    run(chat, stream, tool_output, native_output, responses)
