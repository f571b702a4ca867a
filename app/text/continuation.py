"""Prompts that end within the last message, for replies that go on with its text."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.errors import RequestError

Message = Mapping[str, Any]


def continued(render: Callable[[Sequence[Message]], str], messages: Sequence[Message]) -> str:
    """The rendered messages up to the end of the last one's text. Raises RequestError.

    The text is put in after rendering: many templates strip what an assistant says, and with it the indentation of a
    line that has just begun.
    """
    *earlier, last = messages
    marker = f"continued-{secrets.token_hex(8)}"
    before, found, after = render([*earlier, {**last, "content": marker}]).partition(marker)
    if not found or marker in after:
        raise RequestError(
            "The checkpoint's chat template does not show the last message as it is, so its text cannot be continued.",
            "messages",
        )
    return before + str(last["content"])
