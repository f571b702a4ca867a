"""Compressed bodies, bodies that are too large, and malformed chunks."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
import zstandard
from flask.testing import FlaskClient
from gunicorn.http.errors import InvalidChunkSize

from app.api import errors
from tests.api.wire import CHAT, USER, error_of

BODY = json.dumps({"messages": [USER], "max_tokens": 8}).encode()
LIMIT = 10_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "zstd": zstandard.compress,
    "identity": bytes,
    "": bytes,
}


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    return make_client(max_body_bytes=LIMIT)


def send(client: FlaskClient, data: bytes, coding: str) -> object:
    return client.post(CHAT, data=data, headers={"Content-Encoding": coding} if coding else {})


@pytest.mark.parametrize("coding", PACK)
def test_compressed_bodies_are_decoded(client: FlaskClient, coding: str) -> None:
    assert send(client, PACK[coding](BODY), coding).status_code == 200


def test_frames_may_follow_one_another_and_codings_too(client: FlaskClient) -> None:
    for coding in ("gzip", "zstd"):
        assert send(client, PACK[coding](BODY[:20]) + PACK[coding](BODY[20:]), coding).status_code == 200
    assert send(client, zstandard.compress(gzip.compress(BODY)), "gzip, zstd").status_code == 200


@pytest.mark.parametrize("coding", ["br", "compress", "gzip, br", "gzip, gzip, gzip", "<script>"])
def test_others_are_refused_by_name(client: FlaskClient, coding: str) -> None:
    answer = send(client, BODY, coding)
    error = error_of(answer, 415)

    assert error["code"] == "unsupported_media_type"
    assert error["message"].endswith(f"gzip, deflate, zstd, identity, or two of them, got {coding!r}.")
    assert answer.headers["Accept-Encoding"] == "gzip, deflate, zstd, identity"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "Deflate", "zstd"])
def test_damaged_data_is_the_callers_error(client: FlaskClient, coding: str) -> None:
    packed = PACK[coding](BODY)
    for damaged in (BODY, packed[:-9], packed[:5], b"\0" * 40):
        error_of(send(client, damaged, coding), 400)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "Deflate", "zstd"])
def test_the_limit_is_for_the_decoded_size(client: FlaskClient, coding: str) -> None:
    """Also of a bomb, which is not unpacked."""
    fits = BODY + b" " * (LIMIT - len(BODY))
    assert send(client, PACK[coding](fits), coding).status_code == 200
    assert error_of(send(client, PACK[coding](fits + b" "), coding), 413)["code"] == "request_too_large"
    bomb = PACK[coding](bytes(2**23))
    assert len(bomb) < LIMIT
    tracemalloc.start()
    error_of(send(client, bomb, coding), 413)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22


def test_a_window_that_takes_much_memory_is_refused(client: FlaskClient) -> None:
    params = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    packed = zstandard.ZstdCompressor(compression_params=params).compressobj()

    error_of(send(client, packed.compress(BODY) + packed.flush(), "zstd"), 400)


class Body:
    """As gunicorn has it."""

    def __init__(self, data: bytes = b"", error: Exception | None = None) -> None:
        self._data, self._error = BytesIO(data), error

    def read(self, size: int | None = -1) -> bytes:
        if self._error is not None:
            raise self._error
        return self._data.read(size)

    @property
    def num_read(self) -> int:
        return self._data.tell()


def test_malformed_chunks_are_the_callers_error(client: FlaskClient) -> None:
    body = Body(error=InvalidChunkSize(b"zz"))
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    error = error_of(client.post(CHAT, environ_overrides=environ), 400)

    assert error["message"].startswith("The request body's chunks are malformed: Invalid chunk size")


def test_a_body_that_is_too_large_is_read_after_the_answer(client: FlaskClient) -> None:
    """The client may write all of it before it reads; a connection that is closed earlier is reset."""
    body = Body(bytes(50 * LIMIT))

    answer = client.post(
        CHAT, environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(50 * LIMIT)}, buffered=False
    )

    assert answer.status_code == 413
    assert body.num_read < 50 * LIMIT
    answer.close()
    assert body.num_read == 50 * LIMIT


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_that_no_route_wants_is_read_before_the_answer(
    make_client: Callable[..., FlaskClient], method: str, is_chunked: bool
) -> None:
    """Else gunicorn would close the connection after the answer, which says that it is kept."""
    size = 3 * errors.SKIPPED_BYTES
    body = Body(bytes(size))
    length = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    given = length if is_chunked else {"CONTENT_LENGTH": str(size)}

    make_client().open("/health", method=method, environ_overrides={"wsgi.input": body, **given}, buffered=False)

    assert body.num_read == size


def test_there_is_an_end_to_what_is_read(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "DISCARDED_BYTES", 3 * errors.SKIPPED_BYTES)
    size = 10 * errors.SKIPPED_BYTES
    body = Body(bytes(size))

    client.post(CHAT, environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(size)}, buffered=True).close()

    assert body.num_read == 3 * errors.SKIPPED_BYTES
