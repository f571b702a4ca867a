"""What litellm and LangChain make of completions, as one JSON object. Tests run this with .venv-clients' Python.

python completions.py http://127.0.0.1:8000
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Any

import litellm
from langchain_openai import OpenAI

PREFIX, SUFFIX = "def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        ", "\n    return a\n"
SENTINELS = f"<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>"
PLAIN = "def add(a, b):\n"


def main(url: str) -> dict[str, Any]:
    versions = {name: version(name) for name in ("litellm", "langchain-openai")}
    return {"versions": versions, "litellm": use_litellm(url), "langchain": use_langchain(url)}


def use_litellm(url: str) -> dict[str, Any]:
    def complete(prompt: Any, **more: Any) -> Any:
        server = {"model": "text-completion-openai/any", "api_base": f"{url}/v1", "api_key": "none"}
        return litellm.text_completion(**server, prompt=prompt, temperature=0, max_tokens=24, **more)

    def complete_at_mistrals(**more: Any) -> Any:
        server = {"model": "text-completion-codestral/any", "api_base": f"{url}/v1/fim/completions", "api_key": "none"}
        return litellm.text_completion(**server, prompt=PREFIX, suffix=SUFFIX, temperature=0, max_tokens=24, **more)

    whole = complete(PLAIN, logprobs=1)
    return {
        "whole": whole.choices[0].text,
        "usage": [whole.usage.prompt_tokens, whole.usage.completion_tokens],
        "logprobs": len(whole.choices[0].logprobs.tokens),
        "stream": join(complete(PLAIN, stream=True)),
        "several": [choice.text for choice in complete([PLAIN, SENTINELS]).choices],
        "suffix": complete(PREFIX, suffix=SUFFIX).choices[0].text,
        "sentinels": complete(SENTINELS).choices[0].text,
        "mistral": complete_at_mistrals().choices[0].text,
    }


def use_langchain(url: str) -> dict[str, Any]:
    def model(**more: Any) -> OpenAI:
        return OpenAI(model="any", base_url=f"{url}/v1", api_key="none", temperature=0, max_tokens=24, **more)

    batch = model(n=2, best_of=2).generate([PLAIN, SENTINELS])
    return {
        "whole": model().invoke(PLAIN),
        "stream": "".join(model().stream(PLAIN)),
        "batch": [[choice.text for choice in prompt] for prompt in batch.generations],
        "usage": batch.llm_output["token_usage"],
        "suffix": model(model_kwargs={"suffix": SUFFIX}).invoke(PREFIX),
        "sentinels": model().invoke(SENTINELS),
        "as_text": model(extra_body={"fim_dialects": []}).invoke(SENTINELS),
        "stop": model().invoke(PLAIN, stop=["+"]),
    }


def join(chunks: Any) -> str:
    return "".join(chunk.choices[0].text or "" for chunk in chunks if chunk.choices)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
