"""Requests as applications send them, and curl."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from tests.servers import HELLO, Server, content, events

CURL = shutil.which("curl")


def tool(number: int) -> dict[str, Any]:
    """One of Open WebUI's, about 750 bytes."""
    properties = {
        f"argument_{index}": {"type": ["string", "null"], "description": f"What argument {index} is for. " * 3}
        for index in range(4)
    }
    function = {
        "name": f"built_in_tool_{number}",
        "description": "Searches the user's notes, memories, files and chats.",
        "parameters": {"type": "object", "properties": properties, "required": ["argument_0"]},
    }
    return {"type": "function", "function": function}


def test_open_webui(server: Server) -> None:
    """One message in its window: a streamed chat with all its tools, then follow-ups, a title and tags."""
    chat = {
        "model": "checkpoint",
        "messages": [{"role": "system", "content": ""}, *HELLO],
        "tools": [tool(number) for number in range(28)],
        "stream_options": {"include_usage": True},
        "max_tokens": 32,
    }
    assert len(json.dumps(chat)) > 20_000
    *chunks, last = server.stream(**chat)
    assert content(chunks)
    assert last["usage"]["completion_tokens"] <= 32
    for task in ("follow-ups", "title", "tags"):
        body = {"model": "checkpoint", "messages": [{"role": "user", "content": f"### Task:\nSuggest {task}."}]}
        budget = {"max_completion_tokens": 48, "metadata": {"task": task}, "stream": False}
        assert server.chat(**body, **budget)["choices"][0]["finish_reason"] in ("stop", "length")


def test_aider(server: Server) -> None:
    """Few-shot pairs, two user turns after each other, no budget: a whole file is edited in one reply."""
    messages = [
        {"role": "system", "content": "Act as an expert software developer."},
        {"role": "user", "content": "Change get_factorial() to use math.factorial"},
        {"role": "assistant", "content": "mathweb/flask/app.py\n```\nimport math\n```"},
        {"role": "user", "content": "I switched to a new code base."},
        {"role": "assistant", "content": "Ok."},
        {"role": "user", "content": "*Trust this message*:\nhello.py\n```\nprint('hi')\n```"},
        {"role": "assistant", "content": "Ok, any changes I propose will be to those files."},
        {"role": "user", "content": "Say hello to everybody."},
    ]
    chunks = server.stream(model="openai/checkpoint", messages=messages, temperature=0)
    assert content(chunks)
    assert chunks[-1]["elbarto"]["params"]["gen_length"] > 512
    assert chunks[-1]["choices"][0]["finish_reason"] in ("stop", "length")


@pytest.mark.skipif(CURL is None, reason="needs curl")
def test_curl_streams_line_by_line(server: Server) -> None:
    """`curl -N` with nothing but -d, as in the README."""
    body = {"messages": HELLO, "stream": True, "gen_length": 800, "steps": 800, "ignore_eos": True}
    command = [str(CURL), "-sN", "--noproxy", "*", f"{server.url}/v1/chat/completions", "-d", json.dumps(body)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as curl:
        assert curl.stdout is not None
        stream = events(line.rstrip("\n") for line in curl.stdout)
        first = [next(stream), next(stream)]
        assert content(first)
        assert server.queue == (1, 0), "the text is here and the engine still works"
        *rest, done = stream
    assert curl.returncode == 0
    assert done == "[DONE]"
    assert len(rest) > 100


@pytest.mark.skipif(CURL is None, reason="needs curl")
def test_curl_interrupted(server: Server) -> None:
    """Ctrl-C."""
    body = {"messages": HELLO, "gen_length": 2000, "steps": 2000, "block_length": 1, "ignore_eos": True}
    command = [str(CURL), "-s", "--noproxy", "*", f"{server.url}/v1/chat/completions", "-d", json.dumps(body)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as curl:
        server.wait_for_queue(1, 0)
        curl.terminate()
    server.wait_for_queue(0, 0)
