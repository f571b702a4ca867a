"""Options: dataclass fields with their rule and description, and `Overrides`, values for some of them.

The HTTP fields and their descriptions, the settings, the keys of generation_config.json, the echoed parameters and the
documentation's tables are generated from these fields, so an option is declared once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from app.messages.rules import Rule

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

P = ParamSpec("P")
T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option, for code that checks, prints or documents it."""

    name: str
    default: Any  # the built-in one; None: unset
    rule: Rule
    help: str  # one or two sentences
    note: str = ""  # follows the rule's `allowed`, with its punctuation
    unset: str = ""  # the built-in default in words
    is_setting: bool = True  # the operator can set a default for requests
    checkpoint_keys: tuple[str, ...] = ()  # in generation_config.json, "elbarto.NAME" for those in our object
    modes: tuple[str, ...] = ()  # the decode modes in which it has an effect; empty: all of them
    llama_cpp: str | None = None  # the field's name in llama.cpp's requests; None: it has none

    @property
    def allowed(self) -> str:
        return self.rule.allowed + self.note

    def accepts(self, value: object) -> bool:
        return self.rule.accepts(value) or (value is None and self.default is None)


def option(default: object, rule: Rule, help: str, **more: Any) -> Any:
    """A dataclass field that is an option; `more` are fields of Option. `checkpoint_keys` defaults to elbarto.NAME."""
    return field(default=default, metadata={"option": {"rule": rule, "help": help, **more}})


def options_of(kind: type[DataclassInstance]) -> Mapping[str, Option]:
    """The options that a dataclass declares or inherits, by name and in order."""
    return {item.name: _option(item) for item in dataclasses.fields(kind) if "option" in item.metadata}


def _option(item: dataclasses.Field[Any]) -> Option:
    default = item.default
    unset = "none" if default is None else default if isinstance(default, str) else f"{default:g}"
    keys = (f"elbarto.{item.name}",)
    fields = {"unset": unset, "checkpoint_keys": keys, **item.metadata["option"]}
    return Option(name=item.name, default=default, **fields)


@dataclass(frozen=True)
class Overrides(Generic[T]):
    """Values for some of the fields of a dataclass `T`, from a request, the operator or a checkpoint.

    `overrides` builds one from keyword arguments that mypy checks, `pick` from values that were validated elsewhere.
    """

    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def pick(cls, kind: type[T], values: Mapping[str, Any]) -> Overrides[T]:
        """The `values` whose names are fields of `kind`. None leaves a field unset."""
        names = [item.name for item in dataclasses.fields(kind)]
        return Overrides({name: values[name] for name in names if values.get(name) is not None})

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def over(self, defaults: T) -> T:
        """`defaults` with these values replaced."""
        return dataclasses.replace(defaults, **self.values)


def overrides(kind: Callable[P, T], *args: P.args, **values: P.kwargs) -> Overrides[T]:
    """`overrides(Decoding, temperature=0.5)`; None leaves a field unset."""
    assert not args  # the dataclasses are kw_only
    return Overrides({name: value for name, value in values.items() if value is not None})
