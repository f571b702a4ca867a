"""Selects the encoder that turns a request's updates into step events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api.infill_events import InfillStepEncoder
from app.api.step_events import ReplyStepEncoder, StepEncoder
from app.errors import RequestError
from app.serving.completion import Completion
from app.serving.infill.infill import Infill
from app.serving.reply import Reply
from app.serving.requests import TokenText
from app.serving.work import Work


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
