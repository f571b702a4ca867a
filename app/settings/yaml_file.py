"""The settings file in YAML."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from app.errors import ConfigError
from app.paths import COMMAND


class RepeatedKey(yaml.MarkedYAMLError):
    """YAML itself would keep the last value."""


class StrictLoader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise RepeatedKey(problem="a setting is there twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[Any, object]:
    """Raises ConfigError."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), StrictLoader)
    except OSError as error:
        raise ConfigError(f"the settings file {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"the settings file {path} is not UTF-8; save it as UTF-8") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"the settings file {path} is not YAML{_problem(error)}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigError(
            f"the settings file {path} must contain `name: value` lines, as printed by `{COMMAND} config`"
        )
    return content


def _problem(error: Exception) -> str:
    """The position, and for some errors the problem. Other messages, like any traceback, would quote the file."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return ""
    where = f" (line {error.problem_mark.line + 1})"
    if isinstance(error, yaml.scanner.ScannerError | yaml.parser.ParserError | RepeatedKey):
        return f"{where}: {error.problem}"
    if error.context == "expected a single document in the stream":
        return f"{where}: it has several documents (---)"
    return where
