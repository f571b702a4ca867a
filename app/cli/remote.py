"""A chat model on a server with OpenAI's API."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from app.remote import ApiServer
from app.remote import RemoteError as RemoteError


class RemoteModel:
    def __init__(self, url: str, api_key: str | None, max_tokens: int | None) -> None:
        """`url` may or may not end with /v1. Requests the model's id; raises ConfigError or RemoteError."""
        self._server = ApiServer(url, api_key)
        self._max_tokens = max_tokens
        self._model = self._server.find_model()

    def stream(self, messages: Sequence[Mapping[str, str]]) -> Generator[str]:
        """The pieces of the answer; raises RemoteError. Closing it closes the connection, which stops the server."""
        body: dict[str, Any] = {"model": self._model, "messages": list(messages)}
        if self._max_tokens is not None:
            body["max_tokens"] = self._max_tokens
        chunks = self._server.stream("/chat/completions", body)
        try:
            for chunk in chunks:
                for choice in (chunk or {}).get("choices", ()):
                    if text := choice["delta"].get("content"):
                        yield text
        finally:
            chunks.close()

    def close(self) -> None:
        """Each request has its own connection, so there is nothing to close."""
