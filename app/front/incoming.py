"""A request's bytes as they arrive, and whether all of it is there.

gunicorn's parser decides what a request says. This only has to know when it can do so without waiting, so whatever
looks wrong counts as complete: gunicorn, or the application, then says what is wrong.
"""

from __future__ import annotations

import re

MAX_HEAD_BYTES = 64 * 1024
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked[ \t]*\r\n", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[^\r\n]{0,256}\r\n")
_CHUNK_LINE_BYTES = 300


class IncomingRequest:
    """Collects one request. `data` may end with the beginning of the next one."""

    def __init__(self, max_body_bytes: int) -> None:
        """A body above the limit is not waited for: the application refuses it by its head."""
        self.data = bytearray()
        self.is_complete = False
        self.expects_continue = False  # the client waits for "100 Continue" before it sends the body
        self._max_body_bytes = max_body_bytes
        self._head_len = 0  # 0: not all of it is there
        self._end: int | None = None  # where the body ends, if the head says it
        self._chunk = 0  # where the next chunk begins

    @property
    def has_head(self) -> bool:
        return self._head_len > 0

    def feed(self, data: bytes) -> None:
        searched = max(0, len(self.data) - len(_HEAD_END))
        self.data += data
        if not self.has_head:
            self._look_for_head(searched)
        if self.has_head and not self.is_complete:
            self.is_complete = self._has_body()

    def _look_for_head(self, searched: int) -> None:
        at = self.data.find(_HEAD_END, searched)
        if at < 0:
            self.is_complete = len(self.data) > MAX_HEAD_BYTES
            return
        self._head_len = self._chunk = at + len(_HEAD_END)
        head = bytes(self.data[: at + 2])
        if _CHUNKED.search(head) is None:
            length = _LENGTH.search(head)
            self._end = self._head_len + (int(length[1]) if length else 0)
        self.expects_continue = _EXPECTS.search(head) is not None

    def _has_body(self) -> bool:
        if self._end is not None:
            return len(self.data) >= self._end or self._end - self._head_len > self._max_body_bytes
        return self._has_chunks() or len(self.data) - self._head_len > 2 * self._max_body_bytes

    def _has_chunks(self) -> bool:
        """Whether the last chunk and the trailers are there, or something that is no chunk."""
        while True:
            size = _CHUNK_SIZE.match(self.data, self._chunk)
            if size is None:
                rest = len(self.data) - self._chunk
                return rest > _CHUNK_LINE_BYTES or b"\r\n" in self.data[self._chunk :]
            length = int(size[1], 16)
            if length == 0:
                # The last chunk's line end is the first half of the empty line, if there are no trailers.
                has_end = self.data.find(_HEAD_END, size.end() - 2) >= 0
                return has_end or len(self.data) - size.end() > MAX_HEAD_BYTES
            after = size.end() + length + 2
            if after > len(self.data):
                return False
            self._chunk = after
