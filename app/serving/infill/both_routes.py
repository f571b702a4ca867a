"""A hole filled by two routes at once: on a canvas, and suffix first. The answer the model is surer of comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.messages.events import Stepped
from app.serving.generation import SILENCE, Silence
from app.serving.infill.canvas_route import CanvasRoute
from app.serving.infill.plan import CanvasPlan
from app.serving.infill.prompt_route import PromptRoute
from app.serving.infill.requests import Candidate, HoleDelta, HoleDone, WindowSnapshot, WindowStep
from app.serving.infill.results import log_probability
from app.serving.infill.search import best_distinct
from app.serving.infill.session import InfillSession

Item = HoleDelta | HoleDone | WindowStep | WindowSnapshot | Stepped | Silence


class BothRoutes:
    """One infill with one hole: iterate it, then read `candidates`. Both routes have submitted their sequences.

    The canvas is decoded in any order, but the length of the text is found by deleting; suffix first, an end token ends
    it. They fail in different holes.
    """

    def __init__(self, canvas: CanvasRoute, prompt: PromptRoute, plan: CanvasPlan, session: InfillSession) -> None:
        self._canvas, self._prompt, self._plan, self._session = canvas, prompt, plan, session
        self.candidates: list[Candidate] = []
        self.prompt_tokens = canvas.prompt_tokens

    def __iter__(self) -> Iterator[Item]:
        yield from (item for item in self._canvas if not isinstance(item, HoleDelta | HoleDone))
        steps = []
        for item in self._prompt:
            if isinstance(item, Stepped):
                steps.append(item)
            elif item is SILENCE:
                yield SILENCE
            if self._plan.request.soft_budget_ms is not None and self._session.is_overdue:
                self._prompt.stop()
        if self._session.is_aborted:
            return
        yield from self._rank()
        best = self.candidates[0]
        if best.number >= len(self._canvas.candidates):
            yield from steps  # after those of the canvas, as the steps of what is returned
        for hole, filled in enumerate(best.holes):
            yield HoleDelta(0, hole, filled.text)
            yield HoleDone(0, hole, filled)

    def _rank(self) -> Iterator[Silence]:
        """Texts that the model ended come before those that were cut short."""
        found = [*self._canvas.candidates, *self._prompt.candidates]
        numbered = [replace(each, number=number, score=certainty(each)) for number, each in enumerate(found)]
        whole = [each for each in numbered if all(hole.finish_reason == "stop" for hole in each.holes)] or numbered
        if len({each.text for each in whole}) > 1 and not self._session.is_overdue:
            texts = {each.number: [hole.text for hole in each.holes] for each in whole}
            fits = yield from self._canvas.fits({number: self._canvas.contents(each) for number, each in texts.items()})
            whole = [replace(each, score=each.score + fits.get(each.number, 0.0)) for each in whole]
        self.candidates = best_distinct(whole, self._plan.request.n, self._plan.count_errors)


def certainty(candidate: Candidate) -> float:
    """The log probability of the token that the model was least sure of; 0 for an empty hole."""
    return min((log_probability(token.confidence) for hole in candidate.holes for token in hole.tokens), default=0.0)
