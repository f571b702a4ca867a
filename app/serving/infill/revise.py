"""Text that is there already, denoised again in part: where the model is not sure of it, or for so many forwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from app.messages.events import Filled, Probed, Token
from app.messages.params import GenerationParams, Window
from app.serving.executor import SequenceRequest
from app.serving.generation import SILENCE, Silence
from app.serving.infill.layout import CanvasLayout
from app.serving.infill.pins import Content
from app.serving.infill.requests import Candidate, FilledHole, FillReason, HoleDelta, HoleDone, InfillRequest
from app.serving.infill.results import hole_tokens, mean_log_probability
from app.serving.infill.session import Session
from app.serving.infill.support import joined
from app.text.tokenizer import Tokenizer

# A token's confidence is asked for with every so many-th token masked: with itself visible it would always be high, and
# masked alone each token would cost a forward of its own.
NUM_GROUPS = 4
POLISHED_SHARE = 8  # of so many tokens the least confident one is masked in a round


class ReviseRoute:
    """`redenoise`: tokens below `threshold` are masked and filled, one a step. `polish`: for about `num_forwards`, the
    least confident ones are masked and filled in one step, over and over.

    The spans' own texts are in `spans`; iterate, then read `candidates`. Needs a model that was trained on canvases.
    """

    def __init__(
        self,
        request: InfillRequest,
        texts: Sequence[str],
        spans: Sequence[str],
        mode: Literal["redenoise", "polish"],
        threshold: float,
        num_forwards: int,
        tokenizer: Tokenizer,
        session: Session,
        params: GenerationParams,
    ) -> None:
        self._request, self._spans, self._mode = request, spans, mode
        self._threshold, self._num_forwards = threshold, num_forwards
        self._tokenizer, self._session, self._params = tokenizer, session, params
        self._layout = CanvasLayout(texts, tokenizer, params.block_length)
        self._tokens = [[Token(token_id) for token_id in tokenizer.encode_plain(span)] for span in spans]
        self._places = [(hole, at) for hole, tokens in enumerate(self._tokens) for at in range(len(tokens))]
        self._banned = [tuple(tokenizer.special_ids)] * len(spans)
        self._reason: FillReason = "stop"
        self.candidates: list[Candidate] = []
        self.prompt_tokens = self._layout.num_given + len(self._places)
        if self._places:
            session.submit(self._probes())

    def __iter__(self) -> Iterator[HoleDelta | HoleDone | Silence]:
        rounds = 1 if self._mode == "redenoise" else max(1, self._num_forwards // 2)
        for number in range(rounds if self._places else 0):
            if number:
                self._session.submit(self._probes())
            yield from self._take_confidences()
            doubtful = self._doubtful()
            if not doubtful or self._must_end():
                break
            before = self._ids()
            self._session.submit([self._fill_job(doubtful)])
            yield from self._take_tokens(doubtful)
            if self._ids() == before or (number + 1 < rounds and self._must_end()):
                break
        if self._session.is_aborted:
            return
        holes = [self._filled(hole) for hole in range(len(self._spans))]
        text = joined(self._request.texts, [hole.text for hole in holes])
        self.candidates = [Candidate(0, tuple(holes), text, mean_log_probability(holes))]
        for hole, filled in enumerate(holes):
            yield HoleDelta(0, hole, filled.text)
            yield HoleDone(0, hole, filled)

    def _must_end(self) -> bool:
        """Before all is done that was asked for."""
        if self._session.is_overdue:
            self._reason = "deadline"
        return self._session.is_aborted or self._session.is_overdue

    def _ids(self) -> list[list[int]]:
        return [[token.id for token in tokens] for tokens in self._tokens]

    def _groups(self) -> list[list[tuple[int, int]]]:
        return [group for number in range(NUM_GROUPS) if (group := self._places[number::NUM_GROUPS])]

    def _window(self, masked: Sequence[tuple[int, int]]) -> Window:
        contents: list[Content] = [list(ids) for ids in self._ids()]
        for hole, at in masked:
            contents[hole][at] = None
        return self._layout.window(contents, self._banned, (), may_delete=False)

    def _probes(self) -> list[SequenceRequest]:
        """One for each group of tokens: how likely is each, seeing all that are not in its group?"""
        targets = tuple(self._layout.fill([list(ids) for ids in self._ids()]))
        jobs = []
        for group in self._groups():
            window = replace(self._window(group), probe=True, targets=targets)
            jobs.append(self._job(window, window.num_masks))
        return jobs

    def _take_confidences(self) -> Iterator[Silence]:
        groups = self._groups()
        for item in self._session.events():
            if item is SILENCE:
                yield SILENCE
            elif isinstance(item[1], Probed):
                for (hole, at), confidence in zip(groups[item[0]], item[1].targets, strict=True):
                    token = self._tokens[hole][at]
                    self._tokens[hole][at] = Token(token.id, confidence, token.step)

    def _doubtful(self) -> list[tuple[int, int]]:
        """The places that are masked next, in order."""
        confidence = {(hole, at): self._tokens[hole][at].confidence or 0.0 for hole, at in self._places}
        if self._mode == "redenoise":
            return [place for place in self._places if confidence[place] < self._threshold]
        num = -(-len(self._places) // POLISHED_SHARE)
        return sorted(sorted(self._places, key=lambda place: confidence[place])[:num])

    def _fill_job(self, places: Sequence[tuple[int, int]]) -> SequenceRequest:
        return self._job(self._window(places), 1 if self._mode == "polish" else len(places))

    def _take_tokens(self, places: Sequence[tuple[int, int]]) -> Iterator[Silence]:
        masked = set(places)
        for item in self._session.events():
            if item is SILENCE:
                yield SILENCE
            elif isinstance(item[1], Filled):
                for at, token in enumerate(item[1].tokens):
                    if (item[1].hole, at) in masked:
                        self._tokens[item[1].hole][at] = token

    def _job(self, window: Window, steps: int) -> SequenceRequest:
        params = replace(self._params, gen_length=len(window.token_ids), steps=steps, window=window)
        return SequenceRequest(self._layout.prompt_ids, params)

    def _filled(self, hole: int) -> FilledHole:
        tokens = hole_tokens(self._tokenizer, self._layout.before(hole), self._tokens[hole])
        same = self._ids()[hole] == self._tokenizer.encode_plain(self._spans[hole])
        text = self._spans[hole] if same else "".join(token.text for token in tokens)
        return FilledHole(text, tokens, self._reason)
