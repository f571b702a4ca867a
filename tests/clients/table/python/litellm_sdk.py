"""litellm in process, as an OpenAI and as a vLLM server, and through its bridges to the other two APIs."""

from __future__ import annotations

import asyncio
from typing import Any

import litellm
from checks import CODE, run

MESSAGES = [{"role": "user", "content": CODE}]


def ask(url: str, provider: str = "openai", **more: Any) -> Any:
    return litellm.completion(
        model=f"{provider}/any", api_base=f"{url}/v1", api_key="none", max_retries=0, **{"messages": MESSAGES, **more}
    )


def chat(url: str) -> None:
    assert all("def " in ask(url, provider).choices[0].message.content for provider in ("openai", "hosted_vllm"))


def stream(url: str) -> None:
    assert "def " in "".join(chunk.choices[0].delta.content or "" for chunk in ask(url, stream=True))


def text_with_suffix(url: str) -> None:
    answer = litellm.text_completion(
        model="text-completion-openai/any",
        api_base=f"{url}/v1",
        api_key="none",
        prompt="def add(a, b):\n    return ",
        suffix="\n\nprint(add(1, 2))\n",
        max_tokens=16,
    )
    assert answer.choices[0].text


def context_window_error(url: str) -> None:
    try:
        ask(url, messages=[{"role": "user", "content": "word " * 4000}])
    except litellm.ContextWindowExceededError:
        return
    raise AssertionError("the prompt was too long, and litellm was not told so")


def responses(url: str) -> None:
    for provider in ("openai", "hosted_vllm"):
        answer = litellm.responses(model=f"{provider}/any", input=CODE, api_base=f"{url}/v1", api_key="none")
        assert "def " in answer.output[0].content[0].text


def messages_bridge(url: str) -> None:
    """Anthropic's API towards the caller; litellm chooses what it speaks to the server."""
    for provider, base in (("openai", f"{url}/v1"), ("hosted_vllm", f"{url}/v1"), ("anthropic", url)):
        asked = {"model": f"{provider}/any", "api_base": base, "api_key": "none", "max_tokens": 64}
        answer = asyncio.run(litellm.anthropic.messages.acreate(messages=MESSAGES, **asked))
        assert answer["content"][0]["text"], provider


if __name__ == "__main__":
    run(chat, stream, text_with_suffix, context_window_error, responses, messages_bridge)
