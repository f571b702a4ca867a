"""An infill's denoising steps as JSON events: the words of docs/steps.md.

A canvas closes up where positions leave it, so its positions would change their numbers from step to step. Here each
position of a hole has a number that stays, and a longer canvas, which begins where a hole was too short, has new ones.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.api.infill import infill_body
from app.api.step_events import Event, proposal_body, token_body
from app.api.usage import infill_params_body
from app.messages.events import Token
from app.messages.params import Window
from app.serving.generation import SILENCE, Silence
from app.serving.infill.infill import Infill
from app.serving.infill.requests import HoleDelta, HoleDone, WindowSight, WindowStep
from app.serving.requests import TokenText


@dataclass
class Told:
    """What was told of one candidate."""

    window: Window | None = None
    numbers: list[int | None] = field(default_factory=list)  # of each position that the canvas has now
    holes: dict[int, int] = field(default_factory=dict)  # position -> hole
    count: int = 0  # positions given out
    steps: int = 0
    offsets: Counter[int] = field(default_factory=Counter)  # characters told, of each hole


class InfillTeller:
    """Turns what a watched infill says into events. `head` holds the id, when it was created, the model, the mode."""

    def __init__(
        self,
        head: Event,
        infill: Infill,
        text: TokenText,
        with_proposals: bool = False,
        began: float | None = None,
    ) -> None:
        self._head = head
        self._infill = infill
        self._text = text
        self._with_proposals = with_proposals
        self._told: dict[int, Told] = {}
        self._began = began or time.monotonic()

    def events(self, items: Iterator[Any]) -> Iterator[Event | Silence]:
        """Everything, from `started` to `finished`, of what the infill says, with SILENCE in between.

        Raises what the infill raises.
        """
        yield self.started()
        for item in items:
            if item is SILENCE:
                yield SILENCE
            else:
                yield from self.tell(item)
        if self._infill.is_complete:
            yield self.finished()

    def tell(self, item: HoleDelta | HoleDone | WindowStep | WindowSight) -> Iterator[Event]:
        told = self._told.setdefault(item.candidate, Told())
        if isinstance(item, WindowSight):
            if told.window is not item.window:
                told.steps = item.event.num_steps
                yield self._canvas(item, told, item.event.tokens, item.event.holes)
        elif isinstance(item, WindowStep):
            if told.window is not item.window and item.event.step == 0:
                tokens = [None if token_id is None else Token(token_id) for token_id in item.window.token_ids]
                yield self._canvas(item, told, tokens, item.window.holes)
            if told.window is item.window:  # else: who comes late has yet to hear where it is
                yield self._step(item, told)
        elif isinstance(item, HoleDelta):
            yield self._committed(item, told)

    def finished(self) -> Event:
        return {"type": "finished", "ms": self._ms(), **infill_body(self._head, self._infill)}

    def started(self) -> Event:
        infill = self._infill
        segments: list[str | Event] = [infill.request.texts[0]]
        for number, text in enumerate(infill.request.texts[1:]):
            segments += [{"hole": number}, text]
        return {
            "type": "started",
            **self._head,
            "object": "infill.steps",
            "num_choices": infill.request.n,
            "params": infill_params_body(infill),
            "segments": segments,
            "warnings": [],
        }

    def _step(self, item: WindowStep, told: Told) -> Event:
        final = [each for each in item.event.proposals if each.is_final]
        removed = {position - item.start for position in item.event.removed}
        answer: Event = {"type": "step", "choice": item.candidate, "step": told.steps, "forwards": told.steps + 1}
        answer |= {"ms": self._ms(), "tokens": []}
        if self._with_proposals:
            answer["proposals"] = []
        for proposal in item.event.proposals:
            number = told.numbers[proposal.position - item.start]
            assert number is not None
            body = {"position": number, "hole": told.holes[number], **proposal_body(self._text, proposal)}
            if proposal in final:
                answer["tokens"].append(body)
            elif self._with_proposals:
                answer["proposals"].append(body)
        answer["removed"] = [told.numbers[index] for index in sorted(removed)]
        told.numbers = [number for index, number in enumerate(told.numbers) if index not in removed]
        told.steps += 1
        return answer

    def _canvas(
        self,
        item: WindowStep | WindowSight,
        told: Told,
        tokens: Sequence[Token | None],
        places: Sequence[int | None],
    ) -> Event:
        """A new one: every position of a hole gets a number, and what is final in the hole is told."""
        told.window, told.numbers = item.window, []
        holes: dict[int, Event] = {}
        for hole, token in zip(places, tokens, strict=True):
            if hole is None:
                told.numbers.append(None)
                continue
            number, told.count = told.count, told.count + 1
            told.numbers.append(number)
            told.holes[number] = hole
            body = holes.setdefault(hole, {"hole": hole, "start": number, "end": number, "given": []})
            body["end"] = number + 1
            if token is not None:
                body["given"].append({"position": number, **self._token(token)})
        return {"type": "canvas", "choice": item.candidate, "ms": self._ms(), "holes": list(holes.values())}

    def _token(self, token: Token) -> Event:
        body = token_body(self._text, token.id)
        return body if token.confidence is None else {**body, "confidence": round(token.confidence, 6)}

    def _committed(self, item: HoleDelta, told: Told) -> Event:
        offset = told.offsets[item.hole]
        told.offsets[item.hole] += len(item.text)
        place = {"hole": item.hole, "offset": offset, "text": item.text}
        return {"type": "committed", "choice": item.candidate, "ms": self._ms(), **place}

    def _ms(self) -> float:
        return round(1000 * (time.monotonic() - self._began), 1)
