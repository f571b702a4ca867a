"""The front (HTTP, service and tokenizer) needs an EngineClient, and no torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import Future

import pytest

from app.errors import ModelLoading, ShuttingDown
from app.messages.options import Overrides
from app.serving.backend import Frontend
from app.serving.requests import ChatRequest
from app.serving.service import Service
from app.settings import EMBEDDED_MODEL, ROOT
from tests.doubles.app import fake_frontend
from tests.doubles.engine_client import FakeEngineClient
from tests.doubles.tokenizer import byte_ids

HELLO = ChatRequest(messages=[{"role": "user", "content": "Hello"}])

# `None` in sys.modules makes every import of the name fail, and hides it from `importlib.util.find_spec`.
SCRIPT = f"""
import json, sys
sys.modules["torch"] = None
from concurrent.futures import Future
from app.api import HttpConfig, create_flask
from app.models.generation_config import read_request_defaults
from app.models.sources import HuggingFaceFolder
from app.messages.options import Overrides
from app.serving.backend import Frontend
from app.serving.service import Service
from app.text.tokenizer import Tokenizer
from tests.doubles.engine_client import FakeEngineClient

source = HuggingFaceFolder({str(EMBEDDED_MODEL)!r})
defaults = read_request_defaults(source.generation_config(), source.generation_config_path)
tokenizer = Tokenizer(source.tokenizer())
frontend = Future()
frontend.set_result(Frontend(tokenizer, defaults))
engine = FakeEngineClient(tokenizer.encode("return 42"), vocab_size=source.config()["vocab_size"])
client = create_flask(Service(engine, frontend, Overrides()), HttpConfig()).test_client()
body = {{"messages": [{{"role": "user", "content": "Say it."}}], "max_tokens": 16}}
answer = client.post("/v1/chat/completions", json=body).json
prompt = tokenizer.decode(engine.submitted[0].prompt_ids, skip_special_tokens=False)
print(json.dumps({{"answer": answer, "prompt": prompt, "torch": str(sys.modules["torch"])}}))
"""


@pytest.mark.process
def test_a_chat_is_answered_where_torch_cannot_be_imported() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout.splitlines()[-1])
    (choice,) = printed["answer"]["choices"]
    assert choice["message"]["content"] == "return 42"
    assert choice["finish_reason"] == "stop"
    assert "Say it." in printed["prompt"]
    assert printed["torch"] == "None"


def test_nothing_is_answered_before_the_frontend_is_there() -> None:
    frontend: Future[Frontend] = Future()
    service = Service(FakeEngineClient(byte_ids("Hi")), frontend, Overrides())

    assert service.health().state == "loading"
    assert service.health().model is None
    with pytest.raises(ModelLoading):
        service.chat(HELLO)
    with pytest.raises(ModelLoading):
        service.tokenize("text", add_special_tokens=False)

    frontend.set_result(fake_frontend())
    service.wait_until_ready()
    assert service.health().state == "ready"
    assert service.tokenize("text", add_special_tokens=False) == byte_ids("text")
    assert list(service.chat(HELLO))


def test_what_the_engine_is_counts_too() -> None:
    frontend: Future[Frontend] = Future()
    frontend.set_result(fake_frontend())
    engine = FakeEngineClient(byte_ids("Hi"))
    service = Service(engine, frontend, Overrides())

    engine.state = "loading"
    with pytest.raises(ModelLoading):
        service.tokenize("text", add_special_tokens=False)
    service.close()
    with pytest.raises(ShuttingDown):
        service.chat(HELLO)


def test_a_frontend_that_cannot_be_loaded_is_reported_to_callers_that_wait() -> None:
    frontend: Future[Frontend] = Future()
    frontend.set_exception(OSError("no tokenizer"))

    with pytest.raises(OSError, match="no tokenizer"):
        Service(FakeEngineClient([]), frontend, Overrides()).wait_until_ready()
