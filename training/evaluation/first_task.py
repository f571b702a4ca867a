"""A first prompt: what a person types before anything else, and how its answer is judged."""

# ruff: noqa: SIM905 (a list would take one line per word)

from __future__ import annotations

import json
from dataclasses import dataclass
from zlib import crc32

Messages = tuple[str, ...]  # user, assistant, user …
CODE, EXPLAIN, TALK, UNKNOWN = "code", "explain", "talk", "unknown"
HALVES = ("dev", "held_out")
COMMANDS = frozenset(
    "write make create give show implement define build code generate provide need complete print read add fix rename "
    "help please calculate compute convert count find check get sort reverse remove merge return do use turn explain "
    "simplify document annotate handle change correct rewrite comment test let simulate swap sum flatten split open "
    "parse".split()
)
QUESTIONS = frozenset(("how", "what", "can", "could", "is", "are", "why", "which", "who", "does", "do", "i", "would"))


@dataclass(frozen=True)
class Prompt:
    """`checks` are first_harness.py's for code, with `name` and `given`; for prose, groups of words (`a|b`), one of
    each of which must occur. `is_new_task`: left aside when data was written for the others."""

    task: str
    messages: Messages
    kind: str
    checks: tuple[str, ...]
    name: str = ""
    given: str = ""
    is_new_task: bool = False

    @property
    def text(self) -> str:
        return self.messages[-1]

    @property
    def half(self) -> str:
        """Decided by hash, of the whole conversation."""
        return HALVES[crc32(json.dumps(self.messages).encode()) % 2]

    @property
    def id(self) -> str:
        return f"{self.task}/{crc32(json.dumps(self.messages).encode()):08x}"

    @property
    def style(self) -> str:
        """pasted code, second turn, question, command, or a bare name or phrase."""
        words = self.text.lower().replace(",", " ").split()
        if len(self.messages) > 1:
            return "second turn"
        if self.given or "def " in self.text:
            return "pasted code"
        if words[0] in QUESTIONS or self.text.endswith("?"):
            return "question"
        return "command" if words[0] in COMMANDS else "bare"

    @property
    def is_lower_case(self) -> bool:
        return self.text.split("\n")[0].islower()

    @property
    def request(self) -> str:
        """Everything that the model was told."""
        return "\n".join(self.messages)

    def conversation(self) -> list[dict[str, str]]:
        roles = ("user", "assistant")
        return [{"role": roles[i % 2], "content": text} for i, text in enumerate(self.messages)]


def code(task: str, prompts: tuple[str, ...], *checks: str, name: str = "", is_new_task: bool = False) -> list[Prompt]:
    """Several wordings of one task. `name`: what the prompts call the function."""
    return [Prompt(task, (prompt,), CODE, checks, name, is_new_task=is_new_task) for prompt in prompts]


def change(task: str, messages: str | Messages, given: str, *checks: str, name: str = "", kind: str = CODE) -> Prompt:
    """A request about `given` code, which replaces `CODE` in the messages."""
    texts = (messages,) if isinstance(messages, str) else messages
    filled = tuple(text.replace("CODE", given) for text in texts)
    return Prompt(task, filled, kind, checks, name, given)


def prose(kind: str, task: str, prompts: tuple[str, ...], *checks: str) -> list[Prompt]:
    return [Prompt(task, (prompt,), kind, checks) for prompt in prompts]
