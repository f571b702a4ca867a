"""HTTP to one model server. Cancelling a call closes its connection, which ends the work on the other side."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import json
import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from lsp.errors import ServerDown, ServerFull, ServerLoading, ServerRefused
from lsp.wire import Answer, Edits, Filled, Hole, Infill, edits_answer, infill_answer

logger = logging.getLogger(__name__)

# A generation may take minutes on a CPU; whether anybody is there at all shows at once.
TIMEOUT = httpx.Timeout(600.0, connect=3.0)
PROBE_TIMEOUT = httpx.Timeout(2.0)


@dataclass(frozen=True)
class Model:
    """What `/v1/models` says of the loaded model."""

    id: str
    infill_modes: tuple[str, ...]
    infill_context: int  # tokens; 0: it does not say


class ModelClient:
    """The requests of the language server. Raises ServerDown and ServerRefused, with messages for people."""

    def __init__(self, url: str, api_key: str | None = None, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.url = url
        self._ids = (f"lsp-{secrets.token_hex(4)}-{number}" for number in itertools.count(1))
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        # Loopback and LAN servers: a proxy from the environment would only be in the way of cancelling.
        self._http = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=TIMEOUT, transport=transport, trust_env=_needs_proxy(url)
        )

    async def health(self) -> Mapping[str, Any]:
        """The body of /health, whatever the status; raises ServerDown where that is no El Barto Serve."""
        try:
            response = await self._http.get("/health", timeout=PROBE_TIMEOUT)
            body = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ServerDown(f"No server answers on {self.url}.") from error
        if not isinstance(body, dict) or not {"status", "queue", "model"} <= set(body):
            raise ServerDown(f"What answers on {self.url} is not El Barto Serve.")
        return body

    async def model(self) -> Model:
        body = await self._json("GET", "/v1/models")
        try:
            card = body["data"][0]
            return Model(str(card["id"]), tuple(card.get("infill_modes") or ()), int(card.get("infill_context") or 0))
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ServerRefused(f"{self.url}/v1/models names no model.") from error

    async def infill(self, request: Infill) -> Answer:
        num_holes = sum(isinstance(part, Hole) for part in request.segments)
        return infill_answer(await self._json("POST", "/v1/infill", request.to_json()), num_holes)

    async def infill_stream(self, request: Infill) -> AsyncIterator[tuple[int, Filled] | Answer]:
        """(hole, text) of the first candidate as holes become full, and the whole answer at the end."""
        num_holes = sum(isinstance(part, Hole) for part in request.segments)
        async for event in self._events("/v1/infill", {**request.to_json(), "stream": True}):
            if event.get("type") == "hole" and event.get("choice") == 0:
                yield int(event["hole"]), Filled(str(event["text"]), str(event.get("finish_reason") or "stop"))
            elif event.get("type") == "finished":
                yield infill_answer(event, num_holes)

    async def edits(self, request: Edits) -> Answer:
        return edits_answer(await self._json("POST", "/v1/edits", request.to_json()), len(request.spans))

    async def chat(self, messages: list[dict[str, str]], max_tokens: int) -> AsyncIterator[str]:
        """The text of a chat answer, block by block."""
        body = {"messages": messages, "max_tokens": max_tokens, "stream": True}
        async for event in self._events("/v1/chat/completions", body):
            for choice in event.get("choices") or ():
                if text := (choice.get("delta") or {}).get("content"):
                    yield str(text)

    async def close(self) -> None:
        await self._http.aclose()

    @asynccontextmanager
    async def _named(self, path: str) -> AsyncIterator[dict[str, str]]:
        """The request's id, under which both logs know it."""
        id = next(self._ids)
        logger.debug("%s sent to %s", id, path)
        try:
            yield {"x-request-id": id}
        except (asyncio.CancelledError, GeneratorExit):
            logger.debug("%s hung up", id)
            raise
        logger.debug("%s is over", id)

    async def _json(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            async with self._named(path) as headers:
                response = await self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise _down(self.url, error) from error
        _check(response, self.url)
        try:
            return response.json()
        except ValueError as error:
            raise ServerRefused(f"{self.url}{path} did not answer with JSON.") from error

    async def _events(self, path: str, body: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Server-sent events until [DONE]; an error event, or an end without [DONE], raises."""
        try:
            async with (
                self._named(path) as headers,
                self._http.stream("POST", path, json=body, headers=headers) as response,
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
    """Raises for every status but 200."""
    status = response.status_code
    if status == 200:
        return
    try:
        message = _message(response.json())
    except ValueError:
        message = response.reason_phrase
    if status in (401, 403):
        raise ServerRefused(f"The server on {url} wants a key (elbarto.apiKey or ELBARTO_API_KEY): {message}")
    if status == 404:
        raise ServerRefused(f"The server on {url} has no {response.url.path}: is it El Barto Serve, and a recent one?")
    if status == 429:
        raise ServerFull(f"The server on {url} is full: {message}")
    if status == 503:
        raise ServerLoading(f"The server on {url} is not ready: {message}")
    if status >= 502:
        raise ServerDown(f"The server on {url} cannot be reached ({status}): {message}")
    raise ServerRefused(f"The server on {url} refused ({status}): {message}")


def _message(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message") if isinstance(error, dict) else error or body)
