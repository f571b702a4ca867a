"""An infill's denoising steps as JSON events, in the format of docs/reference/steps.md.

A canvas shrinks when positions are deleted, which shifts the positions after them. Events therefore number
each position of a hole once and for all. If a hole was too short, a longer canvas starts over, with new numbers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.api.infill import infill_body
from app.api.step_events import Event, StepEncoder, proposal_body, token_body
from app.api.usage import usage_params
from app.messages.events import Token
from app.messages.params import Window
from app.serving.infill.infill import Infill
from app.serving.infill.requests import HoleDelta, WindowSnapshot, WindowStep
from app.serving.requests import TokenText
from app.serving.updates import Update


@dataclass
class CandidateState:
    """What was sent for one candidate."""

    window: Window | None = None
    numbers: list[int | None] = field(default_factory=list)  # of each current position of the canvas
    holes: dict[int, int] = field(default_factory=dict)  # position -> hole
    count: int = 0  # numbers assigned
    steps: int = 0
    forwards: int = 0
    earlier_forwards: int = 0  # of earlier canvases
    offsets: Counter[int] = field(default_factory=Counter)  # characters sent of each hole


class InfillStepEncoder(StepEncoder):
    """The events of an infill."""

    def __init__(
        self,
        infill: Infill,
        head: Mapping[str, Any],
        text: TokenText,
        with_proposals: bool = False,
        began: float | None = None,
    ) -> None:
        super().__init__({**head, "infill_mode": infill.mode}, text, with_proposals, began)
        self.work = self._infill = infill
        self._candidates: defaultdict[int, CandidateState] = defaultdict(CandidateState)

    def started(self, object: str) -> Event:
        infill = self._infill
        segments: list[str | Event] = [infill.request.texts[0]]
        for number, text in enumerate(infill.request.texts[1:]):
            segments += [{"hole": number}, text]
        return {
            "type": "started",
            **self._head,
            "object": object,
            "num_choices": infill.request.n,
            "params": usage_params(infill.usage()),
            "segments": segments,
            "warnings": [],
        }

    def encode(self, update: Update) -> Iterator[Event]:
        match update:
            case WindowSnapshot():
                state = self._candidates[update.candidate]
                if state.window is not update.window:
                    state.steps, state.forwards = update.event.num_steps, 0
                    yield self._canvas(update, update.event.tokens, update.event.holes)
            case WindowStep():
                state = self._candidates[update.candidate]
                if state.window is not update.window and update.event.step == 0:
                    tokens = [None if token_id is None else Token(token_id) for token_id in update.window.token_ids]
                    yield self._canvas(update, tokens, update.window.holes)
                if state.window is update.window:  # else: a late subscriber is still waiting for its snapshot
                    yield self._step(update, state)
            case HoleDelta():
                yield self._committed(update)

    def finished(self) -> Event:
        return {"type": "finished", "ms": self._ms(), **infill_body(self._head, self._infill)}

    def _step(self, item: WindowStep, state: CandidateState) -> Event:
        final = [each for each in item.event.proposals if each.is_final]
        removed = {position - item.start for position in item.event.removed}
        state.forwards = state.earlier_forwards + item.event.forwards
        answer: Event = {"type": "step", "choice": item.candidate, "step": state.steps, "forwards": state.forwards}
        answer |= {"ms": self._ms(), "tokens": []}
        if self._with_proposals:
            answer["proposals"] = []
        for proposal in item.event.proposals:
            number = state.numbers[proposal.position - item.start]
            assert number is not None
            body = {"position": number, "hole": state.holes[number], **proposal_body(self._text, proposal)}
            if proposal in final:
                answer["tokens"].append(body)
            elif self._with_proposals:
                answer["proposals"].append(body)
        answer["removed"] = [state.numbers[index] for index in sorted(removed)]
        state.numbers = [number for index, number in enumerate(state.numbers) if index not in removed]
        state.steps += 1
        return answer

    def _canvas(
        self, item: WindowStep | WindowSnapshot, tokens: Sequence[Token | None], places: Sequence[int | None]
    ) -> Event:
        """A new canvas: every position of a hole gets a number, and the event has the holes' final tokens."""
        state = self._candidates[item.candidate]
        state.window, state.numbers = item.window, []
        state.earlier_forwards = state.forwards
        holes: dict[int, Event] = {}
        for hole, token in zip(places, tokens, strict=True):
            if hole is None:
                state.numbers.append(None)
                continue
            number, state.count = state.count, state.count + 1
            state.numbers.append(number)
            state.holes[number] = hole
            body = holes.setdefault(hole, {"hole": hole, "start": number, "end": number, "given": []})
            body["end"] = number + 1
            if token is not None:
                body["given"].append({"position": number, **self._token(token)})
        return {"type": "canvas", "choice": item.candidate, "ms": self._ms(), "holes": list(holes.values())}

    def _token(self, token: Token) -> Event:
        body = token_body(self._text, token.id)
        return body if token.confidence is None else {**body, "confidence": round(token.confidence, 6)}

    def _committed(self, item: HoleDelta) -> Event:
        state = self._candidates[item.candidate]
        offset = state.offsets[item.hole]
        state.offsets[item.hole] += len(item.text)
        place = {"hole": item.hole, "offset": offset, "text": item.text}
        return {"type": "committed", "choice": item.candidate, "ms": self._ms(), **place}
