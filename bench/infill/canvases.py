"""Windows over one problem, built with the server's layout and run on its engine."""

from __future__ import annotations

import time
from collections.abc import Sequence

from app.messages.events import Event, Filled, Probed
from app.messages.params import GenerationParams, Window
from app.serving.engine_client import SequenceRequest
from app.serving.generation import SILENCE
from app.serving.infill.canvas_layout import CanvasLayout
from app.serving.infill.capabilities import TokenBudget, visible_texts
from app.serving.infill.requests import Hole
from app.serving.infill.results import hole_tokens
from app.serving.infill.session import InfillSession
from app.serving.service import Service
from app.text.cleanup import clean_infill
from bench.infill.problems import Problem
from bench.infill.scores import Filling
from bench.infill.served import call


class CanvasRunner:
    """One problem's canvas. `fill` and `probe` run all their windows in one batch; forwards and time are counted."""

    def __init__(self, service: Service, problem: Problem) -> None:
        model, support = service.model, service.infill_capabilities
        self._tokenizer, self._session = service.tokenizer, InfillSession(service.engine)
        self._problem, self._delete = problem, support.delete_token_id
        self._block_length = model.block_length
        self._started = time.monotonic()
        longest = model.max_model_len
        room = TokenBudget(support.context, longest, longest // 2, "segments")
        texts = visible_texts(call(problem, Hole(), "canvas"), self._tokenizer, room)
        self._layout = CanvasLayout(texts, self._tokenizer, self._block_length)
        line_breaks = self._tokenizer.line_break_ids if problem.is_single_line else ()
        self._ends = (*model.eos_token_ids, *line_breaks)

    def fill(self, lengths: Sequence[int], may_delete: bool) -> list[Filled]:
        """Fill a hole of each length. With deletes it may also end at an end token, as on the server."""
        events = self._run([self._window(length, may_delete) for length in lengths])
        return [event for event in events if isinstance(event, Filled)]

    def probe(self, lengths: Sequence[int]) -> list[Probed]:
        windows = [self._window(length, False) for length in lengths]
        probes = [Window(window.token_ids, window.holes, window.banned, probe=True) for window in windows]
        return [event for event in self._run(probes) if isinstance(event, Probed)]

    def probe_fits(self, filled: Sequence[Filled]) -> list[Probed | None]:
        """Score the text after the hole with each filling in place; None if no text follows."""
        windows = [self._layout.fit_window([[token.id for token in item.tokens]]) for item in filled]
        probed = [window for window in windows if window is not None]
        events = iter([event for event in self._run(probed) if isinstance(event, Probed)] if probed else [])
        return [None if window is None else next(events) for window in windows]

    def filling(self, filled: Filled) -> Filling:
        """The text, cleaned up as on the server."""
        problem = self._problem
        tokens = hole_tokens(self._tokenizer, self._layout.before(0), filled.tokens)
        text = "".join(token.text for token in tokens)
        text = clean_infill(text, problem.prefix, problem.suffix, single_line=problem.is_single_line, is_chat=False)
        forwards = sum(counters.forwards for counters in self._session.counters)
        return Filling(text, forwards, 1000 * (time.monotonic() - self._started))

    def _window(self, length: int, may_delete: bool) -> Window:
        ends = self._ends if may_delete else ()
        banned = {*self._tokenizer.special_ids, *self._ends} - set(ends)
        if may_delete:
            banned.discard(-1 if self._delete is None else self._delete)
        return self._layout.window([[None] * length], [tuple(sorted(banned))], [ends], may_delete)

    def _run(self, windows: Sequence[Window]) -> list[Event]:
        """The event of each window, in order."""
        jobs = []
        for window in windows:
            size, steps = len(window.token_ids), window.num_masks
            params = GenerationParams(gen_length=size, steps=steps, block_length=self._block_length, window=window)
            jobs.append(SequenceRequest(self._layout.prompt_ids, params))
        by_place: dict[int, Event] = {}
        for item in self._session.events(self._session.submit(jobs)):
            if item is not SILENCE and isinstance(item[1], Filled | Probed):
                by_place[item[0]] = item[1]
        return [by_place[place] for place in range(len(windows))]
