"""HTTP client of one model server. Cancelling a call closes its connection, which makes the server stop the work."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import json
import logging
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from lsp.errors import ServerDown, ServerFull, ServerLoading, ServerRefused
from lsp.model_server.wire import (
    EditsBody,
    InfillBody,
    ServerAnswer,
    WireFilledHole,
    WireHole,
    edits_answer,
    infill_answer,
)

logger = logging.getLogger(__name__)

# A generation may take minutes on a CPU, but a connection is accepted at once or not at all.
TIMEOUT = httpx.Timeout(600.0, connect=3.0)
PROBE_TIMEOUT = httpx.Timeout(2.0)
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class ServedModel:
    """The loaded model, as `/v1/models` describes it."""

    id: str
    infill_modes: tuple[str, ...]
    infill_context: int  # tokens; 0 if not reported
    infill_syntax: tuple[str, ...] = ()  # languages that the server parses; older servers report none


class ModelClient:
    """The language server's requests. They raise ServerDown, ServerFull or ServerRefused with user-facing messages."""

    def __init__(self, url: str, api_key: str | None = None, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.url = url
        self._ids = (f"lsp-{secrets.token_hex(4)}-{number}" for number in itertools.count(1))
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        # For loopback and LAN servers a proxy from the environment would only delay cancellation.
        self._http = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=TIMEOUT, transport=transport, trust_env=_needs_proxy(url)
        )

    @classmethod
    async def answers(cls, url: str) -> bool:
        """Whether El Barto Serve answers on a URL, ready or not."""
        client = cls(url)
        try:
            await client.health()
        except ServerDown:
            return False
        finally:
            await client.close()
        return True

    async def health(self) -> Mapping[str, Any]:
        """The body of /health, whatever the status code; raises ServerDown if it is not El Barto Serve's."""
        try:
            response = await self._http.get("/health", timeout=PROBE_TIMEOUT)
            body = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ServerDown(f"No server answers on {self.url}.") from error
        if not isinstance(body, dict) or not {"status", "queue", "model"} <= set(body):
            raise ServerDown(f"What answers on {self.url} is not El Barto Serve.")
        return body

    async def model(self) -> ServedModel:
        body = await self._json("GET", "/v1/models")
        try:
            card = body["data"][0]
            return ServedModel(
                str(card["id"]),
                tuple(card.get("infill_modes") or ()),
                int(card.get("infill_context") or 0),
                tuple(card.get("infill_syntax") or ()),
            )
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ServerRefused(f"{self.url}/v1/models lists no model.") from error

    async def infill(self, request: InfillBody) -> ServerAnswer:
        num_holes = sum(isinstance(part, WireHole) for part in request.segments)
        return infill_answer(await self._json("POST", "/v1/infill", request.to_json()), num_holes)

    async def infill_stream(self, request: InfillBody) -> AsyncIterator[tuple[int, WireFilledHole] | ServerAnswer]:
        """Yield (index, hole) of the first candidate as each hole is completed, and the whole answer at the end."""
        num_holes = sum(isinstance(part, WireHole) for part in request.segments)
        async for event in self._events("/v1/infill", {**request.to_json(), "stream": True}):
            if event.get("type") == "hole" and event.get("choice") == 0:
                yield int(event["hole"]), WireFilledHole(str(event["text"]), str(event.get("finish_reason") or "stop"))
            elif event.get("type") == "finished":
                yield infill_answer(event, num_holes)

    async def edits(self, request: EditsBody) -> ServerAnswer:
        return edits_answer(await self._json("POST", "/v1/edits", request.to_json()), len(request.spans))

    async def chat(self, messages: list[dict[str, str]], max_tokens: int) -> AsyncIterator[str]:
        """Yield the text of a chat answer block by block."""
        body = {"messages": messages, "max_tokens": max_tokens, "stream": True}
        async for event in self._events("/v1/chat/completions", body):
            for choice in event.get("choices") or ():
                if text := (choice.get("delta") or {}).get("content"):
                    yield str(text)

    async def close(self) -> None:
        await self._http.aclose()

    @asynccontextmanager
    async def _named(self, path: str) -> AsyncIterator[dict[str, str]]:
        """Headers with a request id, which appears in both logs."""
        id = next(self._ids)
        logger.debug("%s sent to %s", id, path)
        try:
            yield {"x-request-id": id, "Content-Type": "application/json"}
        except (asyncio.CancelledError, GeneratorExit):
            logger.debug("%s cancelled", id)
            raise
        logger.debug("%s finished", id)

    async def _json(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            async with self._named(path) as headers:
                content = None if body is None else written(body)
                response = await self._http.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise _down(self.url, error) from error
        _check(response, self.url)
        try:
            return response.json()
        except ValueError as error:
            raise ServerRefused(f"{self.url}{path} did not return JSON.") from error

    async def _events(self, path: str, body: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Yield server-sent events until [DONE]; raises for an error event and for an end without [DONE]."""
        try:
            async with (
                self._named(path) as headers,
                self._http.stream("POST", path, content=written(body), headers=headers) as response,
            ):
                if response.status_code != 200:
                    await response.aread()
                    _check(response, self.url)
                async for line in response.aiter_lines():
                    data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
                    if data == "[DONE]":
                        return
                    if data:
                        event = json.loads(data)
                        if "error" in event:
                            raise ServerRefused(f"The server ended the answer: {_message(event)}")
                        yield event
        except httpx.HTTPError as error:
            raise _down(self.url, error) from error
        except ValueError as error:
            raise ServerRefused(f"{self.url}{path} sent an event that is not JSON.") from error
        raise ServerDown(f"The server on {self.url} stopped in the middle of an answer.")


def written(body: Mapping[str, Any]) -> bytes:
    """JSON. Halves of characters, which an editor's UTF-16 may have, are U+FFFD: the server would refuse them."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    return _HALF.sub("\ufffd", text).encode()


def _needs_proxy(url: str) -> bool:
    host = httpx.URL(url).host
    try:
        return not ipaddress.ip_address(host).is_private
    except ValueError:
        return "." in host and not host.endswith((".local", ".lan"))


def _down(url: str, error: httpx.HTTPError) -> ServerDown:
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return ServerDown(f"The server on {url} took too long to answer.")
    return ServerDown(f"No server answers on {url}.")


def _check(response: httpx.Response, url: str) -> None:
    """Raise the LspError for a status other than 200."""
    status = response.status_code
    if status == 200:
        return
    try:
        message = _message(response.json())
    except ValueError:
        message = response.reason_phrase
    if status in (401, 403):
        raise ServerRefused(f"The server on {url} requires a key (elbarto.apiKey or ELBARTO_LSP_API_KEY): {message}")
    if status == 404:
        raise ServerRefused(f"The server on {url} has no {response.url.path}: is it El Barto Serve, and a recent one?")
    if status == 429:
        raise ServerFull(f"The server on {url} is full: {message}")
    if status == 503:
        raise ServerLoading(f"The server on {url} is not ready: {message}")
    if status >= 502:
        raise ServerDown(f"The server on {url} cannot be reached ({status}): {message}")
    raise ServerRefused(f"The server on {url} refused the request ({status}): {message}")


def _message(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message") if isinstance(error, dict) else error or body)
