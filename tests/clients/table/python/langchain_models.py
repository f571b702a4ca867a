"""langchain-openai: chat, structured output in its three ways, tools, and responses."""

from __future__ import annotations

from typing import Any

from checks import CODE, run
from langchain_openai import ChatOpenAI, OpenAI
from weather import LIMIT, QUESTION, Weather, is_weather


def model(url: str, **more: Any) -> ChatOpenAI:
    return ChatOpenAI(model="any", base_url=f"{url}/v1", api_key="none", max_retries=0, **more)


def chat(url: str) -> None:
    answer = model(url).invoke(CODE)
    assert "def " in answer.content
    assert answer.usage_metadata["output_tokens"] > 0
    assert len(model(url).batch([CODE, CODE])) == 2


def stream(url: str) -> None:
    assert "def " in "".join(chunk.content for chunk in model(url).stream(CODE))


def completions(url: str) -> None:
    llm = OpenAI(model="any", base_url=f"{url}/v1", api_key="none", max_tokens=16, max_retries=0)
    assert llm.invoke("def add(a, b):\n    return ")


def structured_output(url: str) -> None:
    for method in ("json_schema", "function_calling"):
        asked = model(url, max_tokens=LIMIT).with_structured_output(Weather, method=method)
        assert is_weather(asked.invoke(QUESTION)), method


def json_mode(url: str) -> None:
    """No schema: any object will do, and the embedded model ends this one."""
    asked = model(url, max_tokens=LIMIT).with_structured_output(None, method="json_mode")
    assert isinstance(asked.invoke("Return {}"), dict)


def forced_tools(url: str) -> None:
    asked = model(url, max_tokens=LIMIT).bind_tools([Weather], tool_choice="any", parallel_tool_calls=False)
    (call,) = asked.invoke(QUESTION).tool_calls
    assert Weather(**call["args"])


def logprobs(url: str) -> None:
    answer = model(url, max_tokens=16).bind(logprobs=True).invoke(QUESTION)
    assert answer.response_metadata["logprobs"]["content"]


def responses(url: str) -> None:
    llm = model(url, max_tokens=LIMIT, use_responses_api=True)
    assert llm.invoke(CODE).text
    assert is_weather(llm.with_structured_output(Weather).invoke(QUESTION))


if __name__ == "__main__":
    run(chat, stream, completions, structured_output, json_mode, forced_tools, logprobs, responses)
