"""Loads settings. Nothing else reads the environment, `.env` or YAML."""

from __future__ import annotations

import difflib
import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from marshmallow import Schema, ValidationError

from app.errors import ConfigError
from app.messages.defaults import Defaults
from app.messages.options import Overrides
from app.paths import COMMAND, ENV_FILE
from app.settings.env_file import read_env_file
from app.settings.places import CONFIG_VARIABLE, PREFIX, is_lsp_variable
from app.settings.table import REQUEST_OPTIONS, SETTINGS, Settings
from app.settings.yaml_file import read_yaml

_SCHEMA = Schema.from_dict({name: info.check for name, info in SETTINGS.items()})()
MISSPELT = 0.85  # at least this similar


@dataclass(frozen=True)
class Loaded:
    """The settings and the source of each.

    A source is "command line", "YAML <path>", "environment", ".env" or "default". `warnings` are for the operator.
    """

    settings: Settings
    sources: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def load_settings(
    overrides: Mapping[str, str] | None = None,
    config_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    env_file: Path | None = None,
) -> Loaded:
    """Merge all sources and validate the result. Raises ConfigError.

    `overrides` (setting name -> text) is the command line, and `config_file` replaces ELBARTO_CONFIG. By default,
    `environ` is the process's environment and `env_file` the `.env` in the working directory.
    """
    environ = os.environ if environ is None else environ
    environ, warnings = _unquoted({name: text for name, text in environ.items() if not is_lsp_variable(name)})
    env_file = env_file or ENV_FILE
    if env_file.is_dir():
        warnings.append(f"{env_file} is a folder, so it is not read as a file of settings")
    dotenv = read_env_file(env_file)
    config = str(config_file or environ.get(CONFIG_VARIABLE, dotenv.get(CONFIG_VARIABLE, "")))
    mistakes: list[str] = []
    raw = {
        **_from_variables(dotenv, ".env", mistakes),
        **_from_variables(environ, "environment", mistakes),
        **(_from_yaml(Path(os.path.expanduser(config)), mistakes) if config else {}),
        **_from_command_line(overrides or {}, mistakes),
    }
    raw = {name: item for name, item in raw.items() if not item.is_empty}
    values = _check(raw, mistakes)
    if mistakes:
        raise ConfigError(_sentences(mistakes))
    sources = {name: raw[name].source if name in raw else "default" for name in SETTINGS}
    process_settings = {name: value for name, value in values.items() if name not in REQUEST_OPTIONS}
    settings = Settings(**process_settings, defaults=Overrides.pick(Defaults, values))
    return Loaded(settings, MappingProxyType(sources), tuple(warnings))


@dataclass(frozen=True)
class _RawValue:
    """A value and its key, as the user wrote them."""

    value: object
    key: str
    source: str

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


def _unquoted(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The variables, and warnings for those whose quotes were taken off.

    `docker run --env-file` and older versions of Compose pass the quotes around a value on.
    """
    plain, warnings = dict(environ), []
    for name, text in environ.items():
        if name.startswith(PREFIX) and len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
            plain[name] = text[1:-1]
            warnings.append(f"{name} in the environment is in quotes, which are not part of the value: taken off")
    return plain, warnings


def _from_command_line(overrides: Mapping[str, str], mistakes: list[str]) -> dict[str, _RawValue]:
    names = {name: info.flag for name, info in SETTINGS.items()}
    raw = {}
    for name, value in overrides.items():
        if name in names:
            raw[name] = _RawValue(value, names[name], "command line")
        else:
            mistakes.append(_unknown(f"--{name.replace('_', '-')}", "command line", list(names.values())))
    return raw


def _from_variables(variables: Mapping[str, str], source: str, mistakes: list[str]) -> dict[str, _RawValue]:
    names = {info.variable: name for name, info in SETTINGS.items()}
    raw = {}
    for variable, value in variables.items():
        if variable == CONFIG_VARIABLE:
            continue
        if variable in names:
            raw[names[variable]] = _RawValue(value, variable, source)
        elif variable.upper().startswith(PREFIX) or (source == ".env" and _is_misspelt(variable, names)):
            mistakes.append(_unknown(variable, source, [*names, CONFIG_VARIABLE]))
    return raw


def _is_misspelt(variable: str, names: Mapping[str, str]) -> bool:
    """Whether a name in `.env`, where other programs may have theirs, is nearly one of ours: ELBATRO_API_KEY."""
    return bool(difflib.get_close_matches(variable.upper(), names, n=1, cutoff=MISSPELT))


def _from_yaml(path: Path, mistakes: list[str]) -> dict[str, _RawValue]:
    raw = {}
    for key, value in read_yaml(path).items():
        if key in SETTINGS:
            raw[key] = _RawValue(value, key, f"YAML {path}")
        else:
            mistakes.append(_unknown(str(key), f"YAML {path}", list(SETTINGS)))
    return raw


def _check(raw: Mapping[str, _RawValue], mistakes: list[str]) -> dict[str, Any]:
    """The values in their own types; those that are not allowed are left out."""
    values = {name: item.value.strip() if isinstance(item.value, str) else item.value for name, item in raw.items()}
    try:
        loaded: dict[str, Any] = _SCHEMA.load(values)
        return loaded
    except ValidationError as error:
        for name in error.messages_dict:
            item, info = raw[name], SETTINGS[name]
            value = "(hidden)" if info.secret else textwrap.shorten(repr(item.value), 200)
            mistakes.append(f"{item.key} {_place(item.source)} is {value}; allowed: {info.allowed}")
        return {}


def _sentences(mistakes: Sequence[str]) -> str:
    """All mistakes in one line."""
    *others, last = mistakes
    return " ".join(text if text.endswith("?") else f"{text}." for text in others) + " " * bool(others) + last


def _unknown(key: str, source: str, names: list[str]) -> str:
    """Without the value, which may be a secret under a misspelt name."""
    plain = {_plain(name): name for name in names}
    close = [plain[name] for name in difflib.get_close_matches(_plain(key), plain, n=1)]
    close += difflib.get_close_matches(key.upper(), names, n=1, cutoff=MISSPELT)  # the prefix may be misspelt itself
    hint = f"did you mean {close[0]}?" if close else f"`{COMMAND} config` lists them"
    shown = key if key.isprintable() else repr(key)
    return f"{shown} {_place(source)} is not a setting; {hint}"


def _plain(key: str) -> str:
    """The common form of --max-queue, max_queue and ELBARTO_MAX_QUEUE."""
    return key.lower().lstrip("-").replace("-", "_").removeprefix(PREFIX.lower())


def _place(source: str) -> str:
    if source.startswith("YAML "):
        return f"in {source.removeprefix('YAML ')}"
    return {"command line": "on the command line", "environment": "in the environment"}.get(source, f"in {source}")
