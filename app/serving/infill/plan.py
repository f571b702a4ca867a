"""The inputs of a route, decided once, when the infill is submitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.messages.params import GenerationParams
from app.serving.engine_client import SequenceRequest
from app.serving.infill.pins import PinnedTexts
from app.serving.infill.requests import Hole, InfillRequest, LengthMethod
from app.serving.infill.syntax import CountErrors

# (the two texts around a hole, with all holes before it filled; the hole's number) -> its prompt and parameters
MakeRequest = Callable[[Sequence[str], int], SequenceRequest]


@dataclass(frozen=True, kw_only=True)
class HolePlan:
    """One hole of a canvas. Lengths are in tokens."""

    hole: Hole
    pinned: PinnedTexts
    max_tokens: int
    start: int  # a canvas of this length always fits


@dataclass(frozen=True, kw_only=True)
class CanvasPlan:
    """An infill by the canvas route."""

    request: InfillRequest
    texts: Sequence[str]  # around the holes, trimmed to fit
    holes: Sequence[HolePlan]
    params: GenerationParams  # of every sequence, except for its window
    canvas: int  # initial number of masks in a hole of unknown length
    delete_token_id: int | None  # None: the model has none
    end_token_ids: Sequence[int]
    max_model_len: int
    count_errors: CountErrors | None = None

    @property
    def method(self) -> LengthMethod:
        return self.request.length_method or ("several" if self.delete_token_id is None else "delete")

    @property
    def may_delete(self) -> bool:
        return self.method == "delete" and self.delete_token_id is not None

    def of_lengths(self, lengths: Sequence[int]) -> CanvasPlan:
        """The plan for one candidate whose holes have these lengths."""
        holes = [
            replace(each, hole=replace(each.hole, length=length), max_tokens=length, start=length)
            for each, length in zip(self.holes, lengths, strict=True)
        ]
        request = replace(self.request, holes=[each.hole for each in holes], n=1, length_method="exact")
        return replace(self, request=request, holes=holes, count_errors=None)

    @property
    def max_tokens(self) -> int:
        """The largest `max_tokens` of a hole."""
        return max(each.max_tokens for each in self.holes)


@dataclass(frozen=True, kw_only=True)
class PromptPlan:
    """An infill by one of the prompt routes."""

    request: InfillRequest
    make_request: MakeRequest
    max_tokens: Sequence[int]  # of each hole
    end_token_ids: frozenset[int]
    is_chat: bool
    count_errors: CountErrors | None = None
