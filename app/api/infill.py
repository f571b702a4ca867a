"""POST /v1/infill and /v1/edits: fill holes in a text, whole and streamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from app.api.context import json_body, service
from app.api.ignored_fields import load_request
from app.api.infill_schemas import EditSchema, InfillSchema, context_files
from app.api.running import RunningAnswer, answer_head
from app.api.schemas import SHARED_FIELDS
from app.api.sse import DONE, StreamEvent
from app.api.structured import requested_grammar
from app.api.usage import elbarto_body, usage_body
from app.errors import Unsupported
from app.messages.decoding import Decoding
from app.messages.options import Overrides
from app.serving.generation import SILENCE
from app.serving.infill.infill import Infill
from app.serving.infill.requests import Candidate, EditRequest, FilledHole, Hole, HoleDelta, HoleDone, InfillRequest

blueprint = Blueprint("infill", __name__)

REQUEST_FIELDS = (*SHARED_FIELDS, "n", "length_method", "language", "filename", "syntax")
WATCH_FIELDS = ("watch", "alternatives")


@blueprint.post("/v1/infill")
def infill() -> Response:
    body = load_request(InfillSchema(), json_body())
    service().check_model(body.get("model"))
    answer = InfillAnswer(service().infill(to_request(body)))
    return answer.respond(is_streamed=body["stream"])


@blueprint.post("/v1/edits")
def edits() -> Response:
    body = load_request(EditSchema(), json_body())
    service().check_model(body.get("model"))
    answer = EditAnswer(service().edit(to_edit_request(body)), body["spans"])
    return answer.respond(is_streamed=body["stream"])


def to_edit_request(body: dict[str, Any]) -> EditRequest:
    """In modes polish and redenoise, `steps` and `threshold` are the mode's; in rewrite they are the infill's."""
    refuse_forms(body)
    text, spans = body["text"], body["spans"]
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
    mode_fields = {"redenoise": ("threshold",), "polish": ("steps", "threshold")}.get(body["mode"], ())
    decoding = {name: value for name, value in body.items() if name not in mode_fields}
    infill = InfillRequest(
        texts=[text[start:end] for start, end in zip(starts, ends, strict=True)],
        holes=[Hole(max_tokens=body.get("max_tokens")) for _ in spans],
        mode=body.get("infill_mode"),
        decoding=Overrides.pick(Decoding, decoding),
        **{name: decoding[name] for name in REQUEST_FIELDS if name in decoding},
    )
    return EditRequest(
        infill=infill,
        spans=[text[start:end] for start, end in spans],
        mode=body["mode"],
        threshold=body.get("threshold", EditRequest.threshold),
        num_forwards=body.get("steps", EditRequest.num_forwards),
    )


def refuse_forms(body: dict[str, Any]) -> None:
    """Raises Unsupported for a body that says what form its text has."""
    form = requested_grammar(body)
    if form is not None:
        raise Unsupported(f"{form.param} is not supported for a hole.", form.param)


def to_request(body: dict[str, Any]) -> InfillRequest:
    refuse_forms(body)
    texts, holes = body["segments"]
    return InfillRequest(
        texts=texts,
        holes=holes,
        mode=body.get("infill_mode"),
        context=context_files(body),
        decoding=Overrides.pick(Decoding, body),
        **{name: body[name] for name in (*REQUEST_FIELDS, *WATCH_FIELDS) if name in body},
    )


class InfillAnswer(RunningAnswer):
    kind = "infill"

    def __init__(self, infill: Infill) -> None:
        self._infill = infill
        self._head = {**answer_head(self.kind, infill.model.id), "infill_mode": infill.mode}
        super().__init__(infill, self._head)

    def body(self) -> dict[str, Any]:
        return infill_body(self._head, self._infill)

    def stream(self) -> Iterator[StreamEvent]:
        request = self._infill.request
        started = {"type": "started", "id": self._head["id"], "object": f"{self.kind}.event", **self._head}
        yield started | {"num_holes": len(request.holes), "n": request.n}
        for event in self.updates():
            if isinstance(event, HoleDelta):
                yield {"type": "delta", "choice": event.candidate, "hole": event.hole, "text": event.text}
            elif isinstance(event, HoleDone):
                done = {"text": event.filled.text, "finish_reason": event.filled.finish_reason}
                yield {"type": "hole", "choice": event.candidate, "hole": event.hole, **done}
            elif event is SILENCE:
                yield SILENCE
        if self.is_complete:
            yield {"type": "finished", **self.body()}
            yield DONE


class EditAnswer(InfillAnswer):
    kind = "edit"

    def __init__(self, infill: Infill, spans: Sequence[tuple[int, int]]) -> None:
        super().__init__(infill)
        self._spans = spans

    def body(self) -> dict[str, Any]:
        best = self._infill.candidates[0]
        edits = [
            {"start": start, "end": end, **hole_body(number, hole)}
            for number, ((start, end), hole) in enumerate(zip(self._spans, best.holes, strict=True))
        ]
        return {
            "id": self._head["id"],
            "object": "edit",
            **self._head,
            "text": best.text,
            "edits": edits,
            "usage": usage_body(self._infill.usage()),
            "elbarto": elbarto_body(self._infill.usage()),
        }


def infill_body(head: Mapping[str, Any], infill: Infill) -> dict[str, Any]:
    """The answer to a complete infill."""
    choices = [
        {
            "index": index,
            "score": round(candidate.score, 4),
            **syntax_body(infill, candidate),
            "text": candidate.text,
            "holes": [hole_body(number, hole) for number, hole in enumerate(candidate.holes)],
        }
        for index, candidate in enumerate(infill.candidates)
    ]
    return {
        "id": head["id"],
        "object": "infill",
        **head,
        "filled": "together" if infill.mode in ("canvas", "both") else "in order",
        "text": choices[0]["text"],
        "holes": choices[0]["holes"],
        "choices": choices,
        "usage": usage_body(infill.usage()),
        "elbarto": elbarto_body(infill.usage()),
    }


def syntax_body(infill: Infill, candidate: Candidate) -> dict[str, bool | None]:
    if infill.request.syntax is None:
        return {}
    return {"parses": None if candidate.num_errors is None else candidate.num_errors == 0}


def hole_body(index: int, hole: FilledHole) -> dict[str, Any]:
    tokens = [
        {
            "id": token.id,
            "text": token.text,
            "confidence": round(token.confidence, 4),
            "step": token.step,
            "pinned": token.is_pinned,
        }
        for token in hole.tokens
    ]
    return {"index": index, "text": hole.text, "finish_reason": hole.finish_reason, "tokens": tokens}
