"""For requests in other APIs' formats, which become requests for chats and completions: errors about those name the
fields as the client sent them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.errors import ApiError


@dataclass
class Translation:
    """The body of a request for a chat or a completion. `names` are paths in it, each with the path in the sent body
    that it was made of; `warnings` are about the sent body.
    """

    body: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@contextmanager
def named_as_sent(names: Mapping[str, str]) -> Iterator[None]:
    """`names` are those of a Translation."""
    try:
        yield
    except ApiError as error:
        sent = sent_name(error.param, names) if error.param else None
        # Names that are English words too are replaced only where an error begins with the field that it is about.
        telling = {name: names[name] for name in names if re.search(r"[_.\[]", name)}
        if error.param and sent and error.message.startswith(f"{error.param} "):
            telling[error.param] = sent
        error.message, error.param = sent_name(error.message, telling), sent
        raise


def sent_name(text: str, names: Mapping[str, str]) -> str:
    """The text with the sent names; the name of a field is also the beginning of the names of its parts."""
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = rf"(?<![\w.\]])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
    return re.sub(pattern, lambda match: names[match[0]], text)
