"""The sequences that a canvas needs: windows to fill, and probes that measure how well a candidate fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.messages.events import Filled
from app.messages.params import GenerationParams, Window
from app.serving.engine_client import SequenceRequest
from app.serving.infill.canvas_layout import CanvasLayout
from app.serving.infill.pins import Content
from app.serving.infill.plan import CanvasPlan
from app.serving.infill.requests import FilledHole, Hole
from app.serving.infill.search import Variant
from app.text.tokenizer import Tokenizer


@dataclass
class Draft:
    """A candidate in progress."""

    variant: Variant
    lengths: list[int]  # of each hole's canvas, in tokens
    filled: dict[int, Filled] = field(default_factory=dict)  # the holes that are settled, by number
    answers: dict[int, FilledHole] = field(default_factory=dict)  # their texts
    window: Window | None = None  # the one submitted last

    @property
    def holes(self) -> tuple[FilledHole, ...]:
        return tuple(self.answers[hole] for hole in sorted(self.answers))

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(hole.text for hole in self.holes)

    @property
    def is_filled(self) -> bool:
        return len(self.filled) == len(self.lengths)


class CanvasWindows:
    """Lays out the windows of one plan."""

    def __init__(self, plan: CanvasPlan, layout: CanvasLayout, tokenizer: Tokenizer) -> None:
        self._plan, self._layout, self._tokenizer = plan, layout, tokenizer
        self._ends = [self._hole_ends(each.hole) for each in plan.holes]
        self._banned = [self._hole_banned(each.hole, ends) for each, ends in zip(plan.holes, self._ends, strict=True)]

    def fill(self, draft: Draft) -> SequenceRequest:
        """A sequence that fills the draft's open holes; sets `draft.window`."""
        contents: list[Content] = [
            [token.id for token in draft.filled[number].tokens]
            if number in draft.filled
            else each.pinned.content(draft.lengths[number])
            for number, each in enumerate(self._plan.holes)
        ]
        draft.window = self._layout.window(contents, self._banned, self._ends, self._plan.may_delete)
        params = replace(self._params(draft.window), seed=draft.variant.seed)
        if draft.variant.temperature is not None:
            params = replace(params, temperature=draft.variant.temperature)
        return SequenceRequest(self._layout.prompt_ids, params)

    def probe_fit(self, contents: Sequence[Sequence[int]]) -> SequenceRequest | None:
        """A probe of the text after the holes, given their token ids; None if there is no text after them."""
        window = self._layout.fit_window(contents)
        return None if window is None else SequenceRequest(self._layout.prompt_ids, self._params(window))

    def _hole_ends(self, hole: Hole) -> tuple[int, ...]:
        """The tokens that end a hole; a hole of known length has none."""
        if hole.length is not None:
            return ()
        return (*self._plan.end_token_ids, *(self._tokenizer.line_break_ids if hole.single_line else ()))

    def _hole_banned(self, hole: Hole, ends: Sequence[int]) -> tuple[int, ...]:
        banned = set(self._tokenizer.special_ids) - set(ends)
        delete = self._plan.delete_token_id
        if hole.length is None and self._plan.may_delete and delete is not None:
            banned.discard(delete)
        elif hole.length is not None and hole.single_line:
            banned.update(self._tokenizer.line_break_ids)
        return tuple(sorted(banned))

    def _params(self, window: Window) -> GenerationParams:
        steps = min(self._plan.request.steps or window.num_masks, window.num_masks)
        return replace(self._plan.params, gen_length=len(window.token_ids), steps=steps, window=window)
