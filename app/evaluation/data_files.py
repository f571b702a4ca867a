"""Files of problems: JSON Lines, or one JSON array; either may be compressed (.gz)."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import ConfigError


@dataclass(frozen=True)
class Line:
    """One problem of a file, not validated yet."""

    place: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Raises ConfigError."""
        return str(self._typed(name, str, "a string"))

    def texts(self, name: str) -> list[str]:
        """Raises ConfigError."""
        values = self.array(name)
        if not all(isinstance(value, str) for value in values):
            raise ConfigError(f"{self.place}: {name!r} must be a list of strings")
        return values

    def array(self, name: str) -> list[Any]:
        """Raises ConfigError."""
        values: list[Any] = self._typed(name, list, "a list")
        return values

    def has(self, *names: str) -> bool:
        return all(name in self.values for name in names)

    def _typed(self, name: str, kind: type, words: str) -> Any:
        if name not in self.values:
            raise ConfigError(f"{self.place}: the field {name!r} is missing")
        value = self.values[name]
        if not isinstance(value, kind):
            raise ConfigError(f"{self.place}: {name!r} must be {words}, got {type(value).__name__}")
        return value


def read_lines(path: Path) -> Iterator[Line]:
    """The problems of a file; raises ConfigError."""
    if path.suffix == ".parquet":
        raise ConfigError(
            f"{path}: Parquet is not read; convert it to JSON Lines first, in Python with pandas: "
            f'pandas.read_parquet("{path.name}").to_json("{path.stem}.jsonl", orient="records", lines=True)'
        )
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if path.name.removesuffix(".gz").endswith(".json"):
        values = _parsed(text, str(path))
        if not isinstance(values, list):
            raise ConfigError(f"{path}: a .json file must contain one array of problems, got {type(values).__name__}")
        for number, value in enumerate(values):
            yield _problem(value, f"{path}[{number}]")
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _problem(_parsed(line, f"{path}:{number}"), f"{path}:{number}")


def _parsed(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{place}: not JSON: {error}") from error


def _problem(values: object, place: str) -> Line:
    if not isinstance(values, dict):
        raise ConfigError(f"{place}: a problem must be an object, got {type(values).__name__}")
    return Line(place, values)
