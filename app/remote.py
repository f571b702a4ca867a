"""A server with OpenAI's API, as a client sees it. Uses only the standard library."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from app.errors import ConfigError, ElBartoError

TIMEOUT_S = 300.0  # of silence; this server sends keep-alive comments more often
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class RemoteError(ElBartoError):
    """The server cannot be reached, rejects a request, or fails while it answers.

    `status` is None unless the server has answered; a failure in mid-stream is a 500. `code` is OpenAI's, `body` the
    JSON of the answer.
    """

    def __init__(
        self,
        message: str,
        status: int | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
        body: object = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after_s, self.body = status, code, retry_after_s, body


class ApiServer:
    """The server at `url`, which may or may not end with /v1. Raises ConfigError."""

    def __init__(self, url: str, api_key: str | None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"--url must be a URL such as http://127.0.0.1:8000, got {url!r}")
        self.base = url.rstrip("/").removesuffix("/v1") + "/v1"
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        # A proxy for the internet cannot reach this machine's loopback interface.
        proxies = [urllib.request.ProxyHandler({})] if parts.hostname in LOOPBACK else []
        self._opener = urllib.request.build_opener(*proxies)

    def find_model(self) -> str:
        """The id of the first model; raises RemoteError."""
        with self._open("/models") as response:
            try:
                return str(json.load(response)["data"][0]["id"])
            except (ValueError, KeyError, IndexError, TypeError):
                raise RemoteError(f"{self.base}/models did not answer in OpenAI's format") from None

    def get(self, path: str) -> Any:
        """The JSON at a path below /v1; raises RemoteError, also for an answer with an error status."""
        return self._json(path)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """As `get`, of a request with this body."""
        return self._json(path, body)

    def health(self) -> dict[str, Any]:
        """This server's state, also while it loads or shuts down; raises RemoteError if it is another server."""
        try:
            body = self.get("/health")
        except RemoteError as error:
            if error.status != 503:
                raise
            body = error.body
        if not isinstance(body, dict) or "status" not in body:
            raise RemoteError(f"{self.base}/health did not answer as El Barto Serve does")
        return body

    def _json(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        with self._open(path, body) as response:
            try:
                return json.load(response)
            except (ValueError, OSError, http.client.HTTPException):
                raise RemoteError(f"{self.base}{path} did not answer with JSON") from None

    def stream(self, path: str, body: Mapping[str, Any]) -> Generator[dict[str, Any] | None]:
        """The events of a streamed answer, and None for every other line, such as a keep-alive; raises RemoteError.

        Closing it closes the connection, which stops the server.
        """
        with self._open(path, {**body, "stream": True}) as response:
            yield from _chunks(_lines(response))

    def _open(self, path: str, body: Mapping[str, Any] | None = None) -> http.client.HTTPResponse:
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, data, headers)
        try:
            response: http.client.HTTPResponse = self._opener.open(request, timeout=TIMEOUT_S)
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise RemoteError(f"cannot reach a server at {self.base}: {reason}") from None
        return response


def _refusal(error: urllib.error.HTTPError) -> RemoteError:
    try:
        body = error.read()
    except (OSError, http.client.HTTPException):
        body = b""
    message, code = _message(body, f"the server answered with status {error.code}")
    after = error.headers.get("Retry-After", "")
    return RemoteError(message, error.code, code, float(after) if after.isdecimal() else None, _parsed(body))


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _lines(response: Iterable[bytes]) -> Iterator[str]:
    try:
        for line in response:
            yield line.decode("utf-8", "replace").rstrip("\r\n")
    except (OSError, http.client.HTTPException) as error:
        raise RemoteError(f"the connection was lost: {error}") from None


def _chunks(lines: Iterable[str]) -> Iterator[dict[str, Any] | None]:
    """The events of a stream up to [DONE]; raises RemoteError for an error event and for a stream that is cut off."""
    for line in lines:
        if not line.startswith("data:"):
            yield None  # a comment, or the empty line between events
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            return
        try:
            chunk = json.loads(data)
        except ValueError:
            chunk = None
        if not isinstance(chunk, dict):
            raise RemoteError("the server sent an event that is not a JSON object")
        if "error" in chunk:
            message, code = _message(data.encode(), "the server failed")
            raise RemoteError(message, 500, code)
        yield chunk
    raise RemoteError("the connection ended before the answer was complete")


def _message(body: bytes, otherwise: str) -> tuple[str, str | None]:
    """Message and code of an error in OpenAI's format, or `otherwise`."""
    try:
        error = json.loads(body)["error"]
        return str(error["message"]), error.get("code")
    except (ValueError, KeyError, TypeError, AttributeError):
        return otherwise, None
