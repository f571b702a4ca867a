"""Holes with the code around them, from files in the formats of the public benchmarks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigError
from app.evaluation.data_files import Line, read_lines

SHIPPED = Path(__file__).with_name("problems.jsonl")
HUMANEVAL_FIELDS = ("task_id", "entry_point", "prompt", "suffix", "canonical_solution", "test")
SANTACODER_FIELDS = ("prompt", "suffix", "canonical_solution")
LANGUAGES = {"py": "python", "js": "javascript"}


@dataclass(frozen=True)
class Harness:
    """How a completed program is checked: it runs with `tail` appended, then `checks` are evaluated with its function
    `name` as `f` (see app/evaluation/harness.py)."""

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


def load_problems(path: Path) -> list[Problem]:
    """HumanEval-Infilling's JSONL or SantaCoder-FIM's, plain or compressed (.gz). Raises ConfigError."""
    lines = list(read_lines(path))
    if not lines:
        raise ConfigError(f"{path}: the file contains no problem")
    is_humaneval = any(name in lines[0].values for name in ("test", "entry_point"))
    make = humaneval_problem if is_humaneval else santacoder_problem
    return [make(path.name.split(".")[0], line) for line in lines]


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
