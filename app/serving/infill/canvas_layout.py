"""A canvas's token ids: the texts around its holes, and the contents of the holes."""

from __future__ import annotations

from collections.abc import Sequence

from app.messages.params import Window
from app.serving.infill.pins import Content
from app.text.tokenizer import Tokenizer

SCORED_SUFFIX = 16  # tokens after a hole whose probabilities measure how well it fits
CONTEXT_TOKENS = 8  # enough for a tokenizer that writes a word differently at the start of a text


class CanvasLayout:
    """The token ids around the holes. The texts start with a prompt of whole blocks; the window is what follows."""

    def __init__(self, texts: Sequence[str], tokenizer: Tokenizer, block_length: int) -> None:
        ids = [tokenizer.encode_plain(text) for text in texts]
        prompt_len = len(ids[0]) // block_length * block_length
        self.prompt_ids, self.head, self.after = ids[0][:prompt_len], ids[0][prompt_len:], ids[1:]
        self.num_text_tokens = sum(map(len, ids))

    def before(self, hole: int) -> list[int]:
        """The last tokens before a hole."""
        return (self.after[hole - 1] if hole else [*self.prompt_ids, *self.head])[-CONTEXT_TOKENS:]

    def fill(self, contents: Sequence[Content]) -> Content:
        """The window's token ids, with these contents of the holes."""
        return [
            *self.head,
            *(item for pair in zip(contents, self.after, strict=True) for part in pair for item in part),
        ]

    def window(
        self,
        contents: Sequence[Content],
        banned: Sequence[tuple[int, ...]],
        ends: Sequence[tuple[int, ...]],
        may_delete: bool,
    ) -> Window:
        """The window with these contents; `banned` and `ends` are token ids for each hole."""
        token_ids = self.fill(contents)
        holes: list[int | None] = [None] * len(self.head)
        for number, (content, text) in enumerate(zip(contents, self.after, strict=True)):
            holes += [number] * len(content) + [None] * len(text)
        return Window(tuple(token_ids), tuple(holes), tuple(banned), tuple(ends), may_delete)

    def fit_window(self, contents: Sequence[Sequence[int]]) -> Window | None:
        """A probe of the text after the holes, given their contents; None if there is no text after them."""
        token_ids: Content = list(self.head)
        targets: list[int | None] = [None] * len(self.head)
        for content, text in zip(contents, self.after, strict=True):
            num = min(SCORED_SUFFIX, len(text))
            token_ids += [*content, *[None] * num, *text[num:]]
            targets += [*[None] * len(content), *text[:num], *[None] * (len(text) - num)]
        holes = tuple(0 if token_id is None else None for token_id in token_ids)
        if None not in token_ids:
            return None
        return Window(tuple(token_ids), holes, probe=True, targets=tuple(targets))
