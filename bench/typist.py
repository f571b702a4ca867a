"""Replays a recorded trace of keys to the language server at its original pace, as an editor would."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

URI = "file:///typing.py"
NEOVIM_DEBOUNCE_S = 0.2


@dataclass(frozen=True)
class Trace:
    """`keys`: the pause before the key (ms), and the text it inserts or minus the number of characters it deletes."""

    start: str
    end: str
    keys: tuple[tuple[int, str | int], ...]

    @property
    def text(self) -> str:
        """The text between `start` and `end` after the last key."""
        text = ""
        for _, key in self.keys:
            text = text[:key] if isinstance(key, int) else text + key
        return text


def read(path: Path) -> Trace:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Trace(content["start"], content["end"], tuple((pause, key) for pause, key in content["keys"]))


@dataclass
class KeyPress:
    """One key and its answer. Times are seconds since the epoch; `ghost` is None if no answer came in time."""

    pressed: float
    is_sent: bool = False
    answered: float | None = None
    ghost: str | None = None


class Typist:
    """Types a trace. With `cancels`, each key sends a request and cancels the previous one, as in VS Code; otherwise
    requests are sent after a pause of 200 ms and never cancelled, as in Neovim 0.12."""

    def __init__(self, client: LanguageClient, trace: Trace, cancels: bool) -> None:
        self._client, self._trace, self._cancels = client, trace, cancels
        self._typed, self._version = "", 1
        self._asking: asyncio.Task[None] | None = None
        self.keys: list[KeyPress] = []

    async def type(self) -> None:
        item = types.TextDocumentItem(URI, "python", 1, self._trace.start + self._trace.end)
        self._client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        due = time.time()
        for pause_ms, key in self._trace.keys:
            due += pause_ms / 1000
            await asyncio.sleep(max(0.0, due - time.time()))
            self._press(key)
        if self._asking is not None:
            await asyncio.wait((self._asking,), timeout=10)

    def _press(self, key: str | int) -> None:
        before = self._position()
        self._typed = self._typed[:key] if isinstance(key, int) else self._typed + key
        self._version += 1
        after = self._position()
        replaced = types.Range(min(before, after), before)
        change = types.TextDocumentContentChangePartial(text="" if isinstance(key, int) else key, range=replaced)
        document = types.VersionedTextDocumentIdentifier(self._version, URI)
        self._client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        self._cancel_older()
        self.keys.append(KeyPress(time.time()))
        self._asking = asyncio.ensure_future(self._ask(self.keys[-1], after, f"key-{len(self.keys)}"))

    def _cancel_older(self) -> None:
        """Cancel the previous request by id, as an editor does, or before it is sent."""
        if self._asking is None or self._asking.done():
            return
        if not self.keys[-1].is_sent:
            self._asking.cancel()
        elif self._cancels:
            self._client.cancel_request(types.CancelParams(f"key-{len(self.keys)}"))

    def _position(self) -> types.Position:
        lines = (self._trace.start + self._typed).split("\n")
        return types.Position(len(lines) - 1, len(lines[-1]))

    async def _ask(self, key: KeyPress, position: types.Position, id: str) -> None:
        if not self._cancels:
            await asyncio.sleep(NEOVIM_DEBOUNCE_S)
        key.is_sent = True
        context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
        document = types.TextDocumentIdentifier(URI)
        parameters = types.InlineCompletionParams(context, document, position)
        with suppress(JsonRpcException):  # answers that the request was cancelled
            answer = await self._client.protocol.send_request_async(
                types.TEXT_DOCUMENT_INLINE_COMPLETION, parameters, msg_id=id
            )
            items: Sequence[Any] = getattr(answer, "items", None) or ()
            # An answer to an older key is shown only while nothing else was typed.
            if key is self.keys[-1] and answer is not None:
                key.answered = time.time()
                key.ghost = str(items[0].insert_text) if items else None
