"""From bytes to messages: what is wrong with one that cannot be read, and what can still be made of it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from cattrs import Converter, transform_error
from cattrs.errors import ClassValidationError
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams, JsonRpcInvalidRequest, JsonRpcParseError

from lsp.options import camel_case

# Requests whose optional parts matter less than an answer: an unreadable `initialize` would end the editor's session,
# and the diagnostics of a code action are not used.
LENIENT = {types.INITIALIZE, types.TEXT_DOCUMENT_CODE_ACTION}
Message = dict[str, Any]
_PATH_PART = re.compile(r"\.(\w+)|\[(\d+)\]")
MAX_PROBLEMS = 3  # that an error message lists


def parse(body: bytes) -> Message:
    """The JSON object of a message. Raises JsonRpcParseError or JsonRpcInvalidRequest."""
    try:
        message = json.loads(body, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise JsonRpcParseError(f"The message is not valid JSON: {error}") from error
    if not isinstance(message, dict):
        raise JsonRpcInvalidRequest(f"A message must be one JSON object, got {_shown(message)}.")
    return message


def _finite(text: str) -> float:
    """NaN and Infinity are Python's, not JSON's, and no answer or request could carry them on."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number


def id_of(message: Message) -> int | str | None:
    """The id of a request or an answer, or None if it has none that is allowed."""
    id = message.get("id")
    return id if isinstance(id, int | str) and not isinstance(id, bool) else None


def check_call(message: Message) -> None:
    """Raises JsonRpcInvalidRequest unless this is a request or a notification as in JSON-RPC."""
    if not isinstance(message["method"], str):
        raise JsonRpcInvalidRequest(f"method must be a string, got {_shown(message['method'])}.")
    if "id" in message and id_of(message) is None:
        raise JsonRpcInvalidRequest(f"id must be an integer or a string, got {_shown(message['id'])}.")
    if message.get("jsonrpc") != "2.0":
        raise JsonRpcInvalidRequest(f'jsonrpc must be "2.0", got {_shown(message.get("jsonrpc"))}.')


def structured(converter: Converter, message: Message, kind: type[Any]) -> tuple[Any, list[str]]:
    """The message as lsprotocol's type, and what was left out of it. Raises JsonRpcInvalidParams."""
    _fill_in(message)
    left_out: list[str] = []
    while True:
        try:
            return converter.structure(message, kind), left_out
        except ClassValidationError as error:
            problems = [_Problem(text, message) for text in transform_error(error)]
            if not (message.get("method") in LENIENT and problems[0].leave_out()):
                raise JsonRpcInvalidParams("; ".join(map(str, problems[:MAX_PROBLEMS]))) from error
            left_out.append(str(problems[0]))
        except Exception as error:  # lsprotocol's own functions for unions raise whatever they meet
            raise JsonRpcInvalidParams(f"The message cannot be read: {error}") from error


def _fill_in(message: Message) -> None:
    """Required parts that clients leave out, and whose meaning is clear."""
    method, params = message.get("method"), message.get("params")
    if method == types.INITIALIZE:
        params = message["params"] = params if isinstance(params, dict) else {}
        if not isinstance(params.get("capabilities"), dict):
            params["capabilities"] = {}
    elif not isinstance(params, dict):
        return
    elif method == types.WORKSPACE_DID_CHANGE_CONFIGURATION:
        params.setdefault("settings", None)
    elif method == types.TEXT_DOCUMENT_INLINE_COMPLETION:
        context = params["context"] if isinstance(params.get("context"), dict) else {}
        # In drafts of LSP 3.18, 0 was an invoked completion.
        is_known = context.get("triggerKind") in (1, 2)
        params["context"] = context if is_known else context | {"triggerKind": 1}


class _Problem:
    """One of the sentences in which cattrs says what cannot be read, with a path: `expected int @ $.params.a[1]`."""

    def __init__(self, text: str, message: Message) -> None:
        self._what, _, path = text.rpartition(" @ $.")
        self._holder: Any = None
        self._key: Any = None
        self._names: list[str] = []
        here: Any = message
        for name, index in _PATH_PART.findall(f".{path}"):
            key: Any = int(index) if index else camel_case(name)
            self._names.append(f"[{index}]" if index else f".{key}")
            if isinstance(here, str):  # in the place of a list
                break
            try:
                self._holder, self._key, here = here, key, here[key]
            except (LookupError, TypeError):  # what is missing, or belongs into something of another type
                break
        self._value = here
        self._can_leave_out = here is not message and self._key not in ("params", "capabilities")

    def leave_out(self) -> bool:
        """Delete the innermost part that the path leads to. False: the message would be none without it."""
        if self._can_leave_out:
            del self._holder[self._key]
        return self._can_leave_out

    def __str__(self) -> str:
        return f"{''.join(self._names).lstrip('.')}: {self._what}, got {_shown(self._value)}"


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."
