"""The request bodies of infills and edits."""

from __future__ import annotations

import itertools
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.api.schemas import BodySchema, Boolean, DecodingSchema, Integer, Objects, Text, refusal, refuse_more
from app.messages.defaults import INFILL_MODES
from app.serving.infill.requests import ContextFile, Hole, Pin, SyntaxCheck

SEGMENT = 'a string or {"hole": {...}}'
# marshmallow formats the message for a missing field, so braces are doubled.
SEGMENTS_REQUIRED = f"is required: a list; each item is {SEGMENT}".replace("{", "{{").replace("}", "}}")
LENGTH_METHODS = ("delete", "several", "exact")
MAX_HOLES = MAX_FILES = 1000  # of a request; and spans of an edit
MAX_PINS = 100  # of a hole


class Pins(fields.Field[list[Pin]]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Pin]:
        if not isinstance(value, list):
            raise refusal("a list of texts", value)
        refuse_more(value, MAX_PINS, "texts")
        pins = [self._pin(index, item) for index, item in enumerate(value)]
        for index, pin in enumerate(pins):
            if (pin.at == "start" and index > 0) or (pin.at == "end" and index < len(pins) - 1):
                raise ValidationError(
                    {index: [f"is pinned at the {pin.at} of the hole but is not the {_place(pin)} one"]}
                )
        return pins

    @staticmethod
    def _pin(index: int, item: Any) -> Pin:
        pin = {"text": item} if isinstance(item, str) else item
        if not isinstance(pin, dict) or not isinstance(pin.get("text"), str) or not pin["text"]:
            raise ValidationError({index: refusal('a text or {"text": ..., "at": ...}', item).messages})
        at = pin.get("at", "anywhere")
        if at not in ("anywhere", "start", "end"):
            raise ValidationError({index: {"at": refusal("one of anywhere, start, end", at).messages}})
        return Pin(pin["text"], at)


def _place(pin: Pin) -> str:
    return "first" if pin.at == "start" else "last"


class HoleSchema(BodySchema):
    max_tokens = Integer(1, unset=(-1,))
    single_line = Boolean(load_default=False)
    pinned = Pins(load_default=list)
    hint = Text()


class Segments(fields.Field[tuple[list[str], list[Hole]]]):
    """From strings and holes: (the texts around the holes, the holes). Adjacent strings are joined."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[list[str], list[Hole]]:
        if not isinstance(value, list):
            raise refusal(f"a list; each item is {SEGMENT}", value)
        refuse_more([item for item in value if isinstance(item, dict)], MAX_HOLES, "holes")
        texts: list[str] = [""]
        holes: list[Hole] = []
        for index, item in enumerate(value):
            if isinstance(item, str):
                texts[-1] += item
            elif isinstance(item, dict) and isinstance(item.get("hole"), dict):
                if holes and not texts[-1]:
                    raise ValidationError({index: ["directly follows another hole; put text between them"]})
                try:
                    holes.append(Hole(**HoleSchema().load(item["hole"])))
                except ValidationError as error:
                    raise ValidationError({index: {"hole": error.messages}}) from error
                texts.append("")
            else:
                raise ValidationError({index: refusal(SEGMENT, item).messages})
        if not holes:
            raise ValidationError("must have at least one hole")
        return texts, holes


class ContextFileSchema(BodySchema):
    filename = Text()
    text = Text(required=True, error_messages={"required": "is required: a string"})


class SyntaxSchema(BodySchema):
    language = Text(required=True, error_messages={"required": "is required: a string"})
    before = Text(load_default="")
    after = Text(load_default="")


class SyntaxOption(fields.Field[SyntaxCheck]):
    """A language, or an object that also has the rest of the file."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> SyntaxCheck:
        if isinstance(value, str):
            return SyntaxCheck(value)
        if not isinstance(value, dict):
            raise refusal('a language or {"language": ..., "before": ..., "after": ...}', value)
        return SyntaxCheck(**SyntaxSchema().load(value))


class InfillSchema(DecodingSchema):
    """POST /v1/infill."""

    segments = Segments(required=True, error_messages={"required": SEGMENTS_REQUIRED})
    n = Integer(1, 16, load_default=1)
    infill_mode = Text(*INFILL_MODES)
    length_method = Text(*LENGTH_METHODS)
    language = Text(load_default="python")
    filename = Text()
    context = Objects(ContextFileSchema(), most=MAX_FILES)
    syntax = SyntaxOption()


class Spans(fields.Field[list[tuple[int, int]]]):
    """[start, end] offsets, sorted; they neither overlap nor touch."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[tuple[int, int]]:
        if not isinstance(value, list) or not value:
            raise refusal("a list of at least one [start, end]", value)
        refuse_more(value, MAX_HOLES, "spans")
        for index, item in enumerate(value):
            is_pair = isinstance(item, list) and len(item) == 2
            if not is_pair or not all(isinstance(end, int) and not isinstance(end, bool) for end in item):
                raise ValidationError({index: refusal("[start, end], two integers", item).messages})
            if not 0 <= item[0] <= item[1]:
                raise ValidationError({index: refusal("[start, end] with 0 <= start <= end", item).messages})
        spans = sorted((start, end) for start, end in value)
        for (_, end), (start, _) in itertools.pairwise(spans):
            if start <= end:
                raise ValidationError(f"must neither overlap nor touch; two of them meet at {start}")
        return spans


class EditSchema(DecodingSchema):
    """POST /v1/edits."""

    text = Text(required=True, error_messages={"required": "is required: a string"})
    spans = Spans(required=True, error_messages={"required": "is required: a list of [start, end]"})
    mode = Text("rewrite", "redenoise", "polish", load_default="rewrite")
    max_tokens = Integer(1, unset=(-1,))
    infill_mode = Text(*INFILL_MODES)
    language = Text(load_default="python")

    @validates_schema
    def check_spans(self, data: dict[str, Any], **kwargs: Any) -> None:
        beyond = next((span for span in data["spans"] if span[1] > len(data["text"])), None)
        if beyond:
            raise ValidationError(
                f"must lie in the text, which has {len(data['text'])} characters, got {list(beyond)}", "spans"
            )


def context_files(body: dict[str, Any]) -> list[ContextFile]:
    return [ContextFile(item.get("filename"), item["text"]) for item in body.get("context", [])]
