"""Whether an answer keeps the function name, the arguments and the constant of the request."""

from __future__ import annotations

import re

from training.data.tasks import Task
from training.data.template import Constant

DEF_LINE = re.compile(r"^def (\w+)\((.*?)\)(?: ->.*)?:$", re.MULTILINE)
CLASS_LINE = re.compile(r"^class (\w+)\b.*:$", re.MULTILINE)
DEFAULT_OR_TYPE = re.compile(r"[:=].*", re.DOTALL)


def name_copied(code: str, task: Task) -> bool | None:
    """None if the request gives no name."""
    if not task.name_given:
        return None
    return task.name in {match[1] for line in (DEF_LINE, CLASS_LINE) for match in line.finditer(code)}


def arguments_copied(code: str, task: Task) -> bool | None:
    """Whether all arguments were copied, in order; None if the request gives no signature."""
    if not task.signature_given:
        return None
    match = DEF_LINE.search(code)
    return match is not None and argument_names(match[2]) == task.arguments


def constant_copied(code: str, task: Task) -> bool | None:
    """None if the correct body does not contain the constant literally."""
    if task.constant is None or not holds_constant(body_of(task.code), task.constant):
        return None
    return holds_constant(body_of(code), task.constant)


def argument_names(text: str) -> tuple[str, ...]:
    """The names between the brackets of a `def`, without types and defaults."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return tuple(name for part in parts if (name := DEFAULT_OR_TYPE.sub("", part).strip()))


def body_of(code: str) -> str:
    """The text after the first `def` line; empty if there is none."""
    match = DEF_LINE.search(code)
    return code[match.end() :] if match else ""


def holds_constant(body: str, constant: Constant) -> bool:
    """Whether the body contains an integer as a separate number, or a string in either kind of quotes."""
    if isinstance(constant, int):
        return re.search(rf"(?<![\w.]){abs(constant)}(?![\w.])", body) is not None
    escaped = repr(constant)[1:-1]
    return any(f"{quote}{escaped}{quote}" in body for quote in "'\"")
