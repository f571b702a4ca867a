"""Judges answers to first prompts: code by running it, prose by its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.evaluation.sandbox import PASSED, Sandbox
from training.evaluation import first_harness
from training.evaluation.checks import parses
from training.evaluation.first_task import CODE, EXPLAIN, UNKNOWN, Prompt
from training.evaluation.identifiers import invented_names, unknown_words

HARNESS = Path(first_harness.__file__).read_text("utf-8")
SECONDS = 8.0
MAX_SENTENCES = 3
FENCE = re.compile(r"```[^\n]*\n(.*?)(?:\n?```|\Z)", re.DOTALL)
SENTENCE_END = re.compile(r"[.!?][\"')]*(?:\s|$)")
TWICE = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)
CANNOT = re.compile(
    r"\b(cannot|can't|can not|could not|am not able|unable|do not|don't|know no|know nothing|never learned|only|"
    r"too big|too large|beyond|outside)\b",
    re.IGNORECASE,
)
OFFERS = re.compile(r"\b(python|functions?|classes)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """`invented`: names in the code, or, without code, words that nobody knows. `failure` is "" if it passes."""

    failure: str
    has_code: bool
    parses: bool
    refuses: bool
    invented: tuple[str, ...]

    @property
    def passes(self) -> bool:
        return not self.failure


def judge(text: str, prompt: Prompt, sandbox: Sandbox) -> Verdict:
    code, has_code = code_in(text), "```" in text
    invented = invented_names(code, prompt.request) if has_code else unknown_words(text, prompt.request)
    failure = failure_of_code(code, prompt, sandbox) if prompt.kind == CODE else failure_of_prose(text, prompt)
    refuses = not has_code and CANNOT.search(text) is not None
    return Verdict(failure, has_code, has_code and parses(code), refuses, invented)


def code_in(text: str) -> str:
    """The first fenced block; the whole text if there is none."""
    match = FENCE.search(text)
    return match[1] if match else text


def prose_in(text: str) -> str:
    return FENCE.sub(" ", text).strip()


def is_honest(text: str) -> bool:
    """Whether a text without code says that it cannot, in a sentence or two, and names what it can do."""
    return "```" not in text and is_brief(text) and bool(CANNOT.search(text) and OFFERS.search(text))


def is_brief(text: str) -> bool:
    return 1 <= len(SENTENCE_END.findall(text)) <= MAX_SENTENCES


def failure_of_code(code: str, prompt: Prompt, sandbox: Sandbox) -> str:
    call = f"judge({code!r}, {prompt.checks!r}, {prompt.name!r}, {prompt.given!r})"
    said, message = sandbox.run({"harness": "test", "code": HARNESS, "data": {"test": call}}, SECONDS)
    return "" if said == PASSED else f"{said}: {message}"


def failure_of_prose(text: str, prompt: Prompt) -> str:
    said = prose_in(text) if prompt.kind == EXPLAIN else text
    if "```" in said:
        return "code"
    if unknown := unknown_words(said, prompt.request):
        return f"unknown words: {', '.join(unknown)}"
    if twice := TWICE.search(said):
        return f"says {twice[1]} twice"
    if not is_brief(said):
        return "too short or too long"
    if prompt.kind == UNKNOWN:
        return "" if is_honest(text) else "does not say that it cannot, or what it can do"
    words = f" {said.lower()} "
    missing = [group for group in prompt.checks if not any(re.search(rf"\b{word}", words) for word in group.split("|"))]
    return f"no word of {missing[0]}" if missing else ""
