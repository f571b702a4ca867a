"""A hole's masks, and the texts that are pinned among them."""

from __future__ import annotations

from collections.abc import Sequence

from app.serving.infill.requests import Pin
from app.text.tokenizer import Tokenizer

Content = list[int | None]  # of a hole: None is a mask


class PinnedTexts:
    """The pinned texts of one hole.

    `min_length` is the number of their tokens, plus a mask for each gap before, between and after them.
    """

    def __init__(self, pins: Sequence[Pin], tokenizer: Tokenizer) -> None:
        self._pins = [(pin.at, tokenizer.encode_plain(pin.text)) for pin in pins]
        self.num_tokens = sum(len(ids) for _, ids in self._pins)
        self._num_gaps = len(pins) + 1 - sum(pin.at != "anywhere" for pin in pins)
        self.min_length = self.num_tokens + self._num_gaps

    def content(self, length: int) -> Content:
        """`length` positions, or a few fewer so that all gaps are equal; at least `min_length`."""
        if not self._pins:
            return [None] * length
        gap: Content = [None] * max(1, (length - self.num_tokens) // self._num_gaps)
        content: Content = []
        for at, ids in self._pins:
            content += [*([] if at == "start" else gap), *ids]
        return content + ([] if self._pins[-1][0] == "end" else gap)
