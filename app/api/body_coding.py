"""Compressed request bodies (Content-Encoding): Codex sends zstd, other clients gzip."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Mapping

import zstandard
from werkzeug.exceptions import RequestEntityTooLarge

from app.errors import RequestError, UnsupportedCoding

GZIP, ZLIB, RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
MAX_WINDOW = 2**23  # bytes that a zstd decoder may keep, as RFC 8878 recommends
MAX_CODINGS = 2


def decode_body(raw: bytes, coding: str, max_bytes: int) -> bytes:
    """Raises RequestError for damaged data, UnsupportedCoding, and RequestEntityTooLarge above `max_bytes`."""
    names = [name.strip().lower() for name in coding.split(",") if name.strip()]
    names = [name for name in names if name != "identity"]
    if len(names) > MAX_CODINGS or not all(name in DECODERS for name in names):
        raise UnsupportedCoding(coding, ALLOWED)
    for name in reversed(names):  # the last one was applied last
        try:
            raw = DECODERS[name](raw, max_bytes + 1)
        except (zlib.error, zstandard.ZstdError, EOFError) as error:
            raise RequestError(f"The request body is not valid {name}, as Content-Encoding says: {error}.") from error
        if len(raw) > max_bytes:
            raise RequestEntityTooLarge
    return raw


def _gzip(raw: bytes, limit: int) -> bytes:
    return _inflate(raw, GZIP, limit)


def _deflate(raw: bytes, limit: int) -> bytes:
    """zlib's format, or without its header, as some clients send it."""
    has_header = len(raw) >= 2 and raw[0] & 15 == 8 and (raw[0] << 8 | raw[1]) % 31 == 0
    return _inflate(raw, ZLIB if has_header else RAW, limit)


def _inflate(raw: bytes, format: int, limit: int) -> bytes:
    """At most `limit` bytes. gzip's members may follow one another."""
    parts, size = [], 0
    while raw:
        decoder = zlib.decompressobj(format)
        parts.append(decoder.decompress(raw, limit - size))
        size += len(parts[-1])
        if size >= limit:
            break
        if not decoder.eof:
            raise EOFError("it ends too early")
        raw = decoder.unused_data if format == GZIP else b""
    return b"".join(parts)


def _zstd(raw: bytes, limit: int) -> bytes:
    decoder = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    with decoder.stream_reader(io.BytesIO(raw), read_across_frames=True) as reader:
        decoded = reader.read(limit)
    if not decoded and raw:
        raise EOFError("it ends too early")
    return decoded


DECODERS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}
ALLOWED = "gzip, deflate, zstd, identity"
