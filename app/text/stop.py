"""Finds stop strings in text that arrives in pieces."""

from __future__ import annotations

from collections.abc import Sequence


class StopStrings:
    """Passes text on, holding back an end that may be the start of a stop string."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.found: str | None = None  # the stop string that ended the text

    def add(self, text: str) -> tuple[str, bool]:
        """(text to pass on, whether a stop string was found). The stop string itself is never passed on."""
        text = self._held + text
        matches = [(at, -len(stop), stop) for stop in self._stops if (at := text.find(stop)) >= 0]
        if matches:
            at, _, self.found = min(matches)
            self._held = ""
            return text[:at], True
        keep = max((overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep], False

    def flush(self) -> str:
        """The text held back, at the end: it did not become a stop string."""
        held, self._held = self._held, ""
        return held


def overlap(text: str, marker: str) -> int:
    """The length of the longest end of `text` that `marker` starts with, without being it."""
    longest = min(len(text), len(marker) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(marker[:size])), 0)
