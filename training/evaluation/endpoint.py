"""A server for the evaluation, and its endpoints over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.settings import CONFIG_VARIABLE, ROOT, SETTINGS

START_SECONDS = 120.0
REPLY_SECONDS = 300.0
MAX_TOKENS = 256


class ServerFailed(Exception):
    """The server did not start, or did not answer a request."""


@dataclass(frozen=True)
class Reply:
    """`tokens` counts delivered tokens; `forwards` counts denoising forwards, not the prefill."""

    text: str
    ended: bool
    tokens: int
    forwards: int
    token_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Endpoint:
    client: httpx.Client

    def ask(self, request: str, **options: Any) -> Reply:
        """One user message; greedy unless the options say otherwise."""
        return self.converse([{"role": "user", "content": request}], **options)

    def converse(self, messages: list[dict[str, str]], **options: Any) -> Reply:
        """The next turn of a conversation."""
        return self._post(messages=messages, **options)

    def continue_prompt(self, prompt_ids: list[int], **options: Any) -> Reply:
        """Continue a plain prompt of token ids."""
        return self._post(prompt_token_ids=prompt_ids, **options)

    def infill(
        self, prefix: str, suffix: str, max_tokens: int | None = None, single_line: bool = True, **options: Any
    ) -> str:
        """The text of a hole, usually in one line; the server's limit of tokens unless one is given."""
        hole: dict[str, Any] = {"single_line": single_line} | ({"max_tokens": max_tokens} if max_tokens else {})
        segments = [part for part in (prefix, {"hole": hole}, suffix) if part]
        answer = self._answer("/v1/infill", {"segments": segments, "temperature": 0, **options})
        return str(answer["holes"][0]["text"])

    def _post(self, **options: Any) -> Reply:
        body = {"temperature": 0, "max_tokens": MAX_TOKENS, "return_token_ids": True, **options}
        answer = self._answer("/v1/chat/completions", body)
        choice, details = answer["choices"][0], answer["elbarto"]
        return Reply(
            choice["message"]["content"],
            choice["finish_reason"] == "stop",
            answer["usage"]["completion_tokens"],
            details["denoise_forwards"],
            tuple(choice["token_ids"]),
        )

    def _answer(self, path: str, body: dict[str, Any]) -> Any:
        response = self.client.post(path, json=body)
        if response.status_code != 200:
            raise ServerFailed(f"status {response.status_code}: {response.text[:300]}")
        return response.json()


@contextmanager
def connected(url: str) -> Iterator[Endpoint]:
    with httpx.Client(base_url=url, timeout=REPLY_SECONDS, trust_env=False) as client:
        yield Endpoint(client)


@contextmanager
def serving(model: Path) -> Iterator[Endpoint]:
    """`python -m app serve` with that model, on a free loopback port, with one thread and default settings."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve"], cwd=ROOT, env=_environment(model), stdout=output, stderr=output
            )
        try:
            with connected(_url_when_ready(process, log)) as endpoint:
                yield endpoint
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment(model: Path) -> dict[str, str]:
    """The user's settings must not affect the figures: an empty variable means the default, and overrides .env."""
    settings = {info.variable: "" for info in SETTINGS.values()} | {CONFIG_VARIABLE: ""}
    settings |= {"ELBARTO_MODEL_PATH": str(model.resolve()), "ELBARTO_HOST": "127.0.0.1", "ELBARTO_PORT": "0"}
    return {**os.environ, **settings, "ELBARTO_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}


def _url_when_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        match = re.search(r"Listening at: (http://[\d.]+:\d+)", log.read_text("utf-8", "replace"))
        if match and _is_ready(match[1]):
            return match[1]
        time.sleep(0.3)
    raise ServerFailed(f"the server did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", trust_env=False, timeout=5).status_code == 200
    except httpx.TransportError:
        return False
