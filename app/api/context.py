"""What every route needs: the server's parts, the JSON body, and whether the client is still connected."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from flask import current_app, g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected

from app.api.body_coding import decode_body
from app.api.client_limits import ClientLimits
from app.api.in_flight import InFlight
from app.api.seats import Seats
from app.errors import BodyTimeout, RequestError
from app.keys import Keys
from app.serving.service import Service

EXTENSION = "elbarto"
# Without a limit, a client that stalls in the middle of its body would occupy a thread forever.
BODY_TIMEOUT_S = 30.0


@dataclass(frozen=True, kw_only=True)
class HttpConfig:
    """Sizes are in bytes, times in seconds. Without any key, any client may use the server."""

    api_key: str | None = None
    api_keys_file: Path | None = None
    max_concurrent_per_key: int = 0  # 0: any number
    requests_per_minute_per_key: int = 0
    cors_origins: Sequence[str] = ()  # `*` is any host or, after a colon, any port
    allowed_hosts: Sequence[str] = ()  # checked without an `api_key` only
    trusted_proxies: Sequence[str] = ()
    root_path: str = ""
    max_body_bytes: int = 4 * 2**20
    sse_keepalive_s: float = 15.0  # 0: never
    watch: Literal["off", "positions", "full"] = "positions"  # what clients may see of other clients' requests
    version: str = "0"
    guides: Path | None = None  # the folder of the documents that /docs leads to
    max_requests: int = 1000  # in progress at the same time
    max_followers: int = 1000  # WebSockets that follow other clients' requests
    max_new_sockets: int = 1000  # WebSockets that have not sent their request yet


@dataclass(frozen=True, kw_only=True)
class Http:
    """The parts of the server that its routes share."""

    service: Service
    config: HttpConfig
    requests: Seats  # for those in progress
    followers: Seats  # for WebSockets that follow other clients' requests
    new_sockets: Seats  # for WebSockets that have not sent their request yet
    bodies: Seats  # bytes of the bodies of requests in progress
    keys: Keys
    limits: ClientLimits
    in_flight: InFlight = field(default_factory=InFlight)


def http() -> Http:
    extension = current_app.extensions[EXTENSION]
    assert isinstance(extension, Http)
    return extension


def service() -> Service:
    """The service, in which this request's client takes turns with others."""
    return http().service.for_client(g.get("client_name", ""))


def json_body() -> dict[str, Any]:
    """The body as an object, whatever its Content-Type (`curl -d` sends a form's).

    Raises RequestError, Overloaded, and what `read_body` and `decode_body` raise.
    """
    coding = request.headers.get("Content-Encoding", "")
    raw = decode_body(read_body(), coding, http().config.max_body_bytes)
    hold_body(len(raw))
    return parse_object(raw)


def hold_body(size: int) -> None:
    """Count the bytes of a body until its request has ended. Raises Overloaded."""
    held_until_end().append(http().bodies.take(size))


def held_until_end() -> list[Callable[[], None]]:
    """What is called when this request has ended, by app.api.limits."""
    held: list[Callable[[], None]] = g.setdefault("held", [])
    return held


def parse_object(raw: bytes) -> dict[str, Any]:
    """A request's JSON object; raises RequestError."""
    if not raw.strip():
        raise RequestError("The request body is empty; it must be a JSON object.")
    try:
        # NaN and Infinity are accepted here, so that the schema's error can name the field.
        body = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RequestError(f"The request body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise RequestError("The request body must be a JSON object.")
    if b"\\ud" in raw.lower():
        _refuse_lone_surrogates(body)
    return body


def read_body(timeout_s: float = BODY_TIMEOUT_S) -> bytes:
    """Raises BodyTimeout if the client sends nothing for `timeout_s`, RequestEntityTooLarge above the limit.

    Also RequestError for malformed chunks.
    """
    connection: socket.socket | None = request.environ.get("gunicorn.socket")
    send_timeout_s = connection.gettimeout() if connection is not None else None
    if connection is not None:
        connection.settimeout(timeout_s)
    try:
        raw = request.get_data(cache=False)
        request.stream.read(1)  # A chunked body over the limit was cut silently; this raises the 413.
    except ClientDisconnected as error:  # werkzeug raises this for every socket error
        raise BodyTimeout from error
    except ParseException as error:
        raise RequestError(f"The request body's chunks are malformed: {error}.") from error
    finally:
        if connection is not None:
            connection.settimeout(send_timeout_s)
    return raw


def _refuse_lone_surrogates(body: dict[str, Any]) -> None:
    """JSON can contain halves of characters ("\\ud800"), which no tokenizer accepts."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise RequestError(
            f"The request body contains {half} alone, half of a surrogate pair, which is not valid Unicode."
        ) from error
