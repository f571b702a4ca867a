"""litellm's proxy, started here with one deployment per provider, and asked over HTTP as its users do."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from checks import CODE, run

MESSAGES = [{"role": "user", "content": CODE}]
DEPLOYMENTS = {"as-openai": "openai/any", "as-vllm": "hosted_vllm/any", "as-anthropic": "anthropic/any"}
KEY = "sk-" + "0" * 48  # it refuses weak ones
START_S = 180.0


def start(url: str) -> tuple[subprocess.Popen[bytes], httpx.Client]:
    """The proxy, once it answers."""
    models = [
        {
            "model_name": name,
            "litellm_params": {
                "model": model,
                "api_base": url if "anthropic" in name else f"{url}/v1",
                "api_key": "none",
            },
        }
        for name, model in DEPLOYMENTS.items()
    ]
    config = Path("config.yaml")
    config.write_text(json.dumps({"model_list": models, "litellm_settings": {"drop_params": True}}), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("litellm")
    command = [str(program), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=sys.stderr, env={**os.environ, "LITELLM_MASTER_KEY": KEY})
    headers = {"Authorization": f"Bearer {KEY}"}
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=120, trust_env=False)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if client.get("/health/liveliness").status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.5)
    return process, client


def post(path: str, **body: Any) -> httpx.Response:
    answer = proxy.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer


def chat(_: str) -> None:
    for name in DEPLOYMENTS:
        answer = post("/v1/chat/completions", model=name, messages=MESSAGES, max_tokens=64).json()
        assert answer["choices"][0]["message"]["content"], name


def stream(_: str) -> None:
    text = post("/v1/chat/completions", model="as-openai", messages=MESSAGES, stream=True).text
    assert text.strip().endswith("data: [DONE]")


def responses(_: str) -> None:
    assert post("/v1/responses", model="as-openai", input=CODE).json()["status"] == "completed"


def messages(_: str) -> None:
    for name in DEPLOYMENTS:
        answer = post("/v1/messages", model=name, messages=MESSAGES, max_tokens=64).json()
        assert answer["content"][0]["text"], name
        streamed = post("/v1/messages", model=name, messages=MESSAGES, max_tokens=64, stream=True).text
        assert "event: message_stop" in streamed, name


def health(_: str) -> None:
    assert proxy.get("/health").json()["unhealthy_endpoints"] == []


if __name__ == "__main__":
    process, proxy = start(sys.argv[1])
    try:
        run(chat, stream, responses, messages, health)
    finally:
        process.terminate()
        process.wait(30)
