"""The denoising steps of another client's running request (docs/reference/steps.md)."""

from __future__ import annotations

from collections.abc import Iterator

from app.api.in_flight import InFlightRequest
from app.api.step_encoders import step_encoder
from app.api.step_events import Event
from app.errors import GenerationEnded
from app.serving.generation import Silence
from app.serving.requests import TokenText

OBJECT = "generation.steps"
# The fields that reveal nothing about the text.
TOKEN_FIELDS = ("position", "hole", "confidence")
CHOICE_FIELDS = ("index", "finish_reason")


def follow(request: InFlightRequest, text: TokenText) -> Iterator[Event | Silence]:
    """The request's steps from now on.

    Raises RequestError if it has several prompts, GenerationEnded if it ends without an answer, and the errors that it
    ends with itself.
    """
    encoder = step_encoder(request.work, request.head, text, began=request.began)
    with encoder.work.publisher.subscribe() as subscriber:
        past = encoder.replay(subscriber.past)
        yield encoder.started(OBJECT) | {"so_far": past}
        yield from encoder.encode_all(subscriber)
        if not encoder.work.is_complete:
            raise GenerationEnded
        yield encoder.finished()


def without_text(event: Event) -> Event:
    """The event without text, token ids, or anything that reveals them: positions, confidences and counters remain."""
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
