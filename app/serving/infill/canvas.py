"""The route on a canvas: prefix, masks and suffix in one window, all holes filled together, any position first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.messages.events import Event, Filled, Probed, Seen, Stepped
from app.messages.params import GenerationParams, Window
from app.serving.executor import SequenceRequest
from app.serving.generation import SILENCE, Silence
from app.serving.infill.layout import CanvasLayout
from app.serving.infill.pins import Content, PinnedTexts
from app.serving.infill.requests import (
    Candidate,
    FilledHole,
    FillReason,
    Hole,
    HoleDelta,
    HoleDone,
    InfillRequest,
    LengthMethod,
    WindowSnapshot,
    WindowStep,
)
from app.serving.infill.results import hole_tokens, log_probability, mean_log_probability, without_first_blank
from app.serving.infill.session import Session
from app.serving.infill.support import joined
from app.text.cleanup import clean_infill
from app.text.tokenizer import Tokenizer

SEVERAL = (4, 8, 16, 32)  # lengths that are tried where nothing can be deleted
LAST_BLANK = re.compile(r"\S \Z")
MORE_TEMPERATURE = 0.7  # of candidates that must not be the same as the first
MOST_TEMPERATURE = 1.2  # where that was not enough


@dataclass(frozen=True)
class Variant:
    """How a candidate is begun: with how many masks in a hole of unknown length, and how it is sampled."""

    canvas: int
    temperature: float | None
    seed: int


@dataclass
class Draft:
    """A candidate while it is made. `filled` are the holes that are settled, and `answers` the same for the caller;
    `lengths` the canvases of the others; `window` is what was submitted last."""

    variant: Variant
    lengths: list[int]
    filled: dict[int, Filled] = field(default_factory=dict)
    answers: dict[int, FilledHole] = field(default_factory=dict)
    window: Window | None = None

    @property
    def holes(self) -> tuple[FilledHole, ...]:
        return tuple(self.answers[hole] for hole in sorted(self.answers))


def lends_blank(text: str, hole: Hole) -> bool:
    """Whether the blank at a text's end is left to the hole that follows.

    To a tokenizer the blank between two words belongs to the second one, and a model that sees it alone has hardly ever
    seen what comes next.
    """
    is_pinned = bool(hole.pinned) and hole.pinned[0].at == "start"
    return LAST_BLANK.search(text) is not None and not is_pinned


class CanvasRoute:
    """One infill: iterate it, then read `candidates`. The first phase is submitted when it is made."""

    def __init__(
        self,
        request: InfillRequest,
        texts: Sequence[str],
        tokenizer: Tokenizer,
        session: Session,
        params: GenerationParams,
        canvas: int,
        max_tokens: Sequence[int],
        starts: Sequence[int],
        pinned: Sequence[PinnedTexts],
        delete_token_id: int | None,
        end_token_ids: Sequence[int],
        room: int,
    ) -> None:
        """`params` are for every window but for its own; `room` is for the whole canvas. Each hole has `max_tokens`,
        `pinned` texts, and a canvas of its `starts` for which there is room in any case."""
        self._request, self._tokenizer, self._session, self._params = request, tokenizer, session, params
        self._max_tokens, self._starts, self._pinned = max_tokens, starts, pinned
        self._end_token_ids = end_token_ids
        self._room = room
        self._lent = [lends_blank(text, hole) for text, hole in zip(texts[:-1], request.holes, strict=True)]
        seen = [text[:-1] if lent else text for text, lent in zip(texts, [*self._lent, False], strict=True)]
        self._layout = CanvasLayout(seen, tokenizer, params.block_length)
        self._method: LengthMethod = request.length_method or ("several" if delete_token_id is None else "delete")
        self._delete = delete_token_id if self._method == "delete" else None
        self._drafts = [Draft(variant, self._lengths(variant)) for variant in self._variants(canvas)]
        self.candidates: list[Candidate] = []
        self.prompt_tokens = self._layout.num_given
        session.submit([self._job(draft) for draft in self._drafts])

    def __iter__(self) -> Iterator[HoleDelta | HoleDone | WindowStep | WindowSnapshot | Silence]:
        at_once = self._method != "several"
        yield from self._fill(list(enumerate(self._drafts)), at_once)
        missing = self._request.n - len({self._texts(draft) for draft in self._drafts})
        is_over = self._session.is_aborted or self._session.is_overdue
        if missing > 0 and self._method != "several" and not is_over:
            more = [
                Draft(variant, self._lengths(variant))
                for variant in self._warm_variants(self._drafts[0].variant.canvas, missing + 1, MOST_TEMPERATURE)
            ]
            first = len(self._drafts)
            self._drafts += more
            self._session.submit([self._job(draft) for draft in more])
            yield from self._fill(list(enumerate(more, first)), at_once)
        if self._session.is_aborted:
            return
        yield from self._rank()
        if not at_once:
            for hole, filled in enumerate(self.candidates[0].holes):
                yield HoleDelta(self.candidates[0].number, hole, filled.text)
                yield HoleDone(self.candidates[0].number, hole, filled)

    def _fill(
        self, running: list[tuple[int, Draft]], at_once: bool
    ) -> Iterator[HoleDelta | HoleDone | WindowStep | WindowSnapshot | Silence]:
        """Until no hole of these is left."""
        while running:
            for item in self._session.events():
                if item is SILENCE:
                    yield SILENCE
                    continue
                number, draft = running[item[0]]
                yield from self._take(number, draft, item[1], at_once)
            if self._session.is_aborted:
                return
            running = [(number, draft) for number, draft in running if self._grow(draft)]
            if running:
                self._session.submit([self._job(draft) for _, draft in running])

    def _texts(self, draft: Draft) -> tuple[str, ...]:
        return tuple(hole.text for hole in draft.holes)

    def _take(
        self, number: int, draft: Draft, event: Event, at_once: bool
    ) -> Iterator[HoleDelta | HoleDone | WindowStep | WindowSnapshot]:
        if isinstance(event, Stepped):
            assert draft.window is not None
            yield WindowStep(number, draft.window, len(self._layout.prompt_ids), event)
        elif isinstance(event, Seen):
            assert draft.window is not None
            yield WindowSnapshot(number, draft.window, len(self._layout.prompt_ids), event)
        elif isinstance(event, Filled) and event.hole not in draft.filled and not self._is_too_short(draft, event):
            draft.filled[event.hole] = event
            filled = draft.answers[event.hole] = self._filled(draft, event)
            if at_once:
                yield HoleDelta(number, event.hole, filled.text)
                yield HoleDone(number, event.hole, filled)

    def _is_too_short(self, draft: Draft, event: Filled) -> bool:
        """Nothing was deleted, so there may be more to say; and a longer canvas is allowed."""
        if self._delete is None or event.num_deleted or self._session.is_overdue:
            return False
        return self._longer(draft, event.hole) is not None

    def _longer(self, draft: Draft, hole: int) -> int | None:
        """The next length of a hole's canvas, if there is one."""
        if self._request.holes[hole].length is not None:
            return None
        length = min(2 * draft.lengths[hole], self._max_tokens[hole], draft.lengths[hole] + self._room_left(draft))
        return length if length > draft.lengths[hole] else None

    def _room_left(self, draft: Draft) -> int:
        return self._room - self._layout.num_given - sum(draft.lengths)

    def _grow(self, draft: Draft) -> bool:
        """Whether holes are left; those begin again, on longer canvases, among the ones that are settled."""
        for hole, length in enumerate(draft.lengths):
            if hole not in draft.filled:
                draft.lengths[hole] = self._longer(draft, hole) or length
        return len(draft.filled) < len(draft.lengths)

    def _rank(self) -> Iterator[Silence]:
        """Distinct candidates, the best first."""
        made = []
        for number, draft in enumerate(self._drafts):
            text = joined(self._request.texts, self._texts(draft))
            made.append(Candidate(number, draft.holes, text, mean_log_probability(draft.holes)))
        if len(made) > 1 and not self._session.is_overdue:
            fits: dict[int, float] = {}
            yield from self._probe_fits(made, fits)
            made = [replace(candidate, score=candidate.score + fits.get(candidate.number, 0.0)) for candidate in made]
        best = sorted(made, key=lambda candidate: -candidate.score)
        distinct = {tuple(hole.text for hole in candidate.holes): candidate for candidate in reversed(best)}
        self.candidates = sorted(distinct.values(), key=lambda candidate: -candidate.score)[: self._request.n]

    def _probe_fits(self, made: Sequence[Candidate], fits: dict[int, float]) -> Iterator[Silence]:
        """How likely what stands behind the holes is, given each candidate: the mean log probability."""
        jobs, numbers = [], []
        for candidate in made:
            window = self._layout.fit_window([[token.id for token in hole.tokens] for hole in candidate.holes])
            if window is not None:
                jobs.append(SequenceRequest(self._layout.prompt_ids, self._with_window(window)))
                numbers.append(candidate.number)
        if not jobs:
            return
        self._session.submit(jobs)
        for item in self._session.events():
            if item is SILENCE:
                yield SILENCE
            elif isinstance(item[1], Probed):
                fits[numbers[item[0]]] = sum(map(log_probability, item[1].targets)) / len(item[1].targets)

    def _variants(self, canvas: int) -> list[Variant]:
        request, seed = self._request, self._params.seed
        if self._method == "several":
            lengths = [length for length in SEVERAL if length <= max(self._max_tokens)] or [max(self._max_tokens)]
            return [Variant(length, None, seed) for length in lengths[-self._session.capacity :]]
        first = Variant(canvas, None, seed)
        if request.n == 1:
            return [first]
        others = [Variant(canvas * 2, None, seed), Variant(max(4, canvas // 2), None, seed)]
        if self._method == "exact":
            others = []
        variants = [first, *others, *self._warm_variants(canvas, request.n, MORE_TEMPERATURE)]
        return variants[: min(request.n + 2, self._session.capacity)]

    def _warm_variants(self, canvas: int, num: int, temperature: float) -> list[Variant]:
        """Sampled ones, each with a seed of its own."""
        warm = max(self._params.temperature, temperature)
        return [Variant(canvas, warm, self._params.seed + round(100 * warm) + number) for number in range(num)]

    def _lengths(self, variant: Variant) -> list[int]:
        lengths = []
        for hole, limit, pinned in zip(self._request.holes, self._max_tokens, self._pinned, strict=True):
            wanted = limit if self._method == "exact" else max(variant.canvas, hole.start, pinned.min_length)
            lengths.append(hole.length or min(wanted, limit))
        has_room = sum(lengths) <= self._room - self._layout.num_given
        return lengths if has_room else list(self._starts)

    def _job(self, draft: Draft) -> SequenceRequest:
        contents: list[Content] = [
            [token.id for token in draft.filled[number].tokens]
            if number in draft.filled
            else pinned.content(draft.lengths[number])
            for number, pinned in enumerate(self._pinned)
        ]
        ends = [self._ends(hole) for hole in self._request.holes]
        banned = [self._banned(hole, own) for hole, own in zip(self._request.holes, ends, strict=True)]
        draft.window = self._layout.window(contents, banned, ends, self._delete is not None)
        params = self._with_window(draft.window)
        if draft.variant.temperature is not None:
            params = replace(params, temperature=draft.variant.temperature)
        return SequenceRequest(self._layout.prompt_ids, replace(params, seed=draft.variant.seed))

    def _ends(self, hole: Hole) -> tuple[int, ...]:
        """A hole whose length is known has no other end."""
        if hole.length is not None:
            return ()
        return (*self._end_token_ids, *(self._tokenizer.line_break_ids if hole.single_line else ()))

    def _banned(self, hole: Hole, ends: Sequence[int]) -> tuple[int, ...]:
        banned = set(self._tokenizer.special_ids) - set(ends)
        if hole.length is None:
            banned.discard(-1 if self._delete is None else self._delete)
        elif hole.single_line:
            banned.update(self._tokenizer.line_break_ids)
        return tuple(sorted(banned))

    def _with_window(self, window: Window) -> GenerationParams:
        steps = min(self._request.steps or window.num_masks, window.num_masks)
        return replace(self._params, gen_length=len(window.token_ids), steps=steps, window=window)

    def _filled(self, draft: Draft, event: Filled) -> FilledHole:
        hole, texts, reason = self._request.holes[event.hole], self._request.texts, self._reason(draft, event)
        context = self._layout.before(event.hole)
        tokens = hole_tokens(self._tokenizer, context, event.tokens)
        if self._lent[event.hole]:
            tokens = without_first_blank(tokens)
        text = "".join(token.text for token in tokens)
        stopped = min((at for stop in self._request.stop if (at := text.find(stop)) >= 0), default=None)
        if stopped is not None:
            text, reason = text[:stopped], "stop"
        before = "_".join(texts[: event.hole + 1])  # a hole on the same line has begun it, whatever will be in it
        after = texts[event.hole + 1]
        text = clean_infill(text, before, after, single_line=hole.single_line, is_chat=False)
        if event.hole + 1 < len(self._request.holes) and after.isspace() and "\n" in after:
            text = text.removesuffix(after)  # it ran on over the line break to the next hole
        return FilledHole(text, tokens, reason)

    def _reason(self, draft: Draft, event: Filled) -> FillReason:
        """What is filled to the last position might have been longer, unless its length was given or chosen."""
        hole, length = event.hole, draft.lengths[event.hole]
        is_chosen = self._method == "several" and length < self._max_tokens[hole]
        if event.num_deleted or self._request.holes[hole].length is not None or is_chosen:
            return "stop"
        is_cut_short = self._session.is_overdue and self._longer(draft, hole) is not None
        return "deadline" if is_cut_short else "length"
