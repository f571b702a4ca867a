"""Messages on the wire: header lines, an empty line, and a body of as many bytes as the header says."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import threading

logger = logging.getLogger(__name__)

# Names of headers are case-insensitive, and clients write any number of spaces after the colon.
_LENGTH = re.compile(rb"\s*content-length\s*:\s*([0-9]{1,10})\s*", re.IGNORECASE)
_HEADER = re.compile(rb"\s*[\w-]+\s*:.*\s*", re.ASCII)
READ_BYTES = 2**16


async def read_body(reader: asyncio.StreamReader) -> bytes | None:
    """The next message's body; None at the end of input. What belongs to no message is skipped."""
    try:
        return await _read_body(reader)
    except (asyncio.IncompleteReadError, OSError):
        return None


async def _read_body(reader: asyncio.StreamReader) -> bytes | None:
    length: int | None = None
    while True:
        try:
            line = await reader.readline()
        except ValueError:  # longer than the reader's limit: no header
            continue
        if not line:
            return None
        if found := _LENGTH.fullmatch(line):
            length = int(found[1])
        elif line.strip():
            if not _HEADER.fullmatch(line):
                logger.warning("skipped a line that is no header: %.80r", line)
        elif length is not None:
            return await reader.readexactly(length)


def read_descriptor(descriptor: int) -> asyncio.StreamReader:
    """A reader of a file, pipe or terminal; for the running event loop.

    A daemon thread reads, because nothing can interrupt a read of stdin: the process must be able to end during one.
    """
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()

    def feed(data: bytes) -> None:
        if not data:
            reader.feed_eof()
        elif not reader.at_eof():
            reader.feed_data(data)

    def read() -> None:
        data = b"-"
        while data:
            try:
                data = os.read(descriptor, READ_BYTES)
            except OSError:
                data = b""
            try:
                loop.call_soon_threadsafe(feed, data)
            except RuntimeError:  # the loop has ended
                return

    threading.Thread(target=read, name="elbarto-stdin", daemon=True).start()
    return reader
