"""LSP snippets: plain text escaped, and unsure spans as placeholders."""

from __future__ import annotations

import re
from collections.abc import Sequence


def escape(text: str) -> str:
    return re.sub(r"([\\$}])", r"\\\1", text)


def to_snippet(text: str, spans: Sequence[tuple[int, int, float]]) -> str:
    """The text with a placeholder for each span (start, end, confidence); the final tab stop is its end."""
    parts, at = [], 0
    for number, (start, end, _) in enumerate(spans, 1):
        parts += [escape(text[at:start]), f"${{{number}:{escape(text[start:end])}}}"]
        at = end
    return "".join(parts) + escape(text[at:]) + "$0"
