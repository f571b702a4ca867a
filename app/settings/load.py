"""Loads settings. Nothing else reads the environment, `.env` or YAML."""

from __future__ import annotations

import difflib
import os
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from dotenv import dotenv_values
from marshmallow import Schema, ValidationError

from app.errors import ConfigError
from app.messages.defaults import Defaults
from app.messages.options import Overrides
from app.paths import COMMAND, ENV_FILE
from app.settings.places import CONFIG_VARIABLE, PREFIX, is_lsp_variable
from app.settings.table import REQUEST_OPTIONS, SETTINGS, Settings

_SCHEMA = Schema.from_dict({name: info.check for name, info in SETTINGS.items()})()


@dataclass(frozen=True)
class Loaded:
    """The settings and the source of each.

    A source is "command line", "YAML <path>", "environment", ".env" or "default".
    """

    settings: Settings
    sources: Mapping[str, str]


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
    environ = {variable: value for variable, value in environ.items() if not is_lsp_variable(variable)}
    dotenv = _read_dotenv(env_file or ENV_FILE)
    config = str(config_file or environ.get(CONFIG_VARIABLE, dotenv.get(CONFIG_VARIABLE, "")))
    raw = {
        **_from_variables(dotenv, ".env"),
        **_from_variables(environ, "environment"),
        **(_from_yaml(Path(config).expanduser()) if config else {}),
        **_from_command_line(overrides or {}),
    }
    raw = {name: item for name, item in raw.items() if not item.is_empty}
    sources = {name: raw[name].source if name in raw else "default" for name in SETTINGS}
    return Loaded(_check(raw), MappingProxyType(sources))


@dataclass(frozen=True)
class _RawValue:
    """A value and its key, as the user wrote them."""

    value: object
    key: str
    source: str

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


def _from_command_line(overrides: Mapping[str, str]) -> dict[str, _RawValue]:
    names = {name: info.flag for name, info in SETTINGS.items()}
    raw = {}
    for name, value in overrides.items():
        if name not in names:
            raise _unknown(f"--{name.replace('_', '-')}", "command line", list(names.values()))
        raw[name] = _RawValue(value, names[name], "command line")
    return raw


def _from_variables(variables: Mapping[str, str], source: str) -> dict[str, _RawValue]:
    names = {info.variable: name for name, info in SETTINGS.items()}
    raw = {}
    for variable, value in variables.items():
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE:
            continue
        if variable not in names:
            raise _unknown(variable, source, [*names, CONFIG_VARIABLE])
        raw[names[variable]] = _RawValue(value, variable, source)
    return raw


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        values = dotenv_values(path, interpolate=False)  # a key may contain a literal ${
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None
    return {variable: value or "" for variable, value in values.items()}


def _from_yaml(path: Path) -> dict[str, _RawValue]:
    raw = {}
    for key, value in _read_yaml(path).items():
        if key not in SETTINGS:
            raise _unknown(str(key), f"YAML {path}", list(SETTINGS))
        raw[key] = _RawValue(value, key, f"YAML {path}")
    return raw


def _read_yaml(path: Path) -> dict[Any, object]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the settings file {path} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"the settings file {path} is not YAML{_yaml_problem(error)}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigError(
            f"the settings file {path} must contain `name: value` lines, as printed by `{COMMAND} config`"
        )
    return content


def _yaml_problem(error: Exception) -> str:
    """The position, and for syntax errors the problem. Other messages, like any traceback, would quote the file."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return ""
    what = f": {error.problem}" if isinstance(error, yaml.scanner.ScannerError | yaml.parser.ParserError) else ""
    return f" (line {error.problem_mark.line + 1}){what}"


def _check(raw: Mapping[str, _RawValue]) -> Settings:
    values = {name: item.value.strip() if isinstance(item.value, str) else item.value for name, item in raw.items()}
    try:
        loaded = _SCHEMA.load(values)
    except ValidationError as error:
        name = next(iter(error.messages_dict))
        item, info = raw[name], SETTINGS[name]
        value = "(hidden)" if info.secret else textwrap.shorten(repr(item.value), 200)
        raise ConfigError(f"{item.key} {_place(item.source)} is {value}; allowed: {info.allowed}") from None
    process_settings = {name: value for name, value in loaded.items() if name not in REQUEST_OPTIONS}
    return Settings(**process_settings, defaults=Overrides.pick(Defaults, loaded))


def _unknown(key: str, source: str, names: list[str]) -> ConfigError:
    """Without the value, which may be a secret under a misspelt name."""
    plain = {_plain(name): name for name in names}
    close = difflib.get_close_matches(_plain(key), plain, n=1)
    hint = f"did you mean {plain[close[0]]}?" if close else f"`{COMMAND} config` lists them"
    shown = key if key.isprintable() else repr(key)
    return ConfigError(f"{shown} {_place(source)} is not a setting; {hint}")


def _plain(key: str) -> str:
    """The common form of --max-queue, max_queue and ELBARTO_MAX_QUEUE."""
    return key.lower().lstrip("-").replace("-", "_").removeprefix(PREFIX.lower())


def _place(source: str) -> str:
    if source.startswith("YAML "):
        return f"in {source.removeprefix('YAML ')}"
    return {"command line": "on the command line", "environment": "in the environment"}.get(source, f"in {source}")
