"""The user's options with their defaults, and the sources they are read from (docs/reference/lsp.md, "Options").

An invalid value never stops the language server: it becomes a problem to show, and the next source decides. The table
of the options in docs/reference/lsp.md is written from this module: `python -m lsp.options`.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

PREFIX = "ELBARTO_LSP_"  # of the environment variables
OLD_PREFIX = "ELBARTO_"  # of their aliases from before PREFIX, which still work
SERVER_PYTHON = f"{PREFIX}SERVER_PYTHON"  # a separate command-line option, which clients cannot set

Check = Callable[[Any], Any]  # returns the value in its final form; raises ValueError


def _integer(minimum: int, maximum: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str | float):
            raise ValueError
        if isinstance(value, float) and not math.isfinite(value):
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
    """The URL without a trailing slash or /v1."""
    url = _text(value).strip().rstrip("/").removesuffix("/v1").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    if not url.isprintable() or parts.port == 0:  # `port` raises ValueError for what is none
        raise ValueError
    return url


def _key(value: Any) -> str:
    """What a header can carry."""
    key = _text(value)
    if not (key.isascii() and key.isprintable()):
        raise ValueError
    return key


def _words(value: Any) -> tuple[str, ...]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError
    return tuple(item.strip() for item in items if item.strip())


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError
    json.dumps(value, allow_nan=False)  # It becomes part of requests: a ValueError here is the option's.
    return dict(value)


def _option(
    default: Any,
    check: Check,
    allowed: str,
    meaning: str,
    *,
    shown_default: str | None = None,
    old_name: str | None = None,
    is_variable: bool = True,
    secret: bool = False,
) -> Any:
    """A field of Options. `allowed`, `meaning` and `shown_default` are Markdown for the table in docs/reference/lsp.md.

    `old_name` is the alias of the environment variable where it is not OLD_PREFIX and the option's name.
    """
    metadata = {
        "check": check,
        "allowed": allowed,
        "meaning": meaning,
        "shown_default": shown_default,
        "old_name": old_name,
        "is_variable": is_variable,
    }
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Options:
    """All options. Configurations use the same names in camel case."""

    server_url: str | None = _option(
        None,
        _url,
        "an http or https URL",
        "the model server, with or without `/v1`",
        shown_default="find or start one",
    )
    api_key: str | None = _option(None, _key, "ASCII text", "the server's API key", secret=True)
    start_server: bool = _option(
        True, _boolean, "true or false", "start a server if none is configured and none answers"
    )
    automatic: bool = _option(
        True, _boolean, "true or false", "complete while typing; a completion can always be invoked"
    )
    disabled_languages: tuple[str, ...] = _option(
        (), _words, "a list of language ids", "languages without automatic completion; in the environment, with commas"
    )
    automatic_candidates: int | None = _option(
        None,
        _integer(1, 8),
        "an integer from 1 to 8",
        "candidates while typing",
        shown_default="1 (Neovim: 2)",
    )
    invoked_candidates: int = _option(3, _integer(1, 8), "an integer from 1 to 8", "candidates when invoked")
    max_tokens: int = _option(
        48,
        _integer(1, 1024),
        "an integer from 1 to 1024",
        "maximum tokens of a completion",
        old_name="ELBARTO_COMPLETION_MAX_TOKENS",  # ELBARTO_MAX_TOKENS is a setting of the model server
    )
    hole_max_tokens: int = _option(
        64, _integer(1, 1024), "an integer from 1 to 1024", "maximum tokens of a filled hole or a rewritten span"
    )
    comment_max_tokens: int = _option(
        256, _integer(1, 8192), "an integer from 1 to 8192", "maximum tokens of code generated from a comment"
    )
    multi_line: str = _option(
        "auto",
        _choice("auto", "never"),
        "auto or never",
        "`auto`: several lines if nothing follows the cursor on its line",
    )
    deadline_ms: int = _option(
        0,
        _integer(0, 60_000),
        "an integer from 0 (none) to 60000",
        "return the best draft within this time; it is refined in the background for the next request there",
    )
    debounce_ms: int = _option(
        250,
        _integer(0, 2000),
        "an integer from 0 to 2000",
        "the longest wait for the next key, which adapts to typing and to the server's latency; none when invoked",
    )
    context_tokens: int = _option(
        0,
        _integer(0, 1_000_000),
        "an integer from 0 (the model's context) to 1000000",
        "text that the model gets with a completion",
    )
    cross_file: bool = _option(
        True, _boolean, "true or false", "also send parts of other open documents and of recent edits"
    )
    cache_entries: int = _option(250, _integer(0, 10_000), "an integer from 0 to 10000", "number of cached answers")
    prefetch: bool = _option(
        True, _boolean, "true or false", "after an accepted completion, compute the next one before it is requested"
    )
    confidence: str = _option(
        "off",
        _choice("off", "hints", "tokens"),
        "off, hints or tokens",
        "show unsure spans of inserted text as inlay hints, or as semantic tokens of the type `elbartoUnsure`",
    )
    confidence_threshold: float = _option(
        0.5, _number(0, 1), "a number from 0 to 1", "tokens of a lower confidence are unsure"
    )
    placeholders: bool = _option(
        False, _boolean, "true or false", "turn unsure spans into snippet placeholders if the client supports snippets"
    )
    parameters: dict[str, Any] = _option(  # noqa: RUF009
        {},
        _object,
        "an object of request fields",
        'more fields for every infill request, sent as they are: `{"decode_mode": "threshold", "threshold": 0.9}`',
        is_variable=False,
    )
    statistics: bool = _option(
        False,
        _boolean,
        "true or false",
        "count in memory what was shown and accepted, for `elbarto.ls.status`; nothing is sent anywhere",
    )


@dataclass(frozen=True)
class LoadedOptions:
    """The options, messages about invalid values (to show to the user), and about unknown keys (for the log)."""

    options: Options
    problems: tuple[str, ...]
    unknown: tuple[str, ...]


def load_options(
    flags: Mapping[str, Any] | None = None,
    configuration: Any = None,
    initialization: Any = None,
    environ: Mapping[str, str] | None = None,
) -> LoadedOptions:
    """Merge the sources, the highest first. `flags` are from the command line, in camel case like configurations."""
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
            problems.append(f"elbarto: the options {where} must be an object, got {source!r}.")
            continue
        for name, value in source.items():
            if name not in known:
                unknown.append(f"elbarto.{name} ({where}) is not an option; see docs/reference/lsp.md")
            elif value not in (None, "") and known[name].name not in values:
                _take(known[name], value, where, values, problems)
    return LoadedOptions(Options(**values), tuple(problems), tuple(unknown))


def camel_case(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def variables(item: Field[Any]) -> tuple[str, ...]:
    """The option's environment variables: its name, then its alias; none for an option that has no variable."""
    if not item.metadata["is_variable"]:
        return ()
    name = item.name.upper()
    return f"{PREFIX}{name}", item.metadata["old_name"] or f"{OLD_PREFIX}{name}"


def server_python(environ: Mapping[str, str]) -> str | None:
    """The Python for a model server started here; its variable and alias are named like those of the options."""
    return environ.get(SERVER_PYTHON) or environ.get(SERVER_PYTHON.replace(PREFIX, OLD_PREFIX))


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Values by option name in camel case. An empty variable counts as unset."""
    found: dict[str, str] = {}
    for item in fields(Options):
        value = next((environ[name] for name in variables(item) if environ.get(name)), None)
        if value is not None:
            found[camel_case(item.name)] = value
    return found


def _take(item: Field[Any], value: Any, where: str, values: dict[str, Any], problems: list[str]) -> None:
    try:
        values[item.name] = item.metadata["check"](value)
    except (ValueError, OverflowError):
        default = item.default if item.default is not MISSING else {}
        shown = "the value" if not item.repr else repr(value)
        problems.append(
            f"elbarto.{camel_case(item.name)} {where} must be {item.metadata['allowed']}, got {shown}; "
            f"using {'the default' if default in (None, ()) else repr(default)} unless another source sets it."
        )


def markdown_table() -> str:
    """The table of the options in docs/reference/lsp.md."""
    rows = ["| option | environment | default | allowed | meaning |", "|---|---|---|---|---|"]
    for item in fields(Options):
        names = variables(item)
        variable = f"`{names[0]}`" if names else "–"
        default = item.metadata["shown_default"] or _shown_default(item)
        cells = (f"`{camel_case(item.name)}`", variable, default, item.metadata["allowed"], item.metadata["meaning"])
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _shown_default(item: Field[Any]) -> str:
    if item.default is MISSING:
        return "`{}`"
    if item.default is None:
        return "none"
    return f"`{json.dumps(item.default)}`" if not isinstance(item.default, str) else f"`{item.default}`"


if __name__ == "__main__":
    print(markdown_table())
