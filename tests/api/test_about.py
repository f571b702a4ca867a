"""/version, /tokenizer_info and /models: what clients of vLLM and llama.cpp ask first."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from jinja2 import Environment

import app
from app.text.tokenizer import Tokenizer
from tests.api.wire import error_of, post
from tests.doubles.tokenizer import ByteTokenizer

MakeClient = Callable[..., FlaskClient]
PATHS = ["/version", "/tokenizer_info", "/v1/tokenizer_info", "/models"]


def test_the_version(client: FlaskClient) -> None:
    assert client.get("/version").json == {"version": app.__version__}


def test_the_models_without_v1(client: FlaskClient) -> None:
    assert client.get("/models").json == client.get("/v1/models").json


@pytest.mark.parametrize("path", ["/tokenizer_info", "/v1/tokenizer_info"])
def test_the_tokenizer(embedded: FlaskClient, path: str) -> None:
    """Enough for lm_eval's remote tokenizer, which renders the template itself; no path of this machine."""
    info = embedded.get(path).json

    assert info["tokenizer_class"]
    assert info["model_max_length"] == 2048
    assert (info["bos_token"], info["eos_token"]) == ("<[begin_of_sentence]>", "<[end_of_sentence]>")
    assert info["added_tokens_decoder"]["0"]["content"] == info["bos_token"]
    assert info["added_tokens_decoder"]["0"]["special"] is True
    assert "/" not in json.dumps({name: value for name, value in info.items() if name != "chat_template"})
    messages = [{"role": "user", "content": "Hi"}]
    prompt = Environment().from_string(info["chat_template"]).render(messages=messages, add_generation_prompt=True)
    tokens = post(embedded, "/tokenize", prompt=prompt).json["tokens"]
    assert tokens == post(embedded, "/tokenize", messages=messages).json["tokens"]


def test_a_checkpoint_without_a_chat_template() -> None:
    assert Tokenizer(ByteTokenizer(chat_template=None)).config["chat_template"] is None


def test_several_templates_are_listed_as_in_the_file() -> None:
    tokenizer = ByteTokenizer()
    tokenizer.chat_template = {"default": "a", "tool_use": "b"}  # type: ignore[assignment]

    assert Tokenizer(tokenizer).config["chat_template"] == [
        {"name": "default", "template": "a"},
        {"name": "tool_use", "template": "b"},
    ]


@pytest.mark.parametrize("path", PATHS)
def test_they_need_the_key(make_client: MakeClient, path: str) -> None:
    client = make_client(api_key="secret")

    error_of(client.get(path), 401)
    assert client.get(path, headers={"X-Api-Key": "secret"}).status_code == 200
