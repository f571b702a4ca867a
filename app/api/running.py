"""An answer in progress, and the client that waits for it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, jsonify

from app.api.client_connection import client
from app.api.context import held_until_end, http
from app.api.request_log import CLIENT_CLOSED_REQUEST, RequestRecord, record
from app.api.sse import SSE, StreamEvent, event_stream
from app.errors import Overloaded
from app.messages.events import Stepped
from app.serving.generation import SILENCE
from app.serving.metrics import Answered
from app.serving.work import Work


class RunningAnswer:
    """Work and its response, whole or streamed. It is listed as running, and watches the client, until `close`."""

    framing = SSE  # of a stream

    def __init__(self, work: Work, head: Mapping[str, Any]) -> None:
        """`head` has the answer's id, creation time and model."""
        self._work = work
        try:
            self._free_seat = http().requests.take()
        except Overloaded:
            work.abort()
            raise
        held_until_end().append(self._free_seat)  # also if what follows fails, and nobody calls `close`
        self._leave = http().in_flight.enter(head, work)
        self._client = client()
        work.watch_client(self._client.is_gone)
        self._client_left = False
        self._record: RequestRecord = record()
        self._first_text: float | None = None  # time.monotonic

    def respond(self, is_streamed: bool) -> Response:
        try:
            response = self._streamed() if is_streamed else self._whole()
        except Exception:
            self.close()
            raise
        # Not in a `finally` of the generator: closing one that was never started does not run it.
        response.call_on_close(self.close)
        return response

    def updates(self) -> Iterator[Any]:
        """The work's updates. If the client disconnects, they end, and `is_complete` stays False."""
        for update in self._work:
            if self._client.is_gone():
                self._client_left = True
                return
            if self._first_text is None and is_result(update):
                self._first_text = time.monotonic()
            yield update

    @property
    def is_complete(self) -> bool:
        return self._work.is_complete and not self._client_left

    def stream(self) -> Iterator[StreamEvent]:
        raise NotImplementedError

    def body(self) -> dict[str, Any]:
        """The answer; call it once the work is complete."""
        raise NotImplementedError

    def close(self) -> None:
        """Abort unfinished work and fill in the log's record. Called however the response ended."""
        self._leave()
        self._free_seat()
        self._client.release()
        self._work.abort()
        work, first = self._work, self._first_text
        self._record.answered = Answered(
            model=work.model.id,
            usage=work.usage(),
            finish_reasons=work.finish_reasons(),
            holes_filled=work.progress().get("holes_filled", 0),
            is_complete=self.is_complete,
            fell_behind=work.fell_behind,
            first_s=None if first is None else first - self._record.started,
        )
        if not self.is_complete and self._record.status == 200:
            self._record.status = CLIENT_CLOSED_REQUEST

    def _streamed(self) -> Response:
        self._client.begin_streaming()
        return event_stream(self.stream(), http().config.sse_keepalive_s, self._client, self.framing)

    def _whole(self) -> Response:
        for _ in self.updates():
            pass
        return jsonify(self.body()) if self.is_complete else Response(status=CLIENT_CLOSED_REQUEST)


def is_result(update: Any) -> bool:
    """Whether it is new text, and not a denoising step or a silence."""
    return update is not SILENCE and not isinstance(update, Stepped) and getattr(update, "kind", "result") == "result"


def answer_head(prefix: str, model: str) -> dict[str, Any]:
    """A new answer's id, creation time and model."""
    return {"id": f"{prefix}-{uuid.uuid4().hex}", "created": int(time.time()), "model": model}
