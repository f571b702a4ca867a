"""Denoising steps as JSON events, in the format of docs/reference/steps.md: the base class, and those of replies."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.api.usage import elbarto_body, params_body, usage_body
from app.messages.events import Proposal, Stepped
from app.messages.params import first_boundary
from app.serving.generation import SILENCE, Silence
from app.serving.infill.infill import Infill
from app.serving.reply import Reply
from app.serving.requests import RunningText, TokenText
from app.serving.updates import Delta, Step, StepSnapshot, Update

Event = dict[str, Any]


class StepEncoder:
    """Turns the updates of watched work into events. `head` has the id, creation time and model.

    Times in the events are milliseconds since `began` (monotonic clock, seconds).
    """

    work: Reply | Infill

    def __init__(
        self, head: Mapping[str, Any], text: TokenText, with_proposals: bool = False, began: float | None = None
    ) -> None:
        self._head = head
        self._text = text
        self._with_proposals = with_proposals
        self._began = began or time.monotonic()

    def events(self, updates: Iterable[Update | Silence], object: str) -> Iterator[Event | Silence]:
        """From `started` to `finished`, with SILENCE in between. If updates end early, there is no `finished`."""
        yield self.started(object)
        yield from self.encode_all(updates)
        if self.work.is_complete:
            yield self.finished()

    def encode_all(self, updates: Iterable[Update | Silence]) -> Iterator[Event | Silence]:
        for update in updates:
            if update is SILENCE:
                yield SILENCE
            else:
                yield from self.encode(update)

    def replay(self, past: Sequence[Update]) -> list[Event]:
        """The events before a subscriber joined. Steps after these need a snapshot first."""
        return [event for update in past for event in self.encode(update)]

    def started(self, object: str) -> Event:
        raise NotImplementedError

    def encode(self, update: Update) -> Iterator[Event]:
        raise NotImplementedError

    def finished(self) -> Event:
        """The last event of complete work."""
        raise NotImplementedError

    def _ms(self) -> float:
        return round(1000 * (time.monotonic() - self._began), 1)


@dataclass
class ChoiceState:
    """What was sent for one choice. Positions count from the reply's first token."""

    texts: RunningText
    has_steps: bool = True  # False: its steps mean nothing before its snapshot
    position: int = 0  # the next one to be committed
    offset: int = 0  # characters committed
    block_text: dict[int, str | None] = field(default_factory=dict)  # of the final tokens that are not committed


class ReplyStepEncoder(StepEncoder):
    """The events of a reply to one prompt."""

    def __init__(
        self,
        reply: Reply,
        head: Mapping[str, Any],
        text: TokenText,
        with_proposals: bool = False,
        began: float | None = None,
    ) -> None:
        super().__init__(head, text, with_proposals, began)
        self.work = self._reply = reply
        self._choices = [ChoiceState(text.running()) for _ in reply.choices]

    def started(self, object: str) -> Event:
        reply = self._reply
        return {
            "type": "started",
            **self._head,
            "object": object,
            "num_choices": len(reply.choices),
            "prompt_tokens": reply.prompt_tokens,
            "params": {**params_body(reply.params), "max_tokens": reply.max_tokens},
            "canvas": {
                "length": reply.params.gen_length,
                "block_length": reply.params.block_length,
                "blocks": list(self._blocks()),
            },
            "warnings": reply.warnings,
        }

    def replay(self, past: Sequence[Update]) -> list[Event]:
        for choice in self._choices:
            choice.has_steps = False
        return super().replay(past)

    def encode(self, update: Update) -> Iterator[Event]:
        match update:
            case StepSnapshot() if not self._choices[update.index].has_steps:
                self._choices[update.index].has_steps = True
                yield from self._catch_up(update)
            case Step() if self._choices[update.index].has_steps:
                yield self._step(update)
            case Delta() if update.text or update.token_ids:
                yield self._committed(update)

    def _catch_up(self, snapshot: StepSnapshot) -> Iterator[Event]:
        """One step that has every final token of the current block, if there is any."""
        state = snapshot.event
        final = tuple(
            Proposal(position, token.id, token.confidence or 0.0, is_final=True)
            for position, token in enumerate(state.tokens, state.start)
            if token is not None and token.step is not None
        )
        if final:
            stepped = Stepped(
                state.sequence_id, state.num_steps - 1, state.start, state.end, final, forwards=state.forwards
            )
            yield self._step(Step(snapshot.index, stepped))

    def finished(self) -> Event:
        choices = [
            {"index": index, "text": choice.text, "finish_reason": choice.finish_reason}
            for index, choice in enumerate(self._reply.choices)
        ]
        usage = self._reply.usage()
        return {
            "type": "finished",
            "id": self._head["id"],
            "ms": self._ms(),
            "choices": choices,
            "usage": usage_body(usage),
            "elbarto": elbarto_body(usage),
        }

    def _step(self, item: Step) -> Event:
        state, event = self._choices[item.index], item.event
        final = [proposal for proposal in event.proposals if proposal.is_final]
        for proposal in final:
            state.block_text[self._position(proposal)] = self._text.of(proposal.token_id)
        answer: Event = {
            "type": "step",
            "choice": item.index,
            "step": event.step,
            "forwards": event.forwards,
            "ms": self._ms(),
            **self._block(event.start),
            "tokens": [self._proposal(each) | {"offset": self._offset(state, each)} for each in final],
        }
        if self._with_proposals:
            answer["proposals"] = [self._proposal(each) for each in event.proposals if not each.is_final]
        return answer

    def _committed(self, item: Delta) -> Event:
        state = self._choices[item.index]
        tokens = []
        block = self._block(state.position + self._reply.prompt_tokens)
        for position, token_id in enumerate(item.token_ids, start=state.position):
            offset, text = state.texts.add(token_id)
            tokens.append({"position": position, **token_body(self._text, token_id), "text": text, "offset": offset})
        event = {
            "type": "committed",
            "choice": item.index,
            "ms": self._ms(),
            **block,
            "offset": state.offset,
            "text": item.text,
            "tokens": tokens,
        }
        state.position += len(tokens)
        state.offset += len(item.text)
        for position in [position for position in state.block_text if position < state.position]:
            del state.block_text[position]
        return event

    def _proposal(self, proposal: Proposal) -> Event:
        return {"position": self._position(proposal), **proposal_body(self._text, proposal)}

    def _position(self, proposal: Proposal) -> int:
        return proposal.position - self._reply.prompt_tokens

    def _offset(self, state: ChoiceState, proposal: Proposal) -> int | None:
        """Where in the reply the token's text begins; None while a token before it has no text yet."""
        offset = state.texts.length
        for position in range(state.position, self._position(proposal)):
            text = state.block_text.get(position)
            if text is None:
                return None
            offset += len(text)
        return offset

    def _block(self, position: int) -> Event:
        """The block around a position of the canvas, without the prompt's tail."""
        length, prompt = self._reply.params.block_length, self._reply.prompt_tokens
        first = first_boundary(self._reply.model.alignment, prompt, length)
        number = (position - first) // length
        start = first + number * length
        end = min(start + length, prompt + self._reply.params.gen_length)
        return {"block": number - (prompt - first) // length, "start": max(0, start - prompt), "end": end - prompt}

    def _blocks(self) -> Iterator[Sequence[int]]:
        position = 0
        while position < self._reply.params.gen_length:
            block = self._block(position + self._reply.prompt_tokens)
            yield [block["start"], block["end"]]
            position = block["end"]


def proposal_body(text: TokenText, proposal: Proposal) -> Event:
    answer = {**token_body(text, proposal.token_id), "confidence": round(proposal.confidence, 6)}
    if proposal.alternatives:
        answer["alternatives"] = [
            {**token_body(text, token_id), "confidence": round(confidence, 6)}
            for token_id, confidence in proposal.alternatives
        ]
    return answer


def token_body(text: TokenText, token_id: int) -> Event:
    special = text.special(token_id)
    token = {"id": token_id, "text": text.of(token_id)}
    return token if special is None else {**token, "special": special}
