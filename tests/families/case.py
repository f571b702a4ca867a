"""One case of a published format, in the words of this project. Needs no torch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Sequence as Ids
from dataclasses import dataclass
from typing import Any

from app.messages.params import GenerationParams


@dataclass(frozen=True, kw_only=True)
class Case:
    """`output` is what a caller gets, up to and including the first end token."""

    prompt: tuple[int, ...]
    params: GenerationParams
    output: tuple[int, ...]
    length: int | None = None  # the most tokens that a caller gets, if the canvas is longer
    # Denoising and commit forwards of the published algorithm, without the prefill. None: it does not say.
    forwards: int | None = None
    # The same, as fields of a chat request beside the prompt. None: the API cannot express the case.
    body: Mapping[str, Any] | None = None

    def delivered(self, token_ids: Ids[int]) -> tuple[int, ...]:
        """What a caller gets of the tokens that the engine makes."""
        return tuple(token_ids)[: self.length]


def until_end(token_ids: Ids[int], end_token_ids: Collection[int]) -> tuple[int, ...]:
    """Up to and including the first end token."""
    for index, token_id in enumerate(token_ids):
        if token_id in end_token_ids:
            return tuple(token_ids[: index + 1])
    return tuple(token_ids)
