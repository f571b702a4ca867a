"""A reply's denoising steps as JSON events: the words of docs/steps.md."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.api.errors import api_error_body, unexpected_error_body
from app.api.usage import elbarto, params_body, usage
from app.errors import ApiError
from app.messages.events import Proposal, Stepped
from app.serving.generation import SILENCE, Silence
from app.serving.reply import Reply
from app.serving.requests import Delta, Ended, RunningText, Sight, Step, TokenText

Event = dict[str, Any]


@dataclass
class Told:
    """What was told of one choice. Positions are counted from the reply's first token."""

    texts: RunningText
    position: int = 0  # the next one to be committed
    offset: int = 0  # characters committed
    block_text: dict[int, str | None] = field(default_factory=dict)  # of the present block's final tokens


class ReplyTeller:
    """Turns what a watched reply says into events. `head` holds the id, when it was created and the model."""

    def __init__(
        self, head: Event, reply: Reply, text: TokenText, with_proposals: bool = False, began: float | None = None
    ) -> None:
        self._head = head
        self._reply = reply
        self._text = text
        self._with_proposals = with_proposals
        self._told = [Told(text.running()) for _ in reply.choices]
        self._began = began or time.monotonic()

    def events(self) -> Iterator[Event | Silence]:
        """Everything, from `started` to `finished`, with SILENCE in between. Raises what the reply raises."""
        yield self.started()
        for item in self._reply:
            if item is SILENCE:
                yield SILENCE
            else:
                yield from self.tell(item)
        yield self.finished()

    def started(self) -> Event:
        reply = self._reply
        return {
            "type": "started",
            **self._head,
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

    def tell(self, item: Delta | Ended | Step) -> Iterator[Event]:
        if isinstance(item, Step):
            yield self._step(item)
        elif isinstance(item, Delta) and (item.text or item.token_ids):
            yield self._committed(item)

    def catch_up(self, sight: Sight) -> Iterator[Event]:
        """A step that tells all of the present block that is final, if anything is."""
        seen = sight.event
        final = tuple(
            Proposal(position, token.id, token.confidence or 0.0, is_final=True)
            for position, token in enumerate(seen.tokens, seen.start)
            if token is not None and token.step is not None
        )
        if final:
            stepped = Stepped(seen.sequence_id, seen.num_steps - 1, seen.start, seen.end, final)
            yield from self.tell(Step(sight.index, stepped))

    def finished(self) -> Event:
        choices = [
            {"index": index, "text": choice.text, "finish_reason": choice.finish_reason}
            for index, choice in enumerate(self._reply.choices)
        ]
        return {
            "type": "finished",
            "id": self._head["id"],
            "ms": self._ms(),
            "choices": choices,
            "usage": usage(self._reply),
            "elbarto": elbarto(self._reply),
        }

    def _step(self, item: Step) -> Event:
        told, event = self._told[item.index], item.event
        final = [proposal for proposal in event.proposals if proposal.is_final]
        for proposal in final:
            told.block_text[self._position(proposal)] = self._text.of(proposal.token_id)
        answer: Event = {
            "type": "step",
            "choice": item.index,
            "step": event.step,
            "forwards": event.step + 1,
            "ms": self._ms(),
            **self._block(event.start),
            "tokens": [self._proposal(each) | {"offset": self._offset(told, each)} for each in final],
        }
        if self._with_proposals:
            answer["proposals"] = [self._proposal(each) for each in event.proposals if not each.is_final]
        return answer

    def _committed(self, item: Delta) -> Event:
        told = self._told[item.index]
        tokens = []
        block = self._block(told.position + self._reply.prompt_tokens)
        for position, token_id in enumerate(item.token_ids, start=told.position):
            offset, text = told.texts.add(token_id)
            tokens.append({"position": position, **token_body(self._text, token_id), "text": text, "offset": offset})
        event = {
            "type": "committed",
            "choice": item.index,
            "ms": self._ms(),
            **block,
            "offset": told.offset,
            "text": item.text,
            "tokens": tokens,
        }
        told.position += len(tokens)
        told.offset += len(item.text)
        told.block_text.clear()
        return event

    def _proposal(self, proposal: Proposal) -> Event:
        return {"position": self._position(proposal), **proposal_body(self._text, proposal)}

    def _position(self, proposal: Proposal) -> int:
        return proposal.position - self._reply.prompt_tokens

    def _offset(self, told: Told, proposal: Proposal) -> int | None:
        """Where in the reply the token's text begins; None while something before it has no text yet."""
        offset = told.texts.length
        for position in range(told.position, self._position(proposal)):
            text = told.block_text.get(position)
            if text is None:
                return None
            offset += len(text)
        return offset

    def _block(self, position: int) -> Event:
        """The block around a position of the canvas, the prompt's tail left out."""
        length, prompt = self._reply.params.block_length, self._reply.prompt_tokens
        number = position // length
        start, end = number * length, min((number + 1) * length, prompt + self._reply.params.gen_length)
        return {"block": number - prompt // length, "start": max(0, start - prompt), "end": end - prompt}

    def _blocks(self) -> Iterator[Sequence[int]]:
        position = 0
        while position < self._reply.params.gen_length:
            block = self._block(position + self._reply.prompt_tokens)
            yield [block["start"], block["end"]]
            position = block["end"]

    def _ms(self) -> float:
        return round(1000 * (time.monotonic() - self._began), 1)


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


def error_event(error: Exception) -> tuple[int, Event]:
    """(HTTP's status for it, the event). A defect is logged."""
    if isinstance(error, ApiError):
        return error.status, {"type": "error", "status": error.status, **api_error_body(error)}
    return 500, {"type": "error", "status": 500, **unexpected_error_body(error)}
