"""Holes with the code around them, from files in the formats of the public benchmarks."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import ConfigError

SHIPPED = Path(__file__).with_name("problems.jsonl")
HUMANEVAL_FIELDS = ("task_id", "entry_point", "prompt", "suffix", "canonical_solution", "test")
SANTACODER_FIELDS = ("prompt", "suffix", "canonical_solution")
LANGUAGES = {"py": "python", "js": "javascript"}


@dataclass(frozen=True)
class Harness:
    """How a completed program is checked: it runs with `tail` appended, then `checks` are evaluated with its function
    `name` as `f` (see training/evaluation/check_worker.py)."""

    name: str
    tail: str = ""
    setup: str = ""
    prelude: str = ""
    constant: int | str | None = None
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A hole with the text around it.

    `group` names the row of the table. Without a harness nothing is run. `is_stripped`: whitespace around the text is
    ignored, as in SantaCoder's metric.
    """

    group: str
    prefix: str
    middle: str
    suffix: str
    harness: Harness | None = None
    is_single_line: bool = False
    is_stripped: bool = False
    language: str = "python"

    def is_exact(self, text: str) -> bool:
        return text.strip() == self.middle.strip() if self.is_stripped else text == self.middle

    def program(self, text: str) -> str:
        return self.prefix + text + self.suffix


@dataclass(frozen=True)
class Line:
    """One problem of a file, not validated yet."""

    place: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Raises ConfigError."""
        if name not in self.values:
            raise ConfigError(f"{self.place}: the field {name!r} is missing")
        value = self.values[name]
        if not isinstance(value, str):
            raise ConfigError(f"{self.place}: {name!r} must be a string, got {type(value).__name__}")
        return value


def load_problems(path: Path) -> list[Problem]:
    """HumanEval-Infilling's JSONL or SantaCoder-FIM's, plain or compressed (.gz). Raises ConfigError."""
    lines = list(read_lines(path))
    if not lines:
        raise ConfigError(f"{path}: the file contains no problem")
    is_humaneval = any(name in lines[0].values for name in ("test", "entry_point"))
    make = humaneval_problem if is_humaneval else santacoder_problem
    return [make(path.name.split(".")[0], line) for line in lines]


def read_lines(path: Path) -> Iterator[Line]:
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise ConfigError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(values, dict):
            raise ConfigError(f"{path}:{number}: a problem must be an object, got {type(values).__name__}")
        yield Line(f"{path}:{number}", values)


def humaneval_problem(name: str, line: Line) -> Problem:
    """A solution passes by the public files' rule: the test is appended, then `check(entry_point)`."""
    task_id, entry_point, prompt, suffix, middle, test = (line.text(field) for field in HUMANEVAL_FIELDS)
    if not middle.strip():
        raise ConfigError(f"{line.place}: 'canonical_solution' is blank")
    kind = task_id.partition("/")[0]
    harness = Harness(entry_point, tail=f"\n{test}\ncheck({entry_point})\n")
    return Problem(f"{name}, {kind}", prompt, middle, suffix, harness, is_single_line="\n" not in middle)


def santacoder_problem(name: str, line: Line) -> Problem:
    prompt, suffix, middle = (line.text(field) for field in SANTACODER_FIELDS)
    if not middle.strip():
        raise ConfigError(f"{line.place}: 'canonical_solution' is blank")
    said = line.text("language") if "language" in line.values else "python"
    language = LANGUAGES.get(said, said)
    is_single_line = "\n" not in middle.rstrip()
    return Problem(f"{name}, {language}", prompt, middle, suffix, None, is_single_line, True, language)


def by_group(problems: Sequence[Problem], limit: int, seed: int) -> dict[str, list[Problem]]:
    """At most `limit` problems of each group, drawn at random, in their original order."""
    groups: dict[str, list[Problem]] = {}
    for problem in problems:
        groups.setdefault(problem.group, []).append(problem)
    for name, members in groups.items():
        chosen = random.Random(f"{seed}/{name}").sample(range(len(members)), min(limit, len(members)))
        groups[name] = [members[place] for place in sorted(chosen)]
    return groups
