"""The denoising steps of a request that another client made, from the middle on (docs/steps.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.api.infill_events import InfillStepEncoder
from app.api.step_events import Event, ReplyStepEncoder, StepEncoder
from app.api.traffic import Running
from app.errors import GenerationEnded, RequestError
from app.serving.completion import Completion
from app.serving.generation import Silence
from app.serving.infill.infill import Infill
from app.serving.reply import Reply
from app.serving.requests import TokenText
from app.serving.work import Work

OBJECT = "generation.steps"
# The fields of each part of an event that say nothing about the text.
TOKEN_FIELDS = ("position", "hole", "confidence")
CHOICE_FIELDS = ("index", "finish_reason")


def step_encoder(
    work: Work, head: Mapping[str, Any], text: TokenText, with_proposals: bool = False, began: float | None = None
) -> StepEncoder:
    """For work on one prompt; raises RequestError for several."""
    match work:
        case Completion(works=[single]):
            return step_encoder(single, head, text, with_proposals, began)
        case Reply(prompt_lens=[_]):
            return ReplyStepEncoder(work, head, text, with_proposals, began)
        case Infill():
            return InfillStepEncoder(work, head, text, with_proposals, began)
    raise RequestError("A request with several prompts cannot be followed.", "id")


def follow(running: Running, text: TokenText) -> Iterator[Event | Silence]:
    """A running request's steps from now on.

    Raises RequestError where it has several prompts, what the request raises, and GenerationEnded where it ends without
    an answer.
    """
    encoder = step_encoder(running.work, running.head, text, began=running.began)
    with encoder.work.feed.followed() as follower:
        past = encoder.replay(follower.past)
        yield encoder.started(OBJECT) | {"so_far": past}
        yield from encoder.encode_all(follower)
        if not encoder.work.is_complete:
            raise GenerationEnded
        yield encoder.finished()


def without_text(event: Event) -> Event:
    """Positions, confidences and numbers; neither text nor token ids, nor what would give them away."""
    kind = event["type"]
    if kind == "finished":
        choices = [_only(choice, CHOICE_FIELDS) for choice in event.get("choices", [])]
        return _only(event, ("type", "id", "ms", "usage", "elbarto")) | {"choices": choices}
    answer = {name: value for name, value in event.items() if name not in ("text", "offset", "proposals")}
    if "tokens" in answer:
        answer["tokens"] = [_only(token, TOKEN_FIELDS) for token in answer["tokens"]]
    if kind == "canvas":
        answer["holes"] = [
            hole | {"given": [_only(token, TOKEN_FIELDS) for token in hole["given"]]} for hole in answer["holes"]
        ]
    if kind == "started":
        answer["so_far"] = [without_text(each) for each in event["so_far"]]
        if "segments" in answer:
            answer["segments"] = [part for part in answer["segments"] if isinstance(part, dict)]
    return answer


def _only(body: Event, names: tuple[str, ...]) -> Event:
    return {name: body[name] for name in names if name in body}
