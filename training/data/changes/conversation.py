"""What is asked about given code, and a conversation in which it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from training.data.changes.subject import Subject
from training.data.template import Constant


@dataclass(frozen=True)
class Change:
    """One request about code. `asks` is a table of `asks.py` whose fields `values` fills; `given` is the code before.
    `code` is empty if the reply is talk. Checks call the expression `bind` as `f`, after `setup` and the code. `after`
    is the function that the reply contains, if more can be asked about it."""

    asks: tuple[str, ...]
    given: str
    reply: str
    name: str
    code: str = ""
    checks: tuple[str, ...] = ()
    constant: Constant = None
    bind: str = ""
    setup: str = ""
    after: Subject | None = None
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Conversation:
    """Messages of the user and the assistant in turn; the user's are the first and the last. `change` is what the last
    asks for."""

    kind: str
    messages: tuple[str, ...]
    reply: str
    change: Change
