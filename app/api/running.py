"""An answer that is being made, and the client that waits for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, current_app, jsonify

from app.api.context import ClientConnection
from app.api.request_log import RequestRecord, record
from app.api.sse import StreamEvent, event_stream
from app.api.traffic import traffic
from app.serving.completion import Completion
from app.serving.infill.infill import Infill

# nginx's number for it; nobody is left to read it, but the log is.
CLIENT_CLOSED_REQUEST = 499


class RunningAnswer:
    """What the endpoints have in common that answer with infills or completions, whole or streamed."""

    def __init__(self, work: Infill | Completion, head: Mapping[str, Any]) -> None:
        """`head` holds the answer's id, when it was created and the model. Iterating the work does the rest
        of it."""
        self._work = work
        self._leave = traffic().enter(head, work)
        self._client = ClientConnection()
        work.watch_client(self._client.is_gone)
        self._was_left = False
        self._record: RequestRecord = record()

    def respond(self, is_streamed: bool) -> Response:
        try:
            if is_streamed:
                response = event_stream(self.stream(), current_app.config["SSE_KEEPALIVE_S"])
            else:
                response = self._whole()
        except Exception:
            self.close()
            raise
        # Not in a `finally` of the generator: one that was never started is closed without running it.
        response.call_on_close(self.close)
        return response

    def events(self) -> Iterator[Any]:
        """The work's, as long as the client is there; ends early, with work that is not complete, when it is not."""
        for event in self._work:
            if self._client.is_gone():
                self._was_left = True
                return
            yield event

    def stream(self) -> Iterator[StreamEvent]:
        raise NotImplementedError

    def body(self) -> dict[str, Any]:
        """Of work that is complete."""
        raise NotImplementedError

    def close(self) -> None:
        """However the response ended: leave the engine and tell the log."""
        self._leave()
        self._work.abort()
        if self._is_whole:
            self._record.tokens = self._work.num_tokens
        elif self._record.status == 200:
            self._record.status = CLIENT_CLOSED_REQUEST

    @property
    def _is_whole(self) -> bool:
        return self._work.is_complete and not self._was_left

    def _whole(self) -> Response:
        for _ in self.events():
            pass
        if not self._is_whole:
            return Response(status=CLIENT_CLOSED_REQUEST)
        return jsonify(self.body())
