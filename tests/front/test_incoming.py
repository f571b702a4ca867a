"""When a request has arrived whole: however it was cut on its way, and whatever it says."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.front.incoming import MAX_HEAD_BYTES, IncomingRequest

MAX_BODY = 1000
HEAD = b"POST /v1/infill HTTP/1.1\r\nHost: test\r\n"


def chunked(*chunks: bytes, trailers: bytes = b"") -> bytes:
    body = b"".join(b"%x;name=value\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body + b"0\r\n" + trailers + b"\r\n"


REQUESTS = [
    b"GET / HTTP/1.1\r\nHost: test\r\n\r\n",
    HEAD + b"Content-Length: 0\r\n\r\n",
    HEAD + b"content-length:5\r\nExpect: 100-continue\r\n\r\nab\r\n\r",
    HEAD + b"Content-Length: 1000\r\n\r\n" + b"x" * 1000,
    chunked(),
    chunked(b"hello", b"0\r\n\r\n", b"\r\n" * 300),
    chunked(b"hello", trailers=b"X-Sum: 1\r\n"),
]


@given(st.sampled_from(REQUESTS), st.lists(st.integers(0, 1100)))
def test_a_request_is_complete_with_its_last_byte(request: bytes, cuts: list[int]) -> None:
    incoming = IncomingRequest(MAX_BODY)
    places = sorted({0, len(request), *(cut for cut in cuts if cut < len(request))})

    for begin, end in itertools.pairwise(places):
        assert not incoming.is_complete
        incoming.feed(request[begin:end])

    assert incoming.is_complete
    assert incoming.data == request


@pytest.mark.parametrize("request_bytes", REQUESTS)
def test_it_is_not_complete_before(request_bytes: bytes) -> None:
    incoming = IncomingRequest(MAX_BODY)

    incoming.feed(request_bytes[:-1])

    assert not incoming.is_complete


@pytest.mark.parametrize("request_bytes", REQUESTS)
def test_the_next_request_may_follow_at_once(request_bytes: bytes) -> None:
    incoming = IncomingRequest(MAX_BODY)

    incoming.feed(request_bytes + b"GET / HTTP/1.1\r\n")

    assert incoming.is_complete


@pytest.mark.parametrize(
    "hopeless",
    [
        HEAD + b"Content-Length: 1001\r\n\r\n",
        HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"5" * 400,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"800\r\n" + b"x" * 2001,
        HEAD + b"X: " + b"x" * MAX_HEAD_BYTES,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * MAX_HEAD_BYTES,
    ],
)
def test_what_will_be_refused_is_not_waited_for(hopeless: bytes) -> None:
    incoming = IncomingRequest(MAX_BODY)

    incoming.feed(hopeless)

    assert incoming.is_complete


def test_a_client_that_expects_to_be_told_to_go_on() -> None:
    incoming = IncomingRequest(MAX_BODY)

    incoming.feed(HEAD + b"Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n")

    assert incoming.expects_continue
    assert not incoming.is_complete
