"""Completions and holes over real gunicorn: their checks of docs/develop/conformance.md.

The small checkpoint has no delete token, so it only continues prompts; the embedded model fills holes.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers import Server, events

PREFIX, SUFFIX = "def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        ", "\n    return a\n"
# The same hole in every dialect; all of them with temperature 0.
PROMPTS = {
    "starcoder": f"<fim_prefix>{PREFIX}<fim_suffix>{SUFFIX}<fim_middle>",
    "qwen": f"<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>",
    "codegemma": f"<|fim_suffix|>{SUFFIX}<|fim_prefix|>{PREFIX}<|fim_middle|>",
    "codellama": f"<PRE> {PREFIX} <SUF>{SUFFIX} <MID>",
    "deepseek": f"<｜fim▁begin｜>{PREFIX}<｜fim▁hole｜>{SUFFIX}<｜fim▁end｜>",
    "codestral": f"[SUFFIX]{SUFFIX}[PREFIX]{PREFIX}",
    "seed-coder": f"<[fim-suffix]>{SUFFIX}<[fim-prefix]>{PREFIX}<[fim-middle]>",
    "glm": f"<|code_prefix|>{PREFIX}<|code_suffix|>{SUFFIX}<|code_middle|>",
}
ROUTES: dict[str, dict[str, Any]] = {
    "/v1/completions": {"prompt": PREFIX, "suffix": SUFFIX},
    "/v1/fim/completions": {"prompt": PREFIX, "suffix": SUFFIX},
    "/beta/completions": {"prompt": PREFIX, "suffix": SUFFIX},
    "/infill": {"input_prefix": PREFIX, "input_suffix": SUFFIX},
}


def ask(server: Server, path: str = "/v1/completions", **body: Any) -> dict[str, Any]:
    response = server.post(path, **{"temperature": 0, **body})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def stream(server: Server, path: str = "/v1/completions", **body: Any) -> list[Any]:
    with server.client.stream("POST", path, json={"temperature": 0, **body, "stream": True}) as response:
        assert response.status_code == 200, response.read()
        return list(events(response.iter_lines()))


def text_of(answer: Any) -> str:
    """The text of an answer or a stream's event, in any of the routes' formats."""
    if answer == "[DONE]":
        return ""
    if "content" in answer:
        return str(answer["content"])
    choice = answer["choices"][0]
    return str(choice["text"] if "text" in choice else (choice.get("message") or choice["delta"])["content"])


@pytest.fixture(scope="module")
def hole(embedded: Server) -> str:
    answer = ask(embedded, "/v1/infill", segments=[PREFIX, {"hole": {}}, SUFFIX])
    text: str = answer["holes"][0]["text"]
    assert text.strip()
    return text


@pytest.mark.parametrize("path", ROUTES)
def test_check_12_every_route_fills_the_same_hole(embedded: Server, hole: str, path: str) -> None:
    assert text_of(ask(embedded, path, **ROUTES[path])) == hole
    assert "".join(map(text_of, stream(embedded, path, **ROUTES[path]))) == hole


@pytest.mark.parametrize("dialect", PROMPTS)
def test_check_12_every_dialect_is_the_same_hole(embedded: Server, hole: str, dialect: str) -> None:
    answer = ask(embedded, prompt=PROMPTS[dialect], fim_dialects=[dialect], max_tokens=4096)

    assert text_of(answer) == hole
    assert answer["elbarto"]["infill_mode"] == "both"
    assert answer["elbarto"]["warnings"] == ["max_tokens was lowered from 4096 to 128."]


@pytest.mark.parametrize("path", ROUTES)
def test_check_12_an_empty_suffix(embedded: Server, path: str) -> None:
    nothing = {name: "" if "suffix" in name else value for name, value in ROUTES[path].items()}

    assert text_of(ask(embedded, path, **nothing)).strip()


def test_check_12_a_prompt_of_sentinels_in_chat_is_text(embedded: Server) -> None:
    messages = [{"role": "user", "content": PROMPTS["starcoder"]}]

    answer = embedded.chat(messages=messages, max_tokens=8)

    tokens = embedded.post("/tokenize", messages=messages).json()
    assert answer["usage"]["prompt_tokens"] == len(tokens["tokens"])
    assert "infill_mode" not in answer["elbarto"]


def test_one_line_costs_no_more_than_one_line(embedded: Server) -> None:
    """A stop at a line break, as Continue sends it within a line, gives a single-line hole's text for the same work."""
    hole = {"hole": {"single_line": True}}
    line = ask(embedded, "/v1/infill", segments=[PREFIX, hole, SUFFIX], speculation="off")

    answer = ask(embedded, prompt=PREFIX, suffix=SUFFIX, stop=["\n", "```"], speculation="off")

    assert text_of(answer) == line["holes"][0]["text"] != ""
    assert answer["elbarto"]["denoise_forwards"] == line["elbarto"]["denoise_forwards"]


def test_several_candidates_are_distinct(embedded: Server) -> None:
    choices = ask(embedded, prompt="def f(items):\n    ", suffix="\n", n=3, stop=["\n"])["choices"]

    assert len({choice["text"] for choice in choices}) == 3


def test_log_probabilities_of_a_hole(embedded: Server, hole: str) -> None:
    choice = ask(embedded, prompt=PREFIX, suffix=SUFFIX, logprobs=2)["choices"][0]

    logprobs = choice["logprobs"]
    assert "".join(logprobs["tokens"]) == choice["text"] == hole
    assert all(value <= 0 for value in logprobs["token_logprobs"])
    pairs = zip(logprobs["tokens"], logprobs["top_logprobs"], strict=True)
    assert all(token in top and 1 <= len(top) <= 3 for token, top in pairs)


def test_check_11_lists_of_prompts(server: Server) -> None:
    """Four forms of the same two prompts, and each prompt's choices in order."""
    prompts = ["hello", "def f("]
    ids = [server.post("/tokenize", prompt=prompt, add_special_tokens=True).json()["tokens"] for prompt in prompts]
    single = [ask(server, prompt=prompt, max_tokens=12)["choices"][0]["text"] for prompt in prompts]

    for prompt in (prompts, ids):
        answer = ask(server, prompt=prompt, max_tokens=12)
        assert [choice["index"] for choice in answer["choices"]] == [0, 1]
        assert [choice["text"] for choice in answer["choices"]] == single
    assert ask(server, prompt=ids[1], max_tokens=12)["choices"][0]["text"] == single[1]
    assert ask(server, prompt=prompts, n=2, max_tokens=4)["choices"][3]["index"] == 3


def test_check_11_lists_of_prompts_streamed(server: Server) -> None:
    asked = {"prompt": ["hello", "def f("], "max_tokens": 12, "stream_options": {"include_usage": True}}
    whole = ask(server, prompt=asked["prompt"], max_tokens=12)

    *chunks, usage, done = stream(server, **asked)

    assert done == "[DONE]"
    assert usage["choices"] == []
    assert usage["usage"]["completion_tokens"] == whole["usage"]["completion_tokens"]
    for choice in whole["choices"]:
        own = [chunk["choices"][0] for chunk in chunks if chunk["choices"][0]["index"] == choice["index"]]
        assert "".join(piece["text"] for piece in own) == choice["text"]
        assert own[-1]["finish_reason"] == choice["finish_reason"]


def test_check_15_echo(server: Server) -> None:
    plain = ask(server, prompt="hello", max_tokens=8)["choices"][0]["text"]

    assert ask(server, prompt="hello", max_tokens=8, echo=True)["choices"][0]["text"] == f"hello{plain}"
    assert "".join(map(text_of, stream(server, prompt="hello", max_tokens=8, echo=True))) == f"hello{plain}"
    refused = server.post("/v1/completions", prompt="hello", max_tokens=1, echo=True, logprobs=1)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "echo")


def test_check_15_log_probabilities(server: Server) -> None:
    choice = ask(server, prompt="hello", max_tokens=8, logprobs=3, ignore_eos=True)["choices"][0]

    logprobs = choice["logprobs"]
    assert len(logprobs["tokens"]) == 8
    for token, value, top in zip(logprobs["tokens"], logprobs["token_logprobs"], logprobs["top_logprobs"], strict=True):
        assert top[token] == value == max(top.values()), "greedy takes the likeliest"
