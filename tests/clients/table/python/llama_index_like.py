"""llama-index's OpenAILike."""

from __future__ import annotations

from checks import CODE, run
from llama_index.core.llms import ChatMessage
from llama_index.core.program import FunctionCallingProgram
from llama_index.llms.openai_like import OpenAILike
from weather import LIMIT, QUESTION, Weather, is_weather


def llm(url: str) -> OpenAILike:
    return OpenAILike(
        model="any",
        api_base=f"{url}/v1",
        api_key="none",
        is_chat_model=True,
        is_function_calling_model=True,
        max_tokens=LIMIT,
        max_retries=0,
    )


def chat(url: str) -> None:
    assert "def " in llm(url).chat([ChatMessage(role="user", content=CODE)]).message.content


def stream(url: str) -> None:
    *_, last = llm(url).stream_chat([ChatMessage(role="user", content=CODE)])
    assert "def " in last.message.content


def completions(url: str) -> None:
    asked = OpenAILike(model="any", api_base=f"{url}/v1", api_key="none", is_chat_model=False, max_tokens=16)
    assert asked.complete("def add(a, b):\n    return ").text
    assert [*asked.stream_complete("def add(a, b):\n    return ")]


def forced_tools(url: str) -> None:
    program = FunctionCallingProgram.from_defaults(
        output_cls=Weather, prompt_template_str=QUESTION, llm=llm(url), tool_required=True
    )
    assert is_weather(program())


if __name__ == "__main__":
    run(chat, stream, completions, forced_tools)
