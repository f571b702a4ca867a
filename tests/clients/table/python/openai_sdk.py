"""openai: every method of the client that the server has a route for."""

from __future__ import annotations

import openai
from checks import CODE, run
from weather import LIMIT, QUESTION, Weather, is_weather

MESSAGES = [{"role": "user", "content": CODE}]
ASKED = {"model": "any", "messages": [{"role": "user", "content": QUESTION}], "max_tokens": LIMIT}


def client(url: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)


def models(url: str) -> None:
    (model,) = client(url).models.list()
    assert client(url).models.retrieve(model.id).id == model.id


def chat(url: str) -> None:
    answer = client(url).chat.completions.create(model="any", messages=MESSAGES, n=2)
    assert [choice.finish_reason for choice in answer.choices] == ["stop", "stop"]
    assert "def " in answer.choices[0].message.content


def stream(url: str) -> None:
    options = {"stream": True, "stream_options": {"include_usage": True}}
    *chunks, last = client(url).chat.completions.create(model="any", messages=MESSAGES, **options)
    assert "def " in "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert last.usage.completion_tokens > 0


def logprobs(url: str) -> None:
    answer = client(url).chat.completions.create(**ASKED, logprobs=True, top_logprobs=2)
    assert all(len(entry.top_logprobs) == 2 for entry in answer.choices[0].logprobs.content)


def logit_bias(url: str) -> None:
    asked = {"model": "any", "messages": MESSAGES, "max_tokens": 16}
    plain, biased = (
        client(url).chat.completions.create(**asked, **more).choices[0].message.content
        for more in ({}, {"logit_bias": {"300": 100}})
    )
    assert plain != biased


def parse(url: str) -> None:
    answer = client(url).chat.completions.parse(**ASKED, response_format=Weather)
    assert is_weather(answer.choices[0].message.parsed)


def forced_tools(url: str) -> None:
    tools = [openai.pydantic_function_tool(Weather, name="weather")]
    forced = {**ASKED, "tools": tools, "tool_choice": "required", "parallel_tool_calls": False}
    (call,) = client(url).chat.completions.parse(**forced).choices[0].message.tool_calls
    assert is_weather(call.function.parsed_arguments)


def prefill(url: str) -> None:
    begun = [*MESSAGES, {"role": "assistant", "content": "```python\ndef foo("}]
    more = {"continue_final_message": True, "add_generation_prompt": False}
    answer = client(url).chat.completions.create(model="any", messages=begun, max_tokens=32, extra_body=more)
    assert not answer.choices[0].message.content.startswith("```")


def prediction(url: str) -> None:
    guess = {"type": "content", "content": "def is_even(n):\n    return n % 2 == 0\n"}
    answer = client(url).chat.completions.create(model="any", messages=MESSAGES, prediction=guess)
    assert "def " in answer.choices[0].message.content


def completions(url: str) -> None:
    asked = {"model": "any", "prompt": "def add(a, b):\n    return ", "max_tokens": 16}
    assert client(url).completions.create(**asked, logprobs=1).choices[0].logprobs
    assert client(url).completions.create(**asked, suffix="\n\nprint(add(1, 2))\n").choices[0].text


def responses(url: str) -> None:
    asked = {"model": "any", "input": QUESTION, "max_output_tokens": LIMIT}
    assert client(url).responses.create(**asked).output_text
    assert is_weather(client(url).responses.parse(**asked, text_format=Weather).output_parsed)
    with client(url).responses.stream(**asked, text_format=Weather) as events:
        assert is_weather(events.get_final_response().output_parsed)


if __name__ == "__main__":
    run(models, chat, stream, logprobs, logit_bias, parse, forced_tools, prefill, prediction, completions, responses)
