"""An infill's denoising steps as JSON events: the words of docs/steps.md.

A canvas closes up where positions leave it, so its positions would change their numbers from step to step. Here each
position of a hole has a number that stays, and a longer canvas, which begins where a hole was too short, has new ones.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.api.infill import InfillAnswer
from app.api.step_events import Event, proposal_body, token_body
from app.api.usage import params_body
from app.serving.calls import TokenText
from app.serving.infill.calls import HoleDelta, Window, WindowStep


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
    def __init__(self, answer: InfillAnswer, text: TokenText, with_proposals: bool) -> None:
        self._answer = answer
        self._text = text
        self._with_proposals = with_proposals
        self._told: dict[int, Told] = {}
        self._began = time.monotonic()

    def events(self) -> Iterator[Event | None]:
        """Everything, from `started` to `finished`; None is a moment of silence. Raises what the infill raises."""
        yield self.started()
        for item in self._answer.events():
            if isinstance(item, WindowStep):
                yield from self._step(item)
            elif isinstance(item, HoleDelta):
                yield self._committed(item)
            elif item is None:
                yield None
        if self._answer.infill.is_complete:
            yield {"type": "finished", "ms": self._ms(), **self._answer.body()}

    def started(self) -> Event:
        infill = self._answer.infill
        segments: list[str | Event] = [infill.call.texts[0]]
        for number, text in enumerate(infill.call.texts[1:]):
            segments += [{"hole": number}, text]
        return {
            "type": "started",
            **self._answer.head,
            "object": "infill.steps",
            "num_choices": infill.call.n,
            "params": params_body(infill.params),
            "segments": segments,
            "warnings": [],
        }

    def _step(self, item: WindowStep) -> Iterator[Event]:
        told = self._told.setdefault(item.candidate, Told())
        if told.window is not item.window:
            yield self._canvas(item, told)
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
        yield answer

    def _canvas(self, item: WindowStep, told: Told) -> Event:
        """A new one: every position of a hole gets a number, and what is given in the hole is told."""
        told.window, told.numbers = item.window, []
        holes: dict[int, Event] = {}
        for hole, token_id in zip(item.window.holes, item.window.token_ids, strict=True):
            if hole is None:
                told.numbers.append(None)
                continue
            number, told.count = told.count, told.count + 1
            told.numbers.append(number)
            told.holes[number] = hole
            body = holes.setdefault(hole, {"hole": hole, "start": number, "end": number, "given": []})
            body["end"] = number + 1
            if token_id is not None:
                body["given"].append({"position": number, **token_body(self._text, token_id)})
        return {"type": "canvas", "choice": item.candidate, "ms": self._ms(), "holes": list(holes.values())}

    def _committed(self, item: HoleDelta) -> Event:
        told = self._told.setdefault(item.candidate, Told())
        offset = told.offsets[item.hole]
        told.offsets[item.hole] += len(item.text)
        place = {"hole": item.hole, "offset": offset, "text": item.text}
        return {"type": "committed", "choice": item.candidate, "ms": self._ms(), **place}

    def _ms(self) -> float:
        return round(1000 * (time.monotonic() - self._began), 1)
