"""A hole filled by two routes: on a canvas, and suffix first. The answer that the model is surer of comes first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from app.errors import ShuttingDown
from app.messages.events import Stepped
from app.serving.generation import Silence
from app.serving.infill.canvas_route import CanvasRoute, Contents
from app.serving.infill.prompt_route import PromptRoute
from app.serving.infill.requests import Candidate, HoleDelta, HoleDone, InfillRequest, WindowSnapshot, WindowStep
from app.serving.infill.results import log_probability, tokens_shown
from app.serving.infill.search import best_distinct
from app.serving.infill.session import InfillSession
from app.serving.infill.syntax import CountErrors

Item = HoleDelta | HoleDone | WindowStep | WindowSnapshot | Stepped | Silence
Refill = Callable[[Sequence[int]], CanvasRoute]  # the number of tokens of each hole -> its canvas, submitted
LAST = 100.0  # more than scores differ otherwise
# Of the fit, which is of many tokens predicted at once, and differs more than the certainty (training/LOG.md).
FIT_WEIGHT = 0.25


class BothRoutes:
    """One infill with one hole: iterate it, then read `candidates`. Both routes have submitted their sequences.

    A canvas is decoded in any order, but has to find the length by deleting; suffix first, an end token ends the text,
    which is decoded from left to right. Where they disagree, a canvas of the length of the second answer is filled too.

    What is watched is the canvas, of candidate 0; if another answer is returned, a last snapshot shows that.
    """

    def __init__(
        self,
        canvas: CanvasRoute,
        prompt: PromptRoute,
        refill: Refill,
        request: InfillRequest,
        session: InfillSession,
        count_errors: CountErrors | None,
    ) -> None:
        self._canvas, self._prompt, self._refill = canvas, prompt, refill
        self._request, self._session, self._count_errors = request, session, count_errors
        self._steps: dict[int, list[Stepped]] = defaultdict(list)  # of the candidates, by number, if they are scored
        self._num_begun = 0  # candidates of all routes, also those that their route left out
        self._shown = 0  # the candidate whose canvas was watched last
        self.candidates: list[Candidate] = []
        self.prompt_tokens = canvas.prompt_tokens

    def __iter__(self) -> Iterator[Item]:
        found: list[Candidate] = []
        yield from self._take(self._canvas, found)
        yield from self._take(self._prompt, found)
        with suppress(ShuttingDown):  # there are answers already
            if (refilled := self._of_other_length(found)) is not None:
                self._shown = self._num_begun
                yield from self._take(refilled, found)
        if self._session.is_aborted:
            return
        yield from self._rank(found)
        best = self.candidates[0]
        if best.number != self._shown and (snapshot := self._canvas.snapshot(best)):
            yield snapshot
        yield from self._steps[best.number]  # the steps of the last sequence count
        for hole, filled in enumerate(best.holes):
            yield HoleDelta(0, hole, filled.text)
            yield HoleDone(0, hole, filled)

    def _take(self, route: PromptRoute | CanvasRoute, found: list[Candidate]) -> Iterator[Item]:
        """Run a route to its end and add its candidates."""
        first = self._num_begun
        for item in route:
            if isinstance(item, Stepped):
                self._note(first, item)
            elif isinstance(item, WindowStep):
                self._note(first + item.candidate, item.event)
                yield item
            elif not isinstance(item, HoleDelta | HoleDone):
                yield item
        self._num_begun += route.num_begun
        found += [replace(each, number=first + each.number) for each in route.candidates]

    def _note(self, number: int, step: Stepped) -> None:
        if self._request.scored:
            self._steps[number].append(step)

    def _of_other_length(self, found: Sequence[Candidate]) -> CanvasRoute | None:
        """A canvas of the length of the answer suffix first, if that is another answer and was not cut short."""
        if self._session.is_aborted or self._session.is_overdue:
            return None
        first, other = found[0], found[-1]
        contents = self._contents(other)
        if other.text == first.text or not is_answer(other) or not self._canvas.has_room(contents):
            return None
        return self._refill([len(ids) for ids in contents])

    def _contents(self, candidate: Candidate) -> Contents:
        return self._canvas.contents([hole.text for hole in candidate.holes])

    def _rank(self, found: Sequence[Candidate]) -> Iterator[Silence]:
        """By certainty and fit; first those that are answers."""
        scores = {each.number: certainty(each) - (0.0 if is_answer(each) else LAST) for each in found}
        if len({each.text for each in found}) > 1 and not self._session.is_overdue:
            with suppress(ShuttingDown):
                fits = yield from self._canvas.fits({each.number: self._contents(each) for each in found})
                scores = {number: score + FIT_WEIGHT * fits.get(number, 0.0) for number, score in scores.items()}
        scored = [replace(each, score=scores[each.number]) for each in found]
        self.candidates = best_distinct(scored, self._request.n, self._count_errors)


def certainty(candidate: Candidate) -> float:
    """The log probability of the token in the text that the model was least sure of; 0 for an empty text."""
    tokens = [token for hole in candidate.holes for token in hole.tokens[tokens_shown(hole, hole.text)]]
    return min((log_probability(token.confidence) for token in tokens), default=0.0)


def is_answer(candidate: Candidate) -> bool:
    """Whether there is a text, and no limit cut it short."""
    return all(hole.text and hole.finish_reason == "stop" for hole in candidate.holes)


def canvas_only(request: InfillRequest) -> str | None:
    """What only the route canvas can do, in words for a warning."""
    if len(request.holes) > 1:
        return f"{len(request.holes)} holes are filled together"
    (hole,) = request.holes
    return next(
        (
            reason
            for reason, is_asked in (
                ("pinned texts are kept in place", bool(hole.pinned)),
                ("a hole of a given length is filled", hole.length is not None),
                ("length_method applies", request.length_method is not None),
                ("a soft time budget applies", request.soft_budget_ms is not None),
                ("steps are reported", request.watch),
            )
            if is_asked
        ),
        None,
    )
