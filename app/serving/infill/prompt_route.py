"""The prompt routes: holes are filled one after another, block by block, and each sees those before it.

`fim` puts both sides between sentinels; `chat` puts them into an instruction and cleans up the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.messages.events import Committed, Event, Finished, Stepped, Token
from app.serving.generation import SILENCE, Silence
from app.serving.infill.plan import PromptPlan
from app.serving.infill.requests import Candidate, FilledHole, FillReason, HoleDelta, HoleDone
from app.serving.infill.results import hole_tokens, joined, mean_log_probability
from app.serving.infill.search import best_distinct, varied
from app.serving.infill.session import InfillSession
from app.text.infill_stream import InfillStream
from app.text.stream import TextStream
from app.text.tokenizer import Tokenizer


@dataclass
class PartialHole:
    """One hole of one candidate while it is decoded."""

    stream: TextStream
    cleaner: InfillStream
    max_tokens: int
    gen_length: int
    text: str = ""
    tokens: list[Token] = field(default_factory=list)
    finish_reason: FillReason | None = None


class PromptRoute:
    """One infill: iterate it, then read `candidates`. The constructor submits the first phase."""

    def __init__(self, plan: PromptPlan, tokenizer: Tokenizer, session: InfillSession) -> None:
        self._plan, self._request, self._tokenizer, self._session = plan, plan.request, tokenizer, session
        self._filled: list[list[FilledHole]] = [[] for _ in range(self._request.n)]
        self.candidates: list[Candidate] = []
        self.prompt_tokens = 0
        self._answers = self._submit(0)

    def __iter__(self) -> Iterator[HoleDelta | HoleDone | Stepped | Silence]:
        for hole in range(len(self._request.holes)):
            if hole:
                self._answers = self._submit(hole)
            for item in self._session.events(self._phase):
                if item is SILENCE:
                    yield SILENCE
                else:
                    yield from self._take(item[0], hole, self._answers[item[0]], item[1])
            if self._session.is_aborted:
                return
        self._rank()

    @property
    def num_begun(self) -> int:
        """Candidates that were begun; their numbers are below this."""
        return len(self._filled)

    def _submit(self, hole: int) -> list[PartialHole]:
        """Submit this hole of all candidates; returns the hole of each, still empty."""
        requests, answers = [], []
        texts = self._request.texts
        suffix = "".join(texts[hole + 1 :])
        for number, filled in enumerate(self._filled):
            prefix = joined(texts[: hole + 1], [item.text for item in filled])
            request = self._plan.make_request([prefix, suffix], hole)
            request = replace(request, params=varied(request.params, number))
            requests.append(request)
            answers.append(self._answer(hole, prefix, suffix, request.params.gen_length))
        self.prompt_tokens += len(requests[0].prompt_ids)
        self._phase = self._session.submit(requests)
        return answers

    def _answer(self, hole: int, prefix: str, suffix: str, gen_length: int) -> PartialHole:
        single_line = self._request.holes[hole].single_line
        cleaner = InfillStream(prefix, suffix, single_line=single_line, is_chat=self._plan.is_chat)
        return PartialHole(
            TextStream(self._tokenizer, self._request.stop), cleaner, self._plan.max_tokens[hole], gen_length
        )

    def _take(
        self, number: int, hole: int, answer: PartialHole, event: Event
    ) -> Iterator[HoleDelta | HoleDone | Stepped]:
        if isinstance(event, Stepped):
            yield event
        elif isinstance(event, Committed) and answer.finish_reason is None:
            new = answer.cleaner.add(self._take_tokens(answer, event.tokens))
            if answer.cleaner.is_over:
                answer.finish_reason = "stop"
            elif answer.finish_reason is None and self._has_enough(answer.text + new):
                answer.finish_reason = "deadline"
            if answer.finish_reason:
                self._phase.abort(number)
            if new:
                answer.text += new
                yield HoleDelta(number, hole, new)
        elif isinstance(event, Finished):
            yield from self._finish(number, hole, answer, event)

    def _has_enough(self, text: str) -> bool:
        """Whether a soft budget is spent and there is a whole non-blank line."""
        is_overdue = self._request.soft_budget_ms is not None and self._session.is_overdue
        return is_overdue and "\n" in text.lstrip()

    def _take_tokens(self, answer: PartialHole, tokens: Sequence[Token]) -> str:
        """The text of the tokens up to the end token, a stop string or the limit."""
        room = answer.max_tokens - len(answer.tokens)
        ended = next((place for place, token in enumerate(tokens) if token.id in self._plan.end_token_ids), None)
        kept = tokens[: min(room, len(tokens) if ended is None else ended)]
        piece = answer.stream.add([token.id for token in kept])
        answer.tokens += kept[: len(piece.token_ids)]
        if piece.stopped or (ended is not None and ended <= room):
            answer.finish_reason = "stop"
        elif len(answer.tokens) == answer.max_tokens:
            answer.finish_reason = "length"
        return piece.text

    def _finish(self, number: int, hole: int, answer: PartialHole, event: Finished) -> Iterator[HoleDelta | HoleDone]:
        tail = answer.cleaner.add(answer.stream.flush().text) + answer.cleaner.flush()
        if tail:
            answer.text += tail
            yield HoleDelta(number, hole, tail)
        tokens = hole_tokens(self._tokenizer, [], answer.tokens)
        reason = answer.finish_reason or self._reason(answer, event)
        filled = FilledHole(answer.text, tokens, reason, answer.stream.stop_string or "")
        self._filled[number].append(filled)
        yield HoleDone(number, hole, filled)

    @staticmethod
    def _reason(answer: PartialHole, event: Finished) -> FillReason:
        """Why the engine ended it. Without an end token, only a time budget ends it before the last position."""
        if event.reason == "length" and event.counters.generated_tokens < answer.gen_length:
            return "deadline"
        return "stop" if event.reason == "stop" else "length"

    def _rank(self) -> None:
        candidates = []
        for number, filled in enumerate(self._filled):
            text = joined(self._request.texts, [hole.text for hole in filled])
            candidates.append(Candidate(number, tuple(filled), text, mean_log_probability(filled)))
        self.candidates = best_distinct(candidates, self._request.n, self._plan.count_errors)
