"""A run's folder: what was asked, each answer and each verdict as soon as it is there, and the report.

run.json      what the answers depend on, without which a run cannot be continued
samples.jsonl a line for each answer; evalplus and human-eval read `task_id` and `solution`
verdicts.jsonl a line for each program that was run
report.json   the report
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.errors import ConfigError

RUN, SAMPLES, VERDICTS, REPORT = "run.json", "samples.jsonl", "verdicts.jsonl", "report.json"

Key = tuple[str, int]  # a problem's id, and the number of an answer to it
Record = dict[str, Any]


class Store:
    """The folder at `path`. Only one process may write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def require_new(self) -> None:
        """Raise ConfigError if there is a run already."""
        if (self.path / RUN).exists():
            raise ConfigError(f"{self.path} has a run already; continue it with --resume, or choose another --out")

    def open(self, identity: Mapping[str, Any]) -> None:
        """Begin a run, or continue one that has asked the same. Raises ConfigError."""
        file = self.path / RUN
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                file.write_text(json.dumps(identity, indent=2) + "\n", encoding="utf-8")
                return
            begun = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{file}: {getattr(error, 'strerror', None) or error}") from None
        for name, value in json.loads(json.dumps(identity)).items():
            before = begun.get(name) if isinstance(begun, dict) else None
            if before != value:
                raise ConfigError(f"{self.path} has a run with {name} {before!r}, not {value!r}; choose another --out")

    def read(self, name: str) -> dict[Key, Record]:
        """The records of a file of lines. A last line that was cut off by a crash is removed. Raises ConfigError."""
        path = self.path / name
        if not path.exists():
            return {}
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            path.write_bytes(whole)
        return {(record["task_id"], record["sample"]): record for record in _records(path, whole)}

    def read_object(self, name: str) -> Record:
        value: Record = json.loads((self.path / name).read_text(encoding="utf-8"))
        return value

    def append(self, name: str, record: Record) -> None:
        with (self.path / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def write(self, name: str, value: object) -> None:
        (self.path / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def write_lines(self, name: str, values: Sequence[Record]) -> None:
        lines = [json.dumps(value, ensure_ascii=False) + "\n" for value in values]
        (self.path / name).write_text("".join(lines), encoding="utf-8")


def _records(path: Path, content: bytes) -> Iterator[Record]:
    for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), 1):
        if not line:
            continue
        try:
            record = json.loads(line)
            key = record["task_id"], record["sample"]
        except (ValueError, KeyError, TypeError):
            raise ConfigError(f"{path}:{number}: this is not a line of a run") from None
        assert key
        yield record
