"""The OpenAI Python SDK, unchanged, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import openai
import pytest
from openai import OpenAI

from tests.reference import CHECKPOINT
from tests.servers import API_KEY, CAPACITY, HELLO, RUNNING, SLOW, Server

DIFFUSION = {"steps": 8, "gen_length": 16, "block_length": 4, "threshold": 0.9, "remasking": "low_confidence"}


@pytest.fixture
def client(server: Server) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def guarded_client(guarded: Server) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{guarded.url}/v1", api_key=API_KEY, max_retries=0) as client:
        yield client


def test_models(client: OpenAI) -> None:
    (model,) = client.models.list()
    assert model.id == CHECKPOINT.name
    assert client.models.retrieve(model.id).model_extra["max_model_len"] == 2048
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nope")


def test_whole(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="any", messages=HELLO, max_tokens=12)
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.model_extra["elbarto"]["denoise_forwards"] > 0
    assert answer._request_id.startswith("req-")


def test_stream_is_the_whole(client: OpenAI) -> None:
    asked = {"model": "any", "messages": HELLO, "max_tokens": 64, "temperature": 1.0, "seed": 5}
    whole = client.chat.completions.create(**asked)
    with client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}) as stream:
        *chunks, last = stream
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == whole.choices[0].finish_reason
    assert last.choices == []
    assert last.usage.completion_tokens == whole.usage.completion_tokens


def test_stream_helper_accumulates(client: OpenAI) -> None:
    """The SDK's own accumulator is stricter about chunks than its plain stream, and refuses to end with `length`."""
    whole = client.chat.completions.create(model="any", messages=HELLO, max_tokens=16)
    text = whole.choices[0].message.content
    stop = text[8:12]
    with client.chat.completions.stream(model="any", messages=HELLO, max_tokens=16, stop=stop) as stream:
        (choice,) = stream.get_final_completion().choices
    assert (choice.message.content, choice.finish_reason) == (text[: text.index(stop)], "stop")


def test_diffusion_fields_in_extra_body(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="any", messages=HELLO, extra_body=DIFFUSION)
    params = answer.model_extra["elbarto"]["params"]
    assert {name: params[name] for name in DIFFUSION} == DIFFUSION
    with client.chat.completions.create(model="any", messages=HELLO, extra_body=DIFFUSION, stream=True) as stream:
        *_, last = stream
    assert last.model_extra["elbarto"]["params"] | DIFFUSION == last.model_extra["elbarto"]["params"]


def test_bad_request(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="any", messages=HELLO, temperature=9)
    error = caught.value
    assert (error.param, error.type, error.code) == ("temperature", "invalid_request_error", "invalid_value")
    assert "temperature must be a number" in error.message


def test_over_long_prompt_when_streaming(client: OpenAI) -> None:
    long = [{"role": "user", "content": "word " * 4000}]
    with pytest.raises(openai.BadRequestError, match="maximum context length is 2048 tokens") as caught:
        client.chat.completions.create(model="any", messages=long, stream=True)
    assert caught.value.code == "context_length_exceeded"


def test_wrong_key(guarded: Server) -> None:
    with (
        OpenAI(base_url=f"{guarded.url}/v1", api_key="sk-wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        client.models.list()
    assert caught.value.code == "invalid_api_key"


def test_strict_model(guarded_client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        guarded_client.chat.completions.create(model="gpt-5", messages=HELLO)
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
    assert guarded_client.chat.completions.create(model=CHECKPOINT.name, messages=HELLO, max_tokens=4)


def test_full_queue(server: Server, client: OpenAI) -> None:
    with ExitStack() as stack:
        for _ in range(CAPACITY):
            stack.enter_context(server.connect(**SLOW)[0])
        server.wait_for_queue(RUNNING, CAPACITY - RUNNING)
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(model="any", messages=HELLO, stream=True)
    assert caught.value.code == "queue_full"
    assert int(caught.value.response.headers["retry-after"]) >= 1
    server.wait_for_queue(0, 0)


def test_closing_a_stream_midway_frees_the_server(server: Server, client: OpenAI) -> None:
    with client.chat.completions.create(model="any", messages=HELLO, stream=True, extra_body=SLOW) as stream:
        next(chunk for chunk in stream if chunk.choices[0].delta.content)
        assert server.queue == (1, 0)
    server.wait_for_queue(0, 0)


def test_a_timeout_frees_the_server(server: Server, client: OpenAI) -> None:
    with pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(model="any", messages=HELLO, extra_body=SLOW, timeout=0.5)
    server.wait_for_queue(0, 0)
