"""Open WebUI's own server, asked as its page asks it: models, a chat, a streamed one, a title."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from checks import CODE, run

START_S = 300.0


def start(url: str) -> tuple[subprocess.Popen[bytes], httpx.Client]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    variables = {
        "OPENAI_API_BASE_URL": f"{url}/v1",
        "OPENAI_API_KEY": "none",
        "ENABLE_OLLAMA_API": "true",
        "OLLAMA_BASE_URL": url,
        "WEBUI_AUTH": "False",
        "WEBUI_SECRET_KEY": "none",
        "DATA_DIR": str(Path.cwd() / "data"),
        "OFFLINE_MODE": "True",
        "HF_HUB_OFFLINE": "1",
        "RAG_EMBEDDING_ENGINE": "openai",
        "BYPASS_EMBEDDING_AND_RETRIEVAL": "True",
    }
    program = str(Path(sys.executable).with_name("open-webui"))
    process = subprocess.Popen(
        [program, "serve", "--host", "127.0.0.1", "--port", str(port)], stdout=sys.stderr, env=os.environ | variables
    )
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if client.get("/health").status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(1)
    token = client.post("/api/v1/auths/signin", json={"email": "", "password": ""}).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return process, client


def post(path: str, **body: Any) -> httpx.Response:
    answer = web.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer


def names() -> list[str]:
    """The model, as OpenAI's API and as Ollama's name it."""
    return [model["id"] for model in web.get("/api/models").json()["data"] if "arena" not in model["id"]]


def models(_: str) -> None:
    assert len(names()) == 2, names()


def chat(_: str) -> None:
    for name in names():
        body = {"model": name, "messages": [{"role": "user", "content": CODE}]}
        assert "def " in post("/api/chat/completions", **body).json()["choices"][0]["message"]["content"], name


def stream(_: str) -> None:
    for name in names():
        body = {"model": name, "messages": [{"role": "user", "content": CODE}], "stream": True}
        assert "[DONE]" in post("/api/chat/completions", **body).text, name


def title(_: str) -> None:
    messages = [{"role": "user", "content": CODE}, {"role": "assistant", "content": "def is_even(n): ..."}]
    assert post("/api/v1/tasks/title/completions", model=names()[0], messages=messages).json()


def verify_connection(url: str) -> None:
    assert post("/openai/verify", url=f"{url}/v1", key="none").json()["data"]


if __name__ == "__main__":
    process, web = start(sys.argv[1])
    try:
        run(models, chat, stream, title, verify_connection)
    finally:
        process.terminate()
        process.wait(60)
