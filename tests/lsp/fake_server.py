"""A model server without a model: speaks docs/reference/infill.md, with seeded delays, and records aborted requests.

It runs in a thread, on a free port. It fills a hole with the entry of `answers` whose key is the longest match for the
text before the hole.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

STEPS = 10


@dataclass
class Record:
    """One generation, as the server saw it."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    started: float
    steps: int = 0
    is_done: bool = False
    is_aborted: bool = False


@dataclass
class FakeServer:
    """`answers`: the text to insert after a prefix that ends with the key; a list has one text per candidate."""

    delay_s: float = 0.0
    seed: int = 0
    answers: dict[str, str | list[str]] = field(default_factory=dict)
    default: str = "pass"
    chat: str = "```python\ndef f():\n    return 1\n```"
    chat_delay_s: float = 0.0
    confidences: dict[str, float] = field(default_factory=dict)
    infill_modes: tuple[str, ...] = ("canvas", "fim")
    infill_context: int = 512
    infill_syntax: tuple[str, ...] | None = None  # None: a server of before it
    is_loading: bool = False
    api_key: str | None = None
    refuse: tuple[int, str] | None = None
    records: list[Record] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def infills(self) -> list[Record]:
        return [record for record in self.records if record.path in ("/v1/infill", "/v1/edits")]

    def start(self) -> None:
        """Listen; on the same port again after a stop."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(5)

    def stop(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(5)
            self._loop = None

    def wait_for(self, condition: Callable[[], Any], seconds: float = 60) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, f"in vain; records: {self.records}"
            time.sleep(0.01)
        return value

    _loop: asyncio.AbstractEventLoop | None = None

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, start_serving=False)
        self.port = server.sockets[0].getsockname()[1]
        await server.start_serving()
        ready.set()
        await self._ended.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            method, path, _ = head[0].split()
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            await self._answer(reader, writer, method, path, json.loads(body) if body else {}, headers)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        method: str,
        path: str,
        body: Any,
        headers: Any,
    ) -> None:
        if path == "/health":
            queue = {"running": 0, "waiting": 0, "capacity": 8}
            state = "loading" if self.is_loading else "ok"
            await _send(writer, 503 if self.is_loading else 200, {"status": state, "queue": queue, "model": None})
        elif self.api_key and headers.get("authorization") != f"Bearer {self.api_key}":
            await _send(writer, 401, _error("Invalid API key."))
        elif self.is_loading:
            await _send(writer, 503, _error("The model is loading."))
        elif path == "/v1/models":
            card = {"id": "fake", "infill_modes": list(self.infill_modes), "infill_context": self.infill_context}
            if self.infill_syntax is not None:
                card["infill_syntax"] = list(self.infill_syntax)
            await _send(writer, 200, {"object": "list", "data": [card]})
        elif method == "POST" and path in ("/v1/infill", "/v1/edits", "/v1/chat/completions"):
            await self._generate(reader, writer, Record(path, body, headers, time.monotonic()))
        else:
            await _send(writer, 404, _error("No such route."))

    async def _generate(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, record: Record) -> None:
        """Simulate denoising: a delay in steps, with a check before each whether the client is still connected."""
        self.records.append(record)
        if self.refuse is not None:
            await _send(writer, self.refuse[0], _error(self.refuse[1]))
            return
        hung_up = asyncio.ensure_future(reader.read(1))
        budget_s = (record.body.get("time_budget_ms") or 1e9) / 1000
        delay_s = self.delay_s * random.Random(f"{self.seed} {len(self.records)}").uniform(0.5, 1.5)
        try:
            for _ in range(STEPS if self.delay_s else 0):
                await asyncio.wait((hung_up,), timeout=min(delay_s, budget_s) / STEPS)
                if hung_up.done():
                    record.is_aborted = True
                    return
                record.steps += 1
            if record.path == "/v1/chat/completions":
                await self._chat(writer, record, hung_up)
            else:
                await self._infill(writer, record, is_late=delay_s > budget_s)
            record.is_done = not record.is_aborted
        finally:
            hung_up.cancel()

    async def _infill(self, writer: asyncio.StreamWriter, record: Record, is_late: bool) -> None:
        body = record.body
        reason = "length" if is_late else "stop"
        figures = {"usage": {"prompt_tokens": 40, "completion_tokens": 6}, "elbarto": {"tpf": 1.5, "total_ms": 9.0}}
        if record.path == "/v1/edits":
            edits = []
            for start, end in body["spans"]:
                text = self.edit(body["text"][start:end])
                edits.append({"start": start, "end": end, **self._filled(text, reason)})
            await _send(writer, 200, {"object": "edit", "text": "", "edits": edits, **figures})
            return
        choices = []
        for index in range(body.get("n", 1)):
            texts = self._fill(body["segments"], index)
            holes = [{"index": at, **self._filled(text, reason)} for at, text in enumerate(texts)]
            choices.append({"index": index, "score": -index, "text": "", "holes": holes})
        answer = {"id": "infill-1", "object": "infill", "choices": choices, "holes": choices[0]["holes"], **figures}
        if not body.get("stream"):
            await _send(writer, 200, answer)
            return
        await _start_stream(writer)
        await _event(writer, {"type": "started", "num_holes": len(choices[0]["holes"]), "n": len(choices)})
        for hole in reversed(choices[0]["holes"]):  # on a canvas any hole may be completed first
            event = {"type": "hole", "choice": 0, "hole": hole["index"], "text": hole["text"], "finish_reason": reason}
            await _event(writer, event)
        await _event(writer, {"type": "finished", **answer})
        await _event(writer, "[DONE]")

    def edit(self, text: str) -> str:
        return str(self.answers.get(text, text))

    def _fill(self, segments: list[Any], index: int) -> list[str]:
        before, texts = "", []
        for segment in segments:
            if isinstance(segment, str):
                before += segment
                continue
            hole = segment["hole"]
            found = max((end for end in self.answers if before.endswith(end)), key=len, default=None)
            answer: str | list[str] = self.default if found is None else self.answers[found]
            text = answer if isinstance(answer, str) else answer[index % len(answer)]
            for pin in hole.get("pinned", ()):
                if isinstance(pin, dict) and pin.get("at") == "start" and not text.startswith(pin["text"]):
                    text = pin["text"] + text
            texts.append(text.split("\n")[0] if hole.get("single_line") else text)
            before += text
        return texts

    def _filled(self, text: str, reason: str) -> dict[str, Any]:
        parts = re.findall(r"\w+|\s+|[^\w\s]", text)
        tokens = [
            {"id": 1, "text": part, "confidence": self.confidences.get(part, 0.97), "step": 1, "pinned": False}
            for part in parts
        ]
        return {"text": text, "finish_reason": reason, "tokens": tokens}

    async def _chat(self, writer: asyncio.StreamWriter, record: Record, hung_up: asyncio.Future[bytes]) -> None:
        await _start_stream(writer)
        for part in re.findall(r"[\s\S]{1,4}", self.chat):
            await asyncio.wait((hung_up,), timeout=self.chat_delay_s)
            if hung_up.done():
                record.is_aborted = True
                return
            record.steps += 1
            await _event(writer, {"choices": [{"index": 0, "delta": {"content": part}}]})
        await _event(writer, "[DONE]")


async def _send(writer: asyncio.StreamWriter, status: int, body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode() + content)
    await writer.drain()


async def _start_stream(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
    await writer.drain()


async def _event(writer: asyncio.StreamWriter, event: dict[str, Any] | str) -> None:
    data = event if isinstance(event, str) else json.dumps(event)
    writer.write(f"data: {data}\n\n".encode())
    await writer.drain()


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "server_error", "param": None, "code": None}}


@contextmanager
def running(**settings: Any) -> Iterator[FakeServer]:
    server = FakeServer(**settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
