"""What a user can set, each with a default, and where values come from (docs/lsp.md, "Options").

A bad value never stops the language server: it becomes a problem to show, and the next source decides.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[Any], Any]  # the value as it is used; raises ValueError


def _integer(minimum: int, maximum: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str | float):
            raise ValueError
        number = int(value)
        if (isinstance(value, float) and value != number) or not minimum <= number <= maximum:
            raise ValueError
        return number

    return check


def _number(minimum: float, maximum: float) -> Check:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        number = float(value)
        if not minimum <= number <= maximum:
            raise ValueError
        return number

    return check


def _boolean(value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise ValueError


def _choice(*allowed: str) -> Check:
    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError
        return str(value)

    return check


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _url(value: Any) -> str:
    """Without a slash or /v1 at its end."""
    url = _text(value).strip().rstrip("/").removesuffix("/v1").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return url


def _words(value: Any) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError
    return tuple(item.strip() for item in items if item.strip())


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError
    return dict(value)


def _option(default: Any, check: Check, allowed: str, variable: str | None = None, secret: bool = False) -> Any:
    metadata = {"check": check, "allowed": allowed, "variable": variable}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True)
class Options:
    """One set of options. The names in configurations are the same in camel case."""

    server_url: str | None = _option(None, _url, "an http or https URL")
    api_key: str | None = _option(None, _text, "text", secret=True)
    start_server: bool = _option(True, _boolean, "true or false")
    automatic: bool = _option(True, _boolean, "true or false")
    disabled_languages: tuple[str, ...] = _option((), _words, "a list of language ids")
    automatic_candidates: int | None = _option(None, _integer(1, 8), "an integer from 1 to 8")
    invoked_candidates: int = _option(3, _integer(1, 8), "an integer from 1 to 8")
    max_tokens: int = _option(48, _integer(1, 1024), "an integer from 1 to 1024", "ELBARTO_COMPLETION_MAX_TOKENS")
    hole_max_tokens: int = _option(64, _integer(1, 1024), "an integer from 1 to 1024")
    comment_max_tokens: int = _option(256, _integer(1, 8192), "an integer from 1 to 8192")
    multi_line: str = _option("auto", _choice("auto", "never"), "auto or never")
    deadline_ms: int = _option(0, _integer(0, 60_000), "an integer from 0 (none) to 60000")
    debounce_ms: int = _option(250, _integer(0, 2000), "an integer from 0 to 2000")
    context_tokens: int = _option(0, _integer(0, 1_000_000), "an integer from 0 (what the model makes use of)")
    cross_file: bool = _option(True, _boolean, "true or false")
    cache_entries: int = _option(250, _integer(0, 10_000), "an integer from 0 to 10000")
    prefetch: bool = _option(True, _boolean, "true or false")
    confidence: str = _option("off", _choice("off", "hints", "tokens"), "off, hints or tokens")
    confidence_threshold: float = _option(0.5, _number(0, 1), "a number from 0 to 1")
    placeholders: bool = _option(False, _boolean, "true or false")
    parameters: dict[str, Any] = _option({}, _object, "an object of request fields", variable="")  # noqa: RUF009
    statistics: bool = _option(False, _boolean, "true or false")


@dataclass(frozen=True)
class Loaded:
    """Options, with what is wrong (for people to see) and what is merely unknown (for the log)."""

    options: Options
    problems: tuple[str, ...]
    unknown: tuple[str, ...]


def load_options(
    flags: Mapping[str, Any] | None = None,
    configuration: Any = None,
    initialization: Any = None,
    environ: Mapping[str, str] | None = None,
) -> Loaded:
    """Merge the sources, the highest first: `flags` (camel case, as configurations), then as in docs/lsp.md."""
    sources = {
        "on the command line": flags,
        "in the configuration": configuration,
        "in the initialization options": initialization,
        "in the environment": _from_environment(os.environ if environ is None else environ),
    }
    problems: list[str] = []
    unknown: list[str] = []
    values: dict[str, Any] = {}
    known = {camel_case(item.name): item for item in fields(Options)}
    for where, source in sources.items():
        if source is None:
            continue
        if not isinstance(source, Mapping):
            problems.append(f"elbarto: what stands {where} must be an object of options, and is {source!r}.")
            continue
        for name, value in source.items():
            if name not in known:
                unknown.append(f"elbarto.{name} ({where}) is not an option; see docs/lsp.md")
            elif value not in (None, "") and known[name].name not in values:
                _take(known[name], value, where, values, problems)
    return Loaded(Options(**values), tuple(problems), tuple(unknown))


def camel_case(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def variable(item: Field[Any]) -> str:
    """The option's environment variable; empty where it has none."""
    named = item.metadata["variable"]
    return str(named) if named is not None else f"ELBARTO_{item.name.upper()}"


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    names = {camel_case(item.name): variable(item) for item in fields(Options)}
    return {name: environ[named] for name, named in names.items() if named and named in environ}


def _take(item: Field[Any], value: Any, where: str, values: dict[str, Any], problems: list[str]) -> None:
    try:
        values[item.name] = item.metadata["check"](value)
    except (ValueError, OverflowError):
        default = item.default if item.default is not MISSING else {}
        shown = "the value" if not item.repr else repr(value)
        problems.append(
            f"elbarto.{camel_case(item.name)} {where} must be {item.metadata['allowed']}, and is {shown}; "
            f"using {'the default' if default in (None, ()) else repr(default)} unless another source sets it."
        )
