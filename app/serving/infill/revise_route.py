"""Denoises parts of an existing text again: where the model is unsure of it, or for a number of forwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.messages.events import Filled, Probed, Token
from app.messages.params import GenerationParams, Window
from app.serving.engine_client import SequenceRequest
from app.serving.generation import SILENCE, Silence
from app.serving.infill.canvas_layout import CanvasLayout
from app.serving.infill.pins import Content
from app.serving.infill.requests import Candidate, EditRequest, FilledHole, FillReason, HoleDelta, HoleDone
from app.serving.infill.results import hole_tokens, joined, mean_log_probability
from app.serving.infill.session import InfillSession
from app.text.tokenizer import Tokenizer

# Confidences are measured with every NUM_GROUPS-th token masked: a visible token would always score high, and masking
# one token at a time would cost a forward for each.
NUM_GROUPS = 4
POLISHED_SHARE = 8  # a round masks the least confident 1 in this many tokens
MAX_ROUNDS = 4 * POLISHED_SHARE  # each token is masked four times, on average: some texts change on and on
MAX_FORWARDS = 2 * MAX_ROUNDS


class ReviseRoute:
    """One edit: iterate it, then read `candidates`. Needs a model that was trained on canvases.

    `redenoise` masks the tokens below `threshold` and fills them one per step. `polish` masks the least confident ones
    and fills them in one step, repeatedly, for about `num_forwards`.
    """

    def __init__(
        self,
        request: EditRequest,
        texts: Sequence[str],
        tokenizer: Tokenizer,
        session: InfillSession,
        params: GenerationParams,
    ) -> None:
        """`texts` are those around the spans, trimmed to fit."""
        self._request, self._tokenizer, self._session, self._params = request, tokenizer, session, params
        spans = request.spans
        self._layout = CanvasLayout(texts, tokenizer, params.block_length)
        self._tokens = [[Token(token_id) for token_id in tokenizer.encode_plain(span)] for span in spans]
        self._places = [(hole, at) for hole, tokens in enumerate(self._tokens) for at in range(len(tokens))]
        self._banned = [tuple(tokenizer.special_ids)] * len(spans)
        self._reason: FillReason = "stop"
        self.candidates: list[Candidate] = []
        self.prompt_tokens = self._layout.num_text_tokens + len(self._places)
        if self._places:
            self._phase = session.submit(self._probes())

    def __iter__(self) -> Iterator[HoleDelta | HoleDone | Silence]:
        rounds = 1 if self._request.mode == "redenoise" else max(1, min(self._request.num_forwards, MAX_FORWARDS) // 2)
        for number in range(rounds if self._places else 0):
            if number:
                self._phase = self._session.submit(self._probes())
            yield from self._take_confidences()
            doubtful = self._doubtful()
            if not doubtful or self._must_end():
                break
            before = self._ids()
            self._phase = self._session.submit([self._fill_request(doubtful)])
            yield from self._take_tokens(doubtful)
            if self._ids() == before or (number + 1 < rounds and self._must_end()):
                break
        if self._session.is_aborted:
            return
        holes = [self._filled(hole) for hole in range(len(self._request.spans))]
        text = joined(self._request.infill.texts, [hole.text for hole in holes])
        self.candidates = [Candidate(0, tuple(holes), text, mean_log_probability(holes))]
        for hole, filled in enumerate(holes):
            yield HoleDelta(0, hole, filled.text)
            yield HoleDone(0, hole, filled)

    def _must_end(self) -> bool:
        """Whether to stop early. Records a deadline as the reason."""
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
        """One probe per group of tokens: the probability of each, given all tokens outside its group."""
        targets = tuple(self._layout.fill([list(ids) for ids in self._ids()]))
        requests = []
        for group in self._groups():
            window = replace(self._window(group), probe=True, targets=targets)
            requests.append(self._sequence(window, window.num_masks))
        return requests

    def _take_confidences(self) -> Iterator[Silence]:
        groups = self._groups()
        for item in self._session.events(self._phase):
            if item is SILENCE:
                yield SILENCE
            elif isinstance(item[1], Probed):
                for (hole, at), confidence in zip(groups[item[0]], item[1].targets, strict=True):
                    token = self._tokens[hole][at]
                    self._tokens[hole][at] = Token(token.id, confidence, token.step)

    def _doubtful(self) -> list[tuple[int, int]]:
        """The positions to mask next, in order."""
        confidence = {(hole, at): self._tokens[hole][at].confidence or 0.0 for hole, at in self._places}
        if self._request.mode == "redenoise":
            return [place for place in self._places if confidence[place] < self._request.threshold]
        num = -(-len(self._places) // POLISHED_SHARE)
        return sorted(sorted(self._places, key=lambda place: confidence[place])[:num])

    def _fill_request(self, places: Sequence[tuple[int, int]]) -> SequenceRequest:
        return self._sequence(self._window(places), 1 if self._request.mode == "polish" else len(places))

    def _take_tokens(self, places: Sequence[tuple[int, int]]) -> Iterator[Silence]:
        masked = set(places)
        for item in self._session.events(self._phase):
            if item is SILENCE:
                yield SILENCE
            elif isinstance(item[1], Filled):
                for at, token in enumerate(item[1].tokens):
                    if (item[1].hole, at) in masked:
                        self._tokens[item[1].hole][at] = token

    def _sequence(self, window: Window, steps: int) -> SequenceRequest:
        params = replace(self._params, gen_length=len(window.token_ids), steps=steps, window=window)
        return SequenceRequest(self._layout.prompt_ids, params)

    def _filled(self, hole: int) -> FilledHole:
        tokens = hole_tokens(self._tokenizer, self._layout.before(hole), self._tokens[hole])
        same = self._ids()[hole] == self._tokenizer.encode_plain(self._request.spans[hole])
        text = self._request.spans[hole] if same else "".join(token.text for token in tokens)
        return FilledHole(text, tokens, self._reason)
