"""The canvas route: prefix, masks and suffix in one window; all holes are filled together, in any order."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from app.messages.events import Event, Filled, Probed, SequenceSnapshot, Stepped, Token
from app.serving.generation import SILENCE, Silence
from app.serving.infill.canvas_layout import CanvasLayout
from app.serving.infill.canvas_windows import CanvasWindows, Draft
from app.serving.infill.hole_text import HoleTexts
from app.serving.infill.plan import CanvasPlan
from app.serving.infill.requests import Candidate, FillReason, HoleDelta, HoleDone, WindowSnapshot, WindowStep
from app.serving.infill.results import joined, log_probability, mean_log_probability
from app.serving.infill.search import MOST_TEMPERATURE, Variant, best_distinct, first_variants, sampled_variants
from app.serving.infill.session import InfillSession
from app.text.tokenizer import Tokenizer

Contents = Sequence[Sequence[int]]  # the token ids of each hole
Item = HoleDelta | HoleDone | WindowStep | WindowSnapshot | Silence


class CanvasRoute:
    """One infill: iterate it, then read `candidates`. The constructor submits the first phase.

    Each phase fills the open holes of all drafts; a hole that turns out too short starts over on a longer canvas.
    """

    def __init__(self, plan: CanvasPlan, tokenizer: Tokenizer, session: InfillSession) -> None:
        self._plan, self._session = plan, session
        self._texts = HoleTexts(plan.request, plan.texts, tokenizer)
        self._layout = CanvasLayout(self._texts.visible, tokenizer, plan.params.block_length)
        self._windows = CanvasWindows(plan, self._layout, tokenizer)
        self._reports_at_once = plan.method != "several"
        self._drafts: list[Draft] = []
        self.candidates: list[Candidate] = []
        self.prompt_tokens = self._layout.num_text_tokens
        self._begin(first_variants(plan, session.capacity))

    def __iter__(self) -> Iterator[Item]:
        yield from self._fill(list(enumerate(self._drafts)))
        missing = self._plan.request.n - len({draft.texts for draft in self._drafts})
        is_over = self._session.is_aborted or self._session.is_overdue
        if missing > 0 and self._plan.method != "several" and not is_over:
            first = len(self._drafts)
            more = self._begin(sampled_variants(self._plan, missing + 1, MOST_TEMPERATURE))
            yield from self._fill(list(enumerate(more, first)))
        if self._session.is_aborted:
            return
        yield from self._rank()
        if not self._reports_at_once:
            best = self.candidates[0]
            for hole, filled in enumerate(best.holes):
                yield HoleDelta(best.number, hole, filled.text)
                yield HoleDone(best.number, hole, filled)

    @property
    def num_begun(self) -> int:
        """Candidates that were begun; their numbers are below this."""
        return len(self._drafts)

    def _begin(self, variants: Sequence[Variant]) -> list[Draft]:
        drafts = [Draft(variant, self._lengths(variant)) for variant in variants]
        self._phase = self._session.submit([self._windows.fill(draft) for draft in drafts])
        self._drafts += drafts
        return drafts

    def _fill(self, running: list[tuple[int, Draft]]) -> Iterator[Item]:
        """Phase after phase, until none of these drafts has an open hole."""
        while running:
            for item in self._session.events(self._phase):
                if item is SILENCE:
                    yield SILENCE
                    continue
                number, draft = running[item[0]]
                yield from self._take(number, draft, item[1])
            if self._session.is_aborted:
                return
            running = [(number, draft) for number, draft in running if not draft.is_filled]
            for _, draft in running:
                self._grow(draft)
            if running:
                self._phase = self._session.submit([self._windows.fill(draft) for _, draft in running])

    def _take(self, number: int, draft: Draft, event: Event) -> Iterator[Item]:
        if isinstance(event, Stepped):
            assert draft.window is not None
            yield WindowStep(number, draft.window, len(self._layout.prompt_ids), event)
        elif isinstance(event, SequenceSnapshot):
            assert draft.window is not None
            yield WindowSnapshot(number, draft.window, len(self._layout.prompt_ids), event)
        elif isinstance(event, Filled) and event.hole not in draft.filled and not self._is_too_short(draft, event):
            draft.filled[event.hole] = event
            context, reason = self._layout.before(event.hole), self._reason(draft, event)
            filled = draft.answers[event.hole] = self._texts.fill(event.hole, event.tokens, context, reason)
            if self._reports_at_once:
                yield HoleDelta(number, event.hole, filled.text)
                yield HoleDone(number, event.hole, filled)

    def _lengths(self, variant: Variant) -> list[int]:
        """The canvas length of each hole, in tokens: its `start` if there is no room for more."""
        lengths = []
        for each in self._plan.holes:
            length = max(variant.canvas, each.hole.start, each.pinned.min_length)
            if self._plan.method == "exact":
                length = each.max_tokens
            lengths.append(each.hole.length or min(length, each.max_tokens))
        has_room = sum(lengths) <= self._plan.max_model_len - self._layout.num_text_tokens
        return lengths if has_room else [each.start for each in self._plan.holes]

    def _is_too_short(self, draft: Draft, event: Filled) -> bool:
        """Whether nothing was deleted, so that the text may be longer, and a longer canvas is allowed."""
        if not self._plan.may_delete or event.num_deleted or self._session.is_overdue:
            return False
        return self._longer(draft, event.hole) is not None

    def _longer(self, draft: Draft, hole: int) -> int | None:
        """The next length of a hole's canvas; None if it cannot grow."""
        each, length = self._plan.holes[hole], draft.lengths[hole]
        if each.hole.length is not None:
            return None
        room = self._plan.max_model_len - self._layout.num_text_tokens - sum(draft.lengths)
        longer = min(2 * length, each.max_tokens, length + room)
        return longer if longer > length else None

    def _grow(self, draft: Draft) -> None:
        """Give open holes longer canvases; filled ones keep their tokens."""
        for hole, length in enumerate(draft.lengths):
            if hole not in draft.filled:
                draft.lengths[hole] = self._longer(draft, hole) or length

    def _reason(self, draft: Draft, event: Filled) -> FillReason:
        """A hole filled to its last position may have been cut short, unless its length was given or chosen."""
        hole, length = self._plan.holes[event.hole], draft.lengths[event.hole]
        is_chosen = self._plan.method == "several" and length < hole.max_tokens
        if event.num_deleted or hole.hole.length is not None or is_chosen:
            return "stop"
        is_cut_short = self._session.is_overdue and self._longer(draft, event.hole) is not None
        return "deadline" if is_cut_short else "length"

    def _rank(self) -> Iterator[Silence]:
        candidates = []
        for number, draft in enumerate(self._drafts):
            text = joined(self._plan.request.texts, draft.texts)
            candidates.append(Candidate(number, draft.holes, text, mean_log_probability(draft.holes)))
        if len(candidates) > 1 and not self._session.is_overdue:
            fits = yield from self.fits({each.number: _contents(each) for each in candidates})
            candidates = [replace(each, score=each.score + fits.get(each.number, 0.0)) for each in candidates]
        self.candidates = best_distinct(candidates, self._plan.request.n, self._plan.count_errors)

    def fits(self, contents: Mapping[int, Contents]) -> Generator[Silence, None, dict[int, float]]:
        """How well the contents of the holes fit, by the same keys: the mean log probability of the text after them.
        Empty if no text comes after them."""
        room = {key: each for key, each in contents.items() if self.has_room(each)}
        probes = {key: probe for key, each in room.items() if (probe := self._windows.probe_fit(each)) is not None}
        fits: dict[int, float] = {}
        if not probes:
            return fits
        keys = list(probes)
        for item in self._session.events(self._session.submit(list(probes.values()))):
            if item is SILENCE:
                yield SILENCE
            elif isinstance(item[1], Probed):
                fits[keys[item[0]]] = sum(map(log_probability, item[1].targets)) / len(item[1].targets)
        return fits

    def contents(self, texts: Sequence[str]) -> Contents:
        """The token ids of the holes with these texts."""
        return [self._texts.encode(number, text) for number, text in enumerate(texts)]

    def has_room(self, contents: Contents) -> bool:
        """Whether the model's context has room for the texts and these contents of the holes."""
        return self._layout.num_text_tokens + sum(map(len, contents)) <= self._plan.max_model_len

    def snapshot(self, candidate: Candidate) -> WindowSnapshot | None:
        """For who watches candidate 0: the canvas with this candidate's text; None if that is empty."""
        contents = self.contents([hole.text for hole in candidate.holes])
        if not any(contents):
            return None
        window = self._layout.window([[None] * len(ids) for ids in contents], (), (), may_delete=False)
        tokens = tuple(
            Token(token_id) for token_id in self._layout.fill([list(ids) for ids in contents]) if token_id is not None
        )
        start = len(self._layout.prompt_ids)
        event = SequenceSnapshot(0, 0, start, start + len(tokens), tokens, window.holes, forwards=0)
        return WindowSnapshot(0, window, start, event)


def _contents(candidate: Candidate) -> Contents:
    return [[token.id for token in hole.tokens] for hole in candidate.holes]
