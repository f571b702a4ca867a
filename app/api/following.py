"""The denoising steps of a request that somebody else made, from the middle on (docs/steps.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.api.infill_events import InfillTeller
from app.api.step_events import Event, ReplyTeller
from app.api.traffic import Running
from app.errors import GenerationEnded, RequestError
from app.serving.generation import SILENCE, Silence
from app.serving.infill.infill import Infill
from app.serving.reply import Reply
from app.serving.requests import Sight, Step, TokenText

OBJECT = {"object": "generation.steps"}
# What says nothing of the text, of each part of an event.
TOKEN_FIELDS = ("position", "hole", "confidence")
CHOICE_FIELDS = ("index", "finish_reason")


def follow(running: Running, text: TokenText) -> Iterator[Event | Silence]:
    """A running request's steps from now on; raises RequestError where it has several prompts."""
    work, *others = running.parts
    if others or (isinstance(work, Reply) and len(work.prompt_lens) > 1):
        raise RequestError("A request with several prompts cannot be followed.", "id")
    if isinstance(work, Reply):
        return follow_reply(running.head, work, text, running.began)
    return follow_infill(running.head, work, text, running.began)


def follow_reply(head: Mapping[str, Any], reply: Reply, text: TokenText, began: float) -> Iterator[Event | Silence]:
    """Raises what the reply raises, and GenerationEnded where it ends without an answer."""
    with reply.feed.followed() as follower:
        teller = ReplyTeller({**head, **OBJECT}, reply, text, began=began)
        past = [event for item in follower.past for event in teller.tell(item)]
        yield teller.started() | {"so_far": past}
        seen: set[int] = set()  # choices whose place is known
        for item in follower:
            if item is SILENCE:
                yield SILENCE
            elif isinstance(item, Sight):
                if item.index not in seen:
                    seen.add(item.index)
                    yield from teller.catch_up(item)
            elif not isinstance(item, Step) or item.index in seen:
                yield from teller.tell(item)
        if not reply.is_complete or reply.was_abandoned:
            raise GenerationEnded
        yield teller.finished()


def follow_infill(head: Mapping[str, Any], infill: Infill, text: TokenText, began: float) -> Iterator[Event | Silence]:
    """Raises what the infill raises, and GenerationEnded where it ends without an answer."""
    with infill.feed.followed() as follower:
        teller = InfillTeller({**head, "infill_mode": infill.mode}, infill, text, began=began)
        past = [event for item in follower.past for event in teller.tell(item)]
        yield teller.started() | OBJECT | {"so_far": past}
        for item in follower:
            if item is SILENCE:
                yield SILENCE
            else:
                yield from teller.tell(item)
        if not infill.is_complete:
            raise GenerationEnded
        yield teller.finished()


def without_text(event: Event) -> Event:
    """Positions, confidences and numbers; neither text nor token ids, nor what would give them away."""
    kind = event["type"]
    if kind == "finished":
        choices = [_only(choice, CHOICE_FIELDS) for choice in event.get("choices", [])]
        return _only(event, ("type", "id", "ms", "usage", "elbarto")) | {"choices": choices}
    told = {name: value for name, value in event.items() if name not in ("text", "offset", "proposals")}
    if "tokens" in told:
        told["tokens"] = [_only(token, TOKEN_FIELDS) for token in told["tokens"]]
    if kind == "canvas":
        told["holes"] = [
            hole | {"given": [_only(token, TOKEN_FIELDS) for token in hole["given"]]} for hole in told["holes"]
        ]
    if kind == "started":
        told["so_far"] = [without_text(each) for each in event["so_far"]]
        if "segments" in told:
            told["segments"] = [part for part in told["segments"] if isinstance(part, dict)]
    return told


def _only(body: Event, names: tuple[str, ...]) -> Event:
    return {name: body[name] for name in names if name in body}
