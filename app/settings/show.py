"""Settings as text: environment variables, a YAML file, and a table for people."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import MappingProxyType

import yaml

from app.paths import COMMAND
from app.settings.load import Loaded
from app.settings.places import CONFIG_VARIABLE
from app.settings.table import SETTINGS, Settings


def to_environ(settings: Settings) -> dict[str, str]:
    """The environment variables that give another process exactly these settings.

    Unset ones and the YAML file's variable are empty, so that `.env` cannot set them.
    """
    variables = {info.variable: _to_text(settings.get(name)) for name, info in SETTINGS.items()}
    return {**variables, CONFIG_VARIABLE: ""}


def example_yaml() -> str:
    """A YAML file with every setting explained, and commented out at its default."""
    head = (
        f"El Barto Serve: settings. Use with `{COMMAND} serve --config FILE`, or with ELBARTO_CONFIG=FILE. "
        "Each setting is shown with its default: uncomment it to change it. The command line overrides this file, and "
        "this file overrides the environment (ELBARTO_PORT=8000, ...) and .env."
    )
    lines = _comment(head)
    for info in SETTINGS.values():
        lines += ["", *_comment(info.help), *_comment(f"Allowed: {info.allowed}.")]
        lines.append(f"#{info.name}: {_to_yaml(info.default)}")
    return "\n".join(lines) + "\n"


def show(loaded: Loaded, in_force: Mapping[str, tuple[str, str]] = MappingProxyType({})) -> str:
    """Every effective value and its source, one per line; secrets are hidden.

    `in_force` has (value, source) for settings that are unset and get their value elsewhere.
    """
    rows = [("setting", "value", "from")]
    for name, info in SETTINGS.items():
        value = loaded.settings.get(name)
        text = "(set, hidden)" if info.secret and value is not None else _describe(value)
        rows.append((name, *in_force.get(name, (text, loaded.sources[name]))))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{name:{widths[0]}}  {value:{widths[1]}}  {source}" for name, value, source in rows)


def _to_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _to_yaml(value: object) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(plain, default_flow_style=True, width=1000).removesuffix("...\n").strip()


def _describe(value: object) -> str:
    return "unset" if value is None else _to_text(value)


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
