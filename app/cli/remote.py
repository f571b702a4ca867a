"""A chat model on a server with OpenAI's API, using only the standard library."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from app.errors import ConfigError, ElBartoError

TIMEOUT_S = 300.0  # of silence; this server sends keep-alive comments more often
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class RemoteError(ElBartoError):
    """The server cannot be reached, rejects a request, or fails while it answers."""


class RemoteModel:
    def __init__(self, url: str, api_key: str | None, max_tokens: int | None) -> None:
        """`url` may or may not end with /v1. Requests the model's id; raises ConfigError or RemoteError."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"--url must be a URL such as http://127.0.0.1:8000, got {url!r}")
        self._base = url.rstrip("/").removesuffix("/v1") + "/v1"
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._max_tokens = max_tokens
        # A proxy for the internet cannot reach this machine's loopback interface.
        proxies = [urllib.request.ProxyHandler({})] if parts.hostname in LOOPBACK else []
        self._opener = urllib.request.build_opener(*proxies)
        self._model = self._find_model()

    def stream(self, messages: Sequence[Mapping[str, str]]) -> Generator[str]:
        """The pieces of the answer; raises RemoteError. Closing it closes the connection, which stops the server."""
        body: dict[str, Any] = {"model": self._model, "messages": list(messages), "stream": True}
        if self._max_tokens is not None:
            body["max_tokens"] = self._max_tokens
        with self._open("/chat/completions", body) as response:
            for chunk in _chunks(_lines(response)):
                for choice in chunk.get("choices", ()):
                    if text := choice["delta"].get("content"):
                        yield text

    def close(self) -> None:
        """Each request has its own connection, so there is nothing to close."""

    def _find_model(self) -> str:
        with self._open("/models") as response:
            try:
                return str(json.load(response)["data"][0]["id"])
            except (ValueError, KeyError, IndexError, TypeError):
                raise RemoteError(f"{self._base}/models did not answer in OpenAI's format") from None

    def _open(self, path: str, body: Mapping[str, Any] | None = None) -> http.client.HTTPResponse:
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        request = urllib.request.Request(self._base + path, data, headers)
        try:
            response: http.client.HTTPResponse = self._opener.open(request, timeout=TIMEOUT_S)
        except urllib.error.HTTPError as error:
            with error:
                raise RemoteError(_message(error.read(), f"the server answered with status {error.code}")) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise RemoteError(f"cannot reach a server at {self._base}: {reason}") from None
        return response


def _lines(response: Iterable[bytes]) -> Iterator[str]:
    try:
        for line in response:
            yield line.decode("utf-8", "replace").rstrip("\r\n")
    except (OSError, http.client.HTTPException) as error:
        raise RemoteError(f"the connection was lost: {error}") from None


def _chunks(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The events of a stream up to [DONE]; raises RemoteError for an error event and for a stream that is cut off."""
    for line in lines:
        if not line.startswith("data:"):
            continue  # a comment, or the empty line between events
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            return
        chunk: dict[str, Any] = json.loads(data)
        if "error" in chunk:
            raise RemoteError(_message(data.encode(), "the server failed"))
        yield chunk
    raise RemoteError("the connection ended before the answer was complete")


def _message(body: bytes, otherwise: str) -> str:
    """The message of an error in OpenAI's format, or `otherwise`."""
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return otherwise
