"""`.env`, read strictly: a line that is skipped could be the one with the key."""

from __future__ import annotations

from pathlib import Path

from dotenv.parser import Original, parse_stream

from app.errors import ConfigError


def read_env_file(path: Path) -> dict[str, str]:
    """Its variables; none if there is no such file. Raises ConfigError for a line that is not NAME=value.

    Messages have the line's number and never its text, which may be a secret.
    """
    if not path.is_file():
        return {}
    variables: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8") as file:
            for binding in parse_stream(file):
                if binding.error or (binding.key is not None and binding.value is None):
                    raise ConfigError(f"{path} line {_first_line(binding.original)} is not NAME=value, nor a # comment")
                if binding.key is not None:
                    variables[binding.key] = binding.value or ""
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    return variables


def _first_line(original: Original) -> int:
    """The parser counts blank lines as the beginning of the statement that follows."""
    blank = len(original.string) - len(original.string.lstrip())
    return original.line + original.string[:blank].count("\n")
