"""The request bodies. An error names the field at fault; app/api/ignored_fields.py names fields that are unknown.

null means absent. So do numbers with which clients leave a field out that they must send, such as -1 for max_tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load

from app.api.logit_bias import LogitBias
from app.api.refusals import refusal as refusal
from app.errors import RequestError
from app.messages.decoding import DECODING_OPTIONS
from app.messages.defaults import DEFAULT_OPTIONS
from app.messages.options import Option
from app.messages.params import SPECULATION
from app.messages.rules import IntegerRange, NumberRange, OneOf, Rule, TrueOrFalse

MAX_TIME_BUDGET_MS = 3_600_000
LARGEST = 2**31 - 1  # clients send larger integers for "no limit"
MAX_STOPS, MAX_STOP_CHARACTERS = 256, 16_384
# Tokens with their probabilities, for all replies of a request at each position.
MAX_LOGPROBS = 400
# Fields of DecodingSchema that requests to the service have under the same names.
SHARED_FIELDS = ("seed", "stop", "steps", "block_length", "time_budget_ms", "speculation", "logit_bias", "warnings")


def load(schema: Schema, body: Mapping[str, Any]) -> dict[str, Any]:
    """The validated body. Raises a RequestError that names the first field at fault."""
    try:
        loaded: dict[str, Any] = schema.load(body)
    except RecursionError as error:
        raise RequestError("The request body is nested too deeply.") from error
    except ValidationError as error:
        path, reason = _first_error(error.messages)
        raise RequestError(f"{path} {reason}", path) from error
    return loaded


def _first_error(messages: Any, path: str = "") -> tuple[str, str]:
    """From marshmallow's nested messages: ("messages[0].role", "must be ...")."""
    while isinstance(messages, dict):
        key = next(iter(messages))
        path = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}" if path else str(key)
        messages = messages[key]
    return path, messages[0] if isinstance(messages, list) else str(messages)


class Number(fields.Field[float]):
    """A JSON number, not a string and not a boolean; marshmallow's own field converts both."""

    def __init__(self, rule: NumberRange, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rule = rule

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if not self.rule.accepts(value):
            raise refusal(self.allowed, value)
        return value  # type: ignore[no-any-return]

    @property
    def allowed(self) -> str:
        rule = self.rule
        limits = [
            f"above {rule.above:g}" if rule.above is not None else "",
            f"of at least {rule.low}" if rule.low is not None else "",
            f"at most {rule.high}" if rule.high is not None else "",
        ]
        return " ".join([rule.noun, " and ".join(limit for limit in limits if limit)]).strip()


class Integer(Number):
    """A JSON integer, also written as 2.0. `unset` are values that mean absent.

    Without an upper limit, larger ones than LARGEST are that.
    """

    def __init__(
        self, low: int | None = None, high: int | None = None, unset: Sequence[int | bool] = (), **kwargs: Any
    ) -> None:
        super().__init__(IntegerRange(low=low, high=high), **kwargs)
        self.unset = unset

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        number = super()._deserialize(whole(value), attr, data, **kwargs)
        return min(number, LARGEST) if self.rule.high is None else number

    def is_unset(self, value: Any) -> bool:
        return any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in self.unset)


def whole(value: Any) -> Any:
    """2.0 as 2: many serializers write every number as a float, and JSON makes no difference."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Boolean(fields.Field[bool]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise refusal("true or false", value)
        return value


class DraftLimit(fields.Field[int | None]):
    """A limit for drafts, which lowers the server's. None: auto, the server's own."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:
        value = whole(value)
        if not SPECULATION.accepts(value):
            raise refusal(SPECULATION.allowed, value)
        return {"auto": None, "off": 0}.get(value, value)


class Text(fields.Field[str]):
    """A string; one of `choices` if there are any."""

    def __init__(self, *choices: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or (self.choices and value not in self.choices):
            raise refusal(f"one of {', '.join(self.choices)}" if self.choices else "a string", value)
        return value


class TokenIds(fields.Field[list[int]]):
    def __init__(self, may_be_empty: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.may_be_empty = may_be_empty

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[int]:
        if not isinstance(value, list) or not (value or self.may_be_empty):
            raise refusal("a list of token ids" if self.may_be_empty else "a list of at least one token id", value)
        wrong = [item for item in value if not isinstance(item, int) or isinstance(item, bool)]
        if wrong:
            raise refusal("a list of integers", wrong[0])
        if negative := [item for item in value if item < 0]:
            raise refusal("a list of integers of at least 0", negative[0])
        return value


class StopList(fields.Field[tuple[str, ...]]):
    """A string or a list of strings. Empty ones would stop nothing and are dropped."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        stops = [value] if isinstance(value, str) else value
        if not isinstance(stops, list) or not all(isinstance(stop, str) for stop in stops):
            raise refusal("a string or a list of strings", value)
        if len(stops) > MAX_STOPS or sum(map(len, stops)) > MAX_STOP_CHARACTERS:
            raise ValidationError(f"must be at most {MAX_STOPS} strings of {MAX_STOP_CHARACTERS} characters in all")
        return tuple(stop for stop in stops if stop)


class Content(fields.Field[str]):
    """A message's text: a string, or a list of text parts to join."""

    # A part's type: its member with the text. Clients of the Responses API send its types in chats too.
    parts: ClassVar[Mapping[str, str]] = {
        "text": "text",
        "input_text": "text",
        "output_text": "text",
        "refusal": "refusal",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str):
            return value
        if not isinstance(value, list):
            raise refusal("a string or a list of text parts", value)
        return "".join(self._part(index, part) for index, part in enumerate(value))

    def _part(self, index: int, part: Any) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, dict) and isinstance(part.get("type"), str):
            kind = part["type"]
            if kind not in self.parts:
                raise ValidationError({index: [f"is a part of type {kind[:40]!r}; this model accepts text only"]})
            text = part.get(self.parts[kind])
            if isinstance(text, str):
                return text
        kind, member = next(iter(self.parts.items()))
        raise ValidationError({index: refusal(f'a part {{"type": "{kind}", "{member}": ...}}', part).messages})


class Object(fields.Field[dict[str, Any]]):
    """A JSON object, validated by `schema` if there is one."""

    def __init__(self, schema: Schema | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.schema = schema

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refusal("an object", value)
        return self.schema.load(value) if self.schema else value


class Objects(fields.Field[list[dict[str, Any]]]):
    """A list of JSON objects, at most `most`."""

    def __init__(self, schema: Schema | None = None, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item = Object(schema)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise refusal("a list of objects", value)
        refuse_more(value, self.most, "objects")
        return [self._item(index, item) for index, item in enumerate(value)]

    def _item(self, index: int, item: Any) -> dict[str, Any]:
        try:
            return self.item._deserialize(item, None, None)
        except ValidationError as error:
            raise ValidationError({index: error.messages}) from error


class JsonSchema(fields.Raw):
    """A JSON schema, as an object or as text; app/api/structured.py checks it."""


class Choices(fields.Raw):
    """Texts to choose from; app/api/structured.py checks them."""


def refuse_more(items: Sequence[Any], most: int | None, noun: str) -> None:
    """Raises ValidationError for a list of more than that."""
    if most is not None and len(items) > most:
        raise ValidationError(f"must have at most {most} {noun}, got {len(items)}")


def check_logprobs(num_replies: int, num_logprobs: int, fields: str, param: str) -> None:
    """`fields` names the two that are multiplied. Raises RequestError."""
    if num_replies * num_logprobs > MAX_LOGPROBS:
        raise RequestError(f"{fields} must be at most {MAX_LOGPROBS}, got {num_replies} times {num_logprobs}.", param)


def option_fields(options: Iterable[Option]) -> dict[str, fields.Field[Any]]:
    """A field for each option, by its name."""
    return {option.name: field_of(option.rule) for option in options}


def field_of(rule: Rule) -> fields.Field[Any]:
    if isinstance(rule, OneOf):
        return Text(*rule.names)
    if isinstance(rule, TrueOrFalse):
        return Boolean()
    return Integer(rule.low, rule.high) if isinstance(rule, IntegerRange) else Number(rule)


class BodySchema(Schema):
    class Meta:
        unknown = EXCLUDE

    @pre_load
    def drop_nulls(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return {key: value for key, value in data.items() if value is not None and not self._is_unset(key, value)}

    def _is_unset(self, key: str, value: Any) -> bool:
        field = self.fields.get(key)
        return isinstance(field, Integer) and field.is_unset(value)


class StreamOptionsSchema(BodySchema):
    include_usage = Boolean(load_default=False)


class DecodingSchema(BodySchema):
    """The fields of every request that generates text. Ours are at the top level, where the SDKs put extra_body."""

    class Meta(BodySchema.Meta):
        include = option_fields(DECODING_OPTIONS.values())

    model = Text()
    stream = Boolean(load_default=False)
    seed = Integer(-(2**63), 2**64 - 1, unset=(-1,))
    stop = StopList()
    user = Text()
    steps = field_of(DEFAULT_OPTIONS["steps"].rule)
    block_length = field_of(DEFAULT_OPTIONS["block_length"].rule)
    time_budget_ms = Integer(1, MAX_TIME_BUDGET_MS)
    speculation = DraftLimit()
    logit_bias = LogitBias()
    # The form of the reply: app/api/structured.py.
    response_format = Object()
    structured_outputs = Object()
    guided_json = JsonSchema()
    guided_regex = Text()
    guided_choice = Choices()
    guided_grammar = Text()
