"""The marshmallow fields that validate settings. They accept a value or its text."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.messages.params import SPECULATION, Speculation
from app.messages.rules import IntegerRange, OneOf, Rule, TrueOrFalse


class IntegerSetting(fields.Integer):
    """marshmallow's own field would turn 2.5 into 2."""

    def _validated(self, value: Any) -> int:
        if not isinstance(value, int | str):
            raise self.make_error("invalid")
        return super()._validated(value)


class BooleanSetting(fields.Boolean):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        return super()._deserialize(value.lower() if isinstance(value, str) else value, attr, data, **kwargs)


class SpeculationSetting(fields.Field[Speculation]):
    """A limit for drafts. YAML reads a bare `off` as false."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Speculation:
        if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value):
            value = int(value)
        if value is False or value == "off":
            return 0
        if not SPECULATION.accepts(value):
            raise ValidationError("Not a limit for drafts.")
        limit: Speculation = value
        return limit


class Choice(fields.String):
    """YAML reads a bare `off` as false."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return super()._deserialize("off" if value is False else value, attr, data, **kwargs)


class Host(fields.String):
    """A host name or address; brackets around an IPv6 address, as in URLs, are taken off."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        bracketed = re.fullmatch(r"\[([^\[\]]*:[^\[\]]*)\]", text)
        return bracketed[1] if bracketed else text


class Origins(fields.Field[tuple[str, ...]]):
    """A comma-separated string or a list."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[str, ...]:
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValidationError("Not a list of origins.")
        origins = tuple(item.strip() for item in items if item.strip())
        if not origins or not all(re.fullmatch(r"\*|[a-z][a-z0-9+.-]*://[^/\s,]+", origin) for origin in origins):
            raise ValidationError("Not a list of origins.")
        return origins


class TextList(fields.Field[tuple[str, ...]]):
    """A comma-separated string or a list of texts that `is_allowed` accepts; "none" is an empty one."""

    def __init__(self, is_allowed: Callable[[str], bool], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._is_allowed = is_allowed

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[str, ...]:
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValidationError("Not a list of texts.")
        texts = tuple(item.strip().lower() for item in items if item.strip())
        if texts == ("none",):
            return ()
        if not all(map(self._is_allowed, texts)):
            raise ValidationError("Not an item of such a list.")
        return texts


def is_host_pattern(text: str) -> bool:
    return re.fullmatch(r"\*|(\*\.)?[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?", text) is not None


def is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return text == "*"
    return True


def integer(minimum: int | None, maximum: int | None = None) -> fields.Field[Any]:
    return IntegerSetting(validate=validate.Range(min=minimum, max=maximum))


def number(minimum: float | None, maximum: float | None = None, min_inclusive: bool = True) -> fields.Field[Any]:
    return fields.Float(validate=validate.Range(min=minimum, max=maximum, min_inclusive=min_inclusive))


def choice(*names: str) -> fields.Field[Any]:
    return Choice(validate=validate.OneOf(names))


def text(pattern: str) -> fields.Field[Any]:
    return fields.String(validate=validate.Regexp(rf"(?:{pattern})\Z"))


def check_of(rule: Rule) -> fields.Field[Any]:
    """The field for an option's rule."""
    if isinstance(rule, OneOf):
        return choice(*rule.names)
    if isinstance(rule, TrueOrFalse):
        return BooleanSetting()
    if isinstance(rule, IntegerRange):
        return integer(rule.low, rule.high)
    return number(rule.above if rule.low is None else rule.low, rule.high, min_inclusive=rule.low is not None)
