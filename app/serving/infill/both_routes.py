"""A hole filled by two routes: on a canvas, and suffix first. The answer that the model is surer of comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.messages.events import Stepped
from app.serving.generation import SILENCE, Silence
from app.serving.infill.canvas_route import CanvasRoute, Contents
from app.serving.infill.plan import CanvasPlan
from app.serving.infill.prompt_route import PromptRoute
from app.serving.infill.requests import Candidate, HoleDelta, HoleDone, WindowSnapshot, WindowStep
from app.serving.infill.results import log_probability
from app.serving.infill.search import best_distinct
from app.serving.infill.session import InfillSession

Item = HoleDelta | HoleDone | WindowStep | WindowSnapshot | Stepped | Silence
Refill = Callable[[Sequence[int]], CanvasRoute]  # the number of tokens of each hole -> its canvas, submitted


class BothRoutes:
    """One infill with one hole: iterate it, then read `candidates`. Both routes have submitted their sequences.

    A canvas is decoded in any order, but has to find the length by deleting; suffix first, an end token ends the text,
    which is decoded from left to right. Where they disagree, a canvas of the length of the second answer is filled too.
    """

    def __init__(
        self, canvas: CanvasRoute, prompt: PromptRoute, refill: Refill, plan: CanvasPlan, session: InfillSession
    ) -> None:
        self._canvas, self._prompt, self._refill = canvas, prompt, refill
        self._plan, self._session = plan, session
        self._steps: dict[int, list[Stepped]] = {}  # of the candidates that are not on the first canvas
        self.candidates: list[Candidate] = []
        self.prompt_tokens = canvas.prompt_tokens

    def __iter__(self) -> Iterator[Item]:
        yield from (item for item in self._canvas if not isinstance(item, HoleDelta | HoleDone))
        found = list(self._canvas.candidates)
        yield from self._take(self._prompt, len(found))
        found += self._prompt.candidates
        if not self._session.is_overdue and (refilled := self._of_other_length()) is not None:
            yield from self._take(refilled, len(found))
            found += refilled.candidates
        if self._session.is_aborted:
            return
        yield from self._rank(found)
        best = self.candidates[0]
        yield from self._steps.get(best.number, ())  # after those of the canvas: the last ones count
        for hole, filled in enumerate(best.holes):
            yield HoleDelta(0, hole, filled.text)
            yield HoleDone(0, hole, filled)

    def _take(self, route: PromptRoute | CanvasRoute, number: int) -> Iterator[Silence]:
        """Run a route whose first candidate has this number. A soft budget does not wait for it."""
        steps = self._steps.setdefault(number, [])
        for item in route:
            if item is SILENCE:
                yield SILENCE
            elif isinstance(item, Stepped | WindowStep):
                steps.append(item.event if isinstance(item, WindowStep) else item)
            if self._plan.request.soft_budget_ms is not None and self._session.is_overdue:
                route.stop()

    def _of_other_length(self) -> CanvasRoute | None:
        """A canvas of the length of the answer suffix first, if that is another answer and was not cut short."""
        if self._session.is_aborted:
            return None
        first, other = self._canvas.candidates[0], self._prompt.candidates[0]
        contents = self._contents(other)
        if other.text == first.text or not is_whole(other) or not all(contents):
            return None
        return self._refill([len(ids) for ids in contents])

    def _contents(self, candidate: Candidate) -> Contents:
        return self._canvas.contents([hole.text for hole in candidate.holes])

    def _rank(self, found: Sequence[Candidate]) -> Iterator[Silence]:
        """Texts that the model ended come before those that were cut short."""
        numbered = [replace(each, number=number, score=certainty(each)) for number, each in enumerate(found)]
        whole = [each for each in numbered if is_whole(each)] or numbered
        if len({each.text for each in whole}) > 1 and not self._session.is_overdue:
            fits = yield from self._canvas.fits({each.number: self._contents(each) for each in whole})
            whole = [replace(each, score=each.score + fits.get(each.number, 0.0)) for each in whole]
        self.candidates = best_distinct(whole, self._plan.request.n, self._plan.count_errors)


def certainty(candidate: Candidate) -> float:
    """The log probability of the token that the model was least sure of; 0 for an empty hole."""
    return min((log_probability(token.confidence) for hole in candidate.holes for token in hole.tokens), default=0.0)


def is_whole(candidate: Candidate) -> bool:
    """Whether no limit cut it short."""
    return all(hole.finish_reason == "stop" for hole in candidate.holes)
