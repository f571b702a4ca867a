"""`Problem`: what the model is asked, and how its answer is checked. `load_problems` reads them from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from app.errors import ConfigError
from app.evaluation import answers
from app.evaluation.data_files import Line, read_lines

SAMPLE = Path(__file__).with_name("data") / "sample.jsonl"  # ten easy problems in HumanEval's format
Mode = Literal["chat", "completion"]
# evalplus' and BigCodeBench's, so that scores can be compared with those.
INSTRUCTION = (
    "Please provide a self-contained Python script that solves the following problem in a markdown code block:"
)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One problem of a benchmark.

    `chat_prompt` is a user's message. A base model continues `completion_prompt` up to one of `stop`. A chat's code
    runs after `preamble`: imports and helpers of the prompt, which answers seldom repeat. Without a `harness`, nothing
    is checked. `reference` is the published program, if there is one, and `extra` what the benchmark's own scorer wants
    to have beside the answer.
    """

    task_id: str
    chat_prompt: str
    completion_prompt: str
    stop: tuple[str, ...]
    entry_point: str | None
    preamble: str = ""
    harness: str | None
    data: Mapping[str, Any]
    reference: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def prompt(self, mode: Mode) -> str:
        return self.chat_prompt if mode == "chat" else self.completion_prompt

    def program(self, mode: Mode, text: str) -> str:
        """The program in an answer; empty if there is none."""
        if mode == "completion":
            return self.completion_prompt + answers.before(text, self.stop)
        code = answers.code_in(text, self.entry_point)
        if not code:
            return ""
        if self.entry_point and not answers.defines(code, self.entry_point):
            return answers.as_body(self.completion_prompt, code)
        return self.preamble + answers.without_side_effects(code)


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """How a benchmark's lines are read (see formats.py), and its limits.

    `read` takes a line, the instruction and whether BigCodeBench's docstrings are the chat prompts as well.
    """

    name: str
    read: Callable[[Line, str, bool], Problem]
    max_tokens: int
    seconds: float  # wall time of one program, of which it may compute all the time
    memory_bytes: int
    file_bytes: int = 64 << 20


def load_problems(
    benchmark: Benchmark, path: Path, instruction: str = INSTRUCTION, is_complete: bool = False
) -> list[Problem]:
    """The problems of a file in the benchmark's published format, in its order. Raises ConfigError."""
    problems: dict[str, Problem] = {}
    for line in read_lines(path):
        problem = benchmark.read(line, instruction, is_complete)
        if problem.task_id in problems:
            raise ConfigError(f"{line.place}: {problem.task_id} is a second problem with this id")
        problems[problem.task_id] = problem
    if not problems:
        raise ConfigError(f"{path}: the file contains no problem")
    return list(problems.values())
