"""Requests in good HTTP whose body, headers, method or path are not what the route expects."""

from __future__ import annotations

import base64
import gzip
import http.client
import random
import shlex
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.fuzz.contract import Answer, Contract
from bench.fuzz.mutation import cut, sampled, spoiled, written
from bench.fuzz.report import Verdict
from bench.server import HOST

TIMEOUT_S = 30.0  # a request that takes longer hangs
SHOWN_BYTES = 4096  # of a body, in a reproduction
# Bodies say how much text they want; that much of it is what keeps a fuzzer from sending more.
LENGTHS = ("max_tokens", "max_output_tokens", "n_predict", "num_predict", "max_completion_tokens")
METHODS = ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "POST")
CONTENT_TYPES = (
    *("text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "", "x", "*/*", "a/b; ="),
    *("multipart/form-data; boundary=x", "multipart/form-data", "application/json; charset=\xff", "application/xml"),
)
HEADERS = (
    *(("Accept", value) for value in ("text/html", "text/event-stream", "application/x-ndjson", "x", "*/*;q=0", "")),
    *(
        ("Content-Encoding", value)
        for value in ("br", "identity", "gzip", "deflate", "zstd", "gzip, gzip", ",", "x" * 999)
    ),
    *(("Origin", value) for value in ("null", "https://evil.example", "http://localhost:1", "http://[", "\xff")),
    *(
        ("Host", value)
        for value in ("evil.example", "localhost", "a b", "[::1]:99", "", "127.0.0.1@x", "127.0.0.1:99999")
    ),
    *(
        ("Authorization", value)
        for value in ("Bearer", "Bearer x", "Basic !!", "Basic eDp5", "\xff", "Bearer " + "x" * 5000)
    ),
    *(("x-request-id", value) for value in ("", "a" * 5000, "\x7f", "\xff\xfe", "a b", "${jndi:x}")),
    *(("X-Forwarded-For", value) for value in ("1.2.3.4", "x", "::1, 1.1.1.1", "," * 50)),
    *(("X-Forwarded-Prefix", value) for value in ("/a", "//evil", "a", "/" + "b" * 999)),
    *(("X-Forwarded-Proto", "javascript"), ("X-Forwarded-Host", "evil.example/x"), ("traceparent", "00-x-y-zz")),
    *(("Range", "bytes=5-2"), ("Range", "bytes=0-0,2-3"), ("If-Modified-Since", "x"), ("If-None-Match", '"')),
    *(("Expect", "100-continue"), ("Expect", "x"), ("Cookie", "a=" + "b" * 3000), ("anthropic-version", "x")),
    *(("X-HTTP-Method-Override", "DELETE"), ("Upgrade", "h2c"), ("Connection", "Upgrade"), ("TE", "trailers")),
)
PATHS = (
    *("/v1/v1/models", "/v1", "/chat/completions", "/v1/%00", "/%2e%2e/etc/passwd", "/v1/models/%ff", "/docs/%2e%2e/x"),
    *(
        "/a" * 999,
        "/web/../app",
        "/v1/generations/x/steps",
        "/v1/steps",
        "/v1/models/a/b/c",
        "/docs/..%2f..%2fx",
        "/;x",
    ),
    *("/v1/models/%E2%80%AE", "/v1/embeddings", "/api/pull", "/index.php", "/docs/%252e", "/v1/responses/resp_1"),
    *("/web/%5c%5c", "/.git/config"),
)


@dataclass(frozen=True)
class Case:
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    is_chunked: bool = False

    def reproduction(self, port: int) -> str:
        """A command for a shell; empty if the body is too long for one."""
        if len(self.body) > SHOWN_BYTES:
            return ""
        headers = [f"-H {shlex.quote(f'{name}: {value}' if value else f'{name};')}" for name, value in self.headers]
        head = ["-I"] if self.method == "HEAD" else ["-X", shlex.quote(self.method)]
        url = shlex.quote(f"http://{HOST}:{port}{self.target}")
        curl = ["curl -sSi --path-as-is", *head, *headers, "--data-binary @-", url]
        return f"echo {base64.b64encode(self.body).decode()} | base64 -d | {' '.join(curl)}"


class Cases:
    """Makes cases. The same `chance` makes the same one."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._routes = [(path, schema, list(map(_shortened, examples))) for path, schema, examples in contract.bodies()]

    def make(self, chance: random.Random) -> Case:
        kind = chance.random()
        if kind < 0.05:
            return self._without_body(chance)
        path, schema, examples = chance.choice(self._routes)
        body = written(self._value(schema, examples, chance), chance)
        headers = [("Content-Type", "application/json")]
        method = "POST"
        if kind < 0.08:
            method = chance.choice(METHODS)
        elif kind < 0.11:
            path = _other_path(path, chance)
        elif kind < 0.25:
            headers, body = _odd_headers(headers, body, chance)
        if kind > 0.999:
            body = body[:-1] + b', "x": "' + b"y" * 5_000_000 + b'"}'
        return Case(method, path, tuple(headers), body, is_chunked=kind > 0.97)

    def _value(self, schema: Any, examples: list[Any], chance: random.Random) -> Any:
        value = chance.choice(examples)
        if chance.random() < 0.1:  # another route's
            value = chance.choice(chance.choice(self._routes)[2])
        if chance.random() < 0.6:  # fields that the examples do not have
            value = {**value, **self._more_fields(schema, chance)}
        return spoiled(value, chance, chance.choice((0, 1, 1, 1, 2, 3)))

    def _more_fields(self, schema: Any, chance: random.Random) -> dict[str, Any]:
        properties = self._contract.resolve(schema["$ref"])["properties"]
        names = chance.sample(list(properties), min(len(properties), chance.choice((1, 1, 2, 4))))
        return {name: sampled(properties[name], self._contract.resolve, chance) for name in names}

    def _without_body(self, chance: random.Random) -> Case:
        method, path = chance.choice(self._contract.operations)
        path = path.replace("{model_id}", "elbarto-mini").replace(
            "{name}", chance.choice(("index.md", "style.css", "x", ".."))
        )
        if chance.random() < 0.2:
            path = _other_path(path, chance)
        headers = [chance.choice(HEADERS)] if chance.random() < 0.6 else []
        return Case(method if chance.random() < 0.7 else chance.choice(METHODS), path, tuple(headers))


def _shortened(value: Any) -> Any:
    """The same request for a few tokens."""
    if isinstance(value, dict):
        return {name: 4 if name in LENGTHS else _shortened(inner) for name, inner in value.items()}
    return value


def _other_path(path: str, chance: random.Random) -> str:
    return chance.choice((
        *(*PATHS, path + "/", "/" + path, path + "?stream=true&%ff=%00&a=" + "b" * 2000, path.upper(), path + "x"),
        *(path + "%20", path.replace("/", "//"), path + "/x", path[:-1] or "/", "/v1" + path),
    ))  # fmt: skip


def _odd_headers(
    headers: list[tuple[str, str]], body: bytes, chance: random.Random
) -> tuple[list[tuple[str, str]], bytes]:
    kind = chance.random()
    if kind < 0.3:
        return [("Content-Type", chance.choice(CONTENT_TYPES))], body
    if kind < 0.5:
        coding, encode = chance.choice(CODINGS)
        return [*headers, ("Content-Encoding", coding)], encode(body, chance)
    if kind < 0.55:
        return [*headers, *((f"X-{number}", "y") for number in range(chance.choice((20, 90, 99, 150))))], body
    return [*headers, *(chance.choice(HEADERS) for _ in range(chance.choice((1, 1, 2, 5))))], body


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 1, mtime=0)


# Content-Encoding, and what it is said of.
CODINGS: tuple[tuple[str, Callable[[bytes, random.Random], bytes]], ...] = (
    ("gzip", lambda body, _: _packed(body)),
    ("GZIP", lambda body, _: _packed(body) * 2),
    ("gzip", lambda body, chance: cut(_packed(body), chance)),
    ("gzip", lambda body, _: _packed(body)[:-4] + b"xxxx"),
    ("gzip, gzip", lambda body, _: _packed(_packed(body))),
    ("x-gzip", lambda _, chance: _packed(b"[" * chance.choice((100_000, 20_000_000)))),
    ("deflate", lambda body, _: zlib.compress(body)),
    ("deflate", lambda body, _: zlib.compress(body)[2:-4]),
    ("deflate", lambda body, chance: cut(zlib.compress(body), chance)),
    ("zstd", lambda body, _: b"\x28\xb5\x2f\xfd" + body),
    ("zstd, deflate", lambda body, _: zlib.compress(body)),
)


class Sender:
    """One connection, kept alive as long as the server does."""

    def __init__(self, port: int, contract: Contract) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_S)
        self._contract = contract

    def send(self, case: Case) -> Verdict:
        name = f"{case.method} {case.target[:60]}"
        try:
            answer = self._exchange(case)
        except TimeoutError:
            self._connection.close()
            return Verdict("hangs", f"{name}: no answer within {TIMEOUT_S:.0f} s")
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return Verdict("lost", f"{name}: {type(error).__name__}: {error}")
        return self._contract.judge(case.method, case.target, answer)

    def _exchange(self, case: Case) -> Answer:
        connection, names = self._connection, {name.lower() for name, _ in case.headers}
        connection.putrequest(case.method, case.target, skip_host="host" in names, skip_accept_encoding=True)
        for name, value in case.headers:
            connection.putheader(name, value.encode("latin-1"))
        connection.putheader(
            *(("Transfer-Encoding", "chunked") if case.is_chunked else ("Content-Length", str(len(case.body))))
        )
        connection.endheaders(case.body if not case.is_chunked else _parts(case.body), encode_chunked=case.is_chunked)
        response = connection.getresponse()
        body = response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def _parts(body: bytes) -> Iterator[bytes]:
    for begin in range(0, len(body), 65_536):
        yield body[begin : begin + 65_536]
