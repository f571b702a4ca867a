"""Clients that complete code: Continue's own, litellm and LangChain, and what llama.vim sends; the embedded model.

All ask for the same hole, each in its own way, and get the same.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.processes import run_node, run_python
from tests.servers import Server

PREFIX, SUFFIX = "def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        ", "\n    return a\n"
# In Continue's templates, chosen by the model's name.
TEMPLATES = ("starcoder", "qwen", "qwenFiles", "seedCoder", "codestral", "codellama", "deepseek")


@pytest.fixture(scope="module")
def hole(embedded: Server) -> str:
    """What the server's own endpoint puts there."""
    segments = [PREFIX, {"hole": {}}, SUFFIX]
    answer = embedded.post("/v1/infill", segments=segments, temperature=0)
    assert answer.status_code == 200, answer.text
    text: str = answer.json()["holes"][0]["text"]
    assert text.strip()
    return text


@pytest.fixture(scope="module")
def continues(embedded: Server) -> dict[str, Any]:
    return run_node("continue.mjs", "@continuedev/openai-adapters", embedded.url)


@pytest.fixture(scope="module")
def python(embedded: Server) -> dict[str, Any]:
    return run_python("completions.py", "langchain_openai", embedded.url)


@pytest.mark.parametrize("template", TEMPLATES)
def test_continues_openai_provider(continues: dict[str, Any], hole: str, template: str) -> None:
    seen = continues["openai"][template]
    if template == "qwenFiles":  # another file is another prompt
        assert seen["text"].strip()
    else:
        assert seen["text"] == hole
    assert seen["finish"] == ["stop"]


@pytest.mark.parametrize("provider", ["mistral", "deepseek", "deepseekUnderV1", "inception"])
def test_continues_providers_with_endpoints_of_their_own(continues: dict[str, Any], hole: str, provider: str) -> None:
    assert continues[provider]["text"] == hole
    assert set(continues[provider]["finish"]) == {"stop"}


@pytest.mark.parametrize("request_name", ["noSuffix", "inceptionNoSuffix", "plain", "lines"])
def test_continues_other_requests(continues: dict[str, Any], request_name: str) -> None:
    assert continues[request_name]["text"].strip()


def test_continue_gets_a_whole_line_first(continues: dict[str, Any], hole: str) -> None:
    """When it is late, it takes no more than the first line that is not blank."""
    for request_name in ("mistral", "deepseek", "noSuffix", "lines"):
        pieces = continues[request_name]["pieces"]
        assert pieces[0].strip().splitlines()[0] == continues[request_name]["text"].strip().splitlines()[0]


def test_continues_reader_of_events(continues: dict[str, Any], hole: str) -> None:
    assert continues["raw"]["text"] == hole


def test_continue_shows_what_was_wrong(continues: dict[str, Any]) -> None:
    for message in continues["refused"].values():
        assert "temperature must be a number of at least 0 and at most 2, got 9" in message


def test_continue_leaves_with_each_keystroke(continues: dict[str, Any], embedded: Server) -> None:
    assert continues["runningAfterLeaving"] == 0
    assert embedded.queue == (0, 0)


def test_litellm(python: dict[str, Any], hole: str) -> None:
    seen = python["litellm"]
    assert seen["whole"] == seen["stream"] == seen["several"][0] != ""
    assert seen["suffix"] == seen["sentinels"] == seen["several"][1] == seen["mistral"] == hole
    assert seen["logprobs"] == seen["usage"][1] > 0


def test_langchain(python: dict[str, Any], hole: str) -> None:
    """Prompts come in a list there, and every field that was not chosen as null."""
    seen = python["langchain"]
    assert seen["whole"] == seen["stream"] != ""
    plain, holes = seen["batch"]
    assert plain == [seen["whole"]] * 2
    assert (holes[0], len(holes)) == (hole, 2), "the best comes first, and then another"
    assert seen["usage"]["total_tokens"] == seen["usage"]["prompt_tokens"] + seen["usage"]["completion_tokens"]
    assert seen["suffix"] == seen["sentinels"] == hole
    assert seen["as_text"] != hole
    assert seen["stop"] == seen["whole"].partition("+")[0]


def test_llama_vim(embedded: Server, hole: str) -> None:
    """The lines before and behind, the cursor's line so far, and the fields of the answer that it names."""
    before, _, line = PREFIX.rpartition("\n")
    fields = ["content", "timings/prompt_n", "timings/prompt_per_second", "timings/predicted_n", "timings/predicted_ms"]
    asked = {
        "input_prefix": before + "\n",
        "prompt": line,
        "input_suffix": SUFFIX,
        "input_extra": [],
        "n_predict": 128,
        "n_indent": len(line),
        "samplers": ["top_k", "top_p", "infill"],
        "cache_prompt": True,
        "t_max_prompt_ms": 500,
        "t_max_predict_ms": 250,
        "response_fields": [*fields, "truncated", "tokens_cached"],
        "temperature": 0,
    }

    warmed = embedded.post("/infill", **{**asked, "n_predict": 0, "response_fields": [""]})
    answer = embedded.post("/infill", **asked)

    assert (warmed.status_code, warmed.json()) == (200, {})
    assert list(answer.json()) == asked["response_fields"]
    assert answer.json()["content"] == hole
    assert answer.json()["timings/predicted_n"] > 0
    assert answer.json()["timings/predicted_ms"] > 0


def test_llama_cpps_other_routes(embedded: Server) -> None:
    assert embedded.client.get("/props").json()["default_generation_settings"]["n_ctx"] == 2048
    assert embedded.client.get("/v1/health").json()["status"] == "ok"
