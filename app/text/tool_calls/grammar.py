"""A grammar of calls, in llguidance's Lark."""

from __future__ import annotations

import json

from app.text.grammars import JSON_STYLE
from app.text.tool_calls.tools import ToolUse


def calls_grammar(use: ToolUse, begin: str, arguments: str, end: str, separator: str | None) -> str:
    """One call, or several with a `separator` between them. `begin` and `end` enclose the object of each, whose
    arguments are its member `arguments`.
    """
    several = f" ({_text(separator)} call)*" if separator is not None and use.max_calls is None else ""
    numbers = range(len(use.callable))
    rules = [f"start: call{several}", "call: " + " | ".join(f"call_{number}" for number in numbers)]
    for number, tool in zip(numbers, use.callable, strict=True):
        head = f'{begin}{{"name": {json.dumps(tool.name)}, "{arguments}": '
        schema = {**tool.schema, "x-guidance": JSON_STYLE}
        rules += [
            f"call_{number}: {_text(head)} arguments_{number} {_text('}' + end)}",
            f"arguments_{number}: %json {json.dumps(schema)}",
        ]
    return "\n".join(rules) + "\n"


def _text(text: str) -> str:
    return json.dumps(text)
