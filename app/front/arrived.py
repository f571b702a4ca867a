"""A request that has arrived whole, as gunicorn's parser reads it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import ParseException
from gunicorn.http.unreader import SocketUnreader

from app.errors import RequestError

# Each takes some microseconds to read, however small it is.
MAX_CHUNKS = 2**16


class ArrivedBytes(SocketUnreader):  # type: ignore[misc]
    """Hands the parser what has arrived in pieces, as a socket would: it copies all that it holds for each chunk."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._arrived = memoryview(b"")

    def put(self, data: bytes) -> None:
        self._arrived = memoryview(bytes(self._arrived) + data)

    def chunk(self, size_hint: int | None = None) -> bytes:
        if not self._arrived:
            data: bytes = super().chunk(size_hint)
            return data
        size = min(max(self.mxchunk, size_hint or 0), self.max_body_chunk)
        piece, self._arrived = bytes(self._arrived[:size]), self._arrived[size:]
        return piece

    def take_buffered(self) -> bytes:
        data: bytes = super().take_buffered() + bytes(self._arrived)
        self._arrived = memoryview(b"")
        return data


class Chunks:
    """A chunked body. The application knows nothing of gunicorn's errors, and would answer them with 500."""

    def __init__(self, reader: ChunkedReader, close: Callable[[], None], max_chunks: int = MAX_CHUNKS) -> None:
        """`close` makes the answer say that the connection ends: after bad chunks no next request can be found."""
        self._reader, self._close, self._max_chunks = reader, close, max_chunks
        reader.parser = self._counted(reader.parser)

    def read(self, size: int) -> bytes:
        """Raises RequestError."""
        try:
            data: bytes = self._reader.read(size)
        except ParseException as error:
            self._close()
            raise RequestError(f"The chunks of the request body cannot be read: {error}") from error
        except RequestError:
            self._close()
            raise
        return data

    def _counted(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        for number, part in enumerate(parts):
            if number == self._max_chunks:
                raise RequestError(f"The request body has too many chunks; at most {self._max_chunks:,} are allowed.")
            yield part
