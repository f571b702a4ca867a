"""What the OpenAPI document promises, and whether an answer keeps it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from bench.fuzz.report import Verdict

Json = dict[str, Any]
# What is no request is refused before a route is chosen (docs/reference/errors.md), and the connection closed.
BEFORE_A_ROUTE = {400, 408, 414, 417, 429, 431}
ERROR = {"$ref": "#/components/schemas/Error"}
ERRORS = ("Error", "AnthropicError", "OllamaError")
# Where a stream may end; `response.failed` and error events are judged by what they say.
LAST_TYPES = {"message_stop", "response.completed", "response.incomplete", "response.failed", "error"}
REQUIRED_HEADERS = {"401": ("www-authenticate",), "405": ("allow",), "429": ("retry-after",), "503": ("retry-after",)}


@dataclass(frozen=True)
class Answer:
    """`headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Contract:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._paths = [(re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(path))), path) for path in document["paths"]]
        self._validators: dict[str, Draft202012Validator] = {}

    def resolve(self, reference: str) -> Json:
        node = self._document
        for name in reference.removeprefix("#/").split("/"):
            node = node[name]
        return node

    @cached_property
    def operations(self) -> list[tuple[str, str]]:
        """(method, path), without WebSockets."""
        return [
            (method.upper(), path)
            for path, operations in self._document["paths"].items()
            for method, operation in operations.items()
            if "101" not in operation["responses"]
        ]

    def bodies(self) -> Iterator[tuple[str, Json, list[Any]]]:
        """Each path that takes a body, with its schema and examples."""
        for path, operations in self._document["paths"].items():
            for operation in operations.values():
                if "requestBody" in operation:
                    content = operation["requestBody"]["content"]["application/json"]
                    yield path, content["schema"], [example["value"] for example in content["examples"].values()]

    def judge(self, method: str, target: str, answer: Answer) -> Verdict:
        """Whether this answer to a request is documented."""
        status = str(answer.status)
        fault = self._fault(method, target, answer)
        return Verdict(status, f"{method} {target.partition('?')[0][:60]}: {fault}" if fault else "")

    def _fault(self, method: str, target: str, answer: Answer) -> str:
        status, answered = str(answer.status), answer.headers.get("content-type", "").partition(";")[0]
        if answer.status >= 500:
            return f"{status}: {answer.body[:200]!r}"
        if missing := [
            name for name in (*REQUIRED_HEADERS.get(status, ()), "x-request-id") if name not in answer.headers
        ]:
            return f"{status} without {missing[0]}"
        if (
            answer.status in BEFORE_A_ROUTE
            and answer.headers.get("connection") == "close"
            and "server" not in answer.headers
        ):
            return "" if method == "HEAD" else self._body_fault(ERROR, "application/json", answer.body)
        operation = self._operation(method, target)
        if operation is None:
            return self._unrouted_fault(method, answer)
        response = operation["responses"].get(status)
        if response is None:
            return f"{status} is not documented: {answer.body[:200]!r}"
        if method == "HEAD" or answer.status in (101, 304, 308):
            return ""
        response = self.resolve(response["$ref"]) if "$ref" in response else response
        content = response.get("content", {})
        if answered not in content:
            return "" if "*/*" in content else f"{status} with the content type {answered!r}"
        if answered in ("text/event-stream", "application/x-ndjson"):
            # llama.cpp's `response_fields` may leave out what marks the end.
            return stream_fault(answer.body, answered, has_mark=not target.startswith(("/infill", "/completion")))
        return self._body_fault(content[answered].get("schema"), answered, answer.body)

    def _operation(self, method: str, target: str) -> Json | None:
        """None for what no route serves, and for OPTIONS, which every route answers without being asked to."""
        path = re.sub("/+", "/", unquote(target.partition("?")[0], errors="replace"))
        path = path.rstrip("/") or "/"
        found = self._document["paths"].get(path) or next(
            (self._document["paths"][name] for pattern, name in self._paths if pattern.fullmatch(path)), None
        )
        if found is None or method == "OPTIONS":
            return None
        documented: Json = found.get("get" if method == "HEAD" else method.lower()) or next(iter(found.values()))
        return documented

    def _unrouted_fault(self, method: str, answer: Answer) -> str:
        allowed = (200, 204, 400, 403, 404) if method == "OPTIONS" else (400, 403, 404, 405)
        if answer.status not in allowed:
            return f"{answer.status} where there is no route: {answer.body[:200]!r}"
        return "" if method in ("OPTIONS", "HEAD") else self.any_error_fault(answer.body)

    def any_error_fault(self, body: bytes) -> str:
        """For an error of a route that is not known."""
        schema = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in ERRORS]}
        return self._body_fault(schema, "application/json", body)

    def _body_fault(self, schema: Json | None, content_type: str, body: bytes) -> str:
        if "json" not in content_type:
            return ""
        try:
            value = json.loads(body)
        except ValueError:
            return f"a body that is no JSON: {body[:200]!r}"
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {**(schema or {}), "components": self._document["components"]}
            self._validators[key] = Draft202012Validator(whole)
        error = best_match(self._validators[key].iter_errors(value))
        return f"a body that is not as documented: {error.message[:150]} at {error.json_path}" if error else ""


def stream_fault(body: bytes, content_type: str, has_mark: bool = True) -> str:
    """Whether a stream is made of JSON, ends as it must, and does not report a fault of the server."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "a stream that is not UTF-8"
    lines = [line for line in re.split("\r?\n", text) if line]
    if content_type == "text/event-stream":
        if odd := [line for line in lines if not line.startswith(("data: ", "event: ", ":"))]:
            return f"a stream with the line {odd[0][:100]!r}"
        lines = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    is_done = bool(lines) and lines[-1] == "[DONE]"
    try:
        events = [json.loads(line) for line in lines[: -1 if is_done else None]]
    except ValueError:
        return "a stream with an event that is no JSON"
    if not all(isinstance(event, dict) for event in events):
        return "a stream with an event that is no object"
    if failed := [event for event in events if _is_server_fault(event)]:
        return f"a stream that fails: {json.dumps(failed[0])[:200]}"
    last = events[-1] if events else {}
    ends = is_done or last.get("done") or last.get("stop") is True or last.get("type") in LAST_TYPES or "error" in last
    return "" if ends or not has_mark else f"a stream without an end: {body[-200:]!r}"


def _is_server_fault(event: Json) -> bool:
    if event.get("type") == "response.failed":
        return bool((event["response"].get("error") or {}).get("code") == "server_error")
    error = event.get("error")
    if isinstance(error, str):  # Ollama's
        return error.startswith(("Internal error", "The engine failed"))
    return isinstance(error, dict) and (
        error.get("type") in ("server_error", "api_error") or event.get("status", 0) >= 500
    )
