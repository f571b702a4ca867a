"""Puts a request about code into the words and layouts that people use."""

from __future__ import annotations

import random
import re

from training.data.changes.conversation import Change

PASTED = (
    *("this", "this", "this", "this function", "this function", "this code", "this code", "this method", "it"),
    *("the function", "the code", "my function", "my code", "this python function", "this python code"),
    *("the following function", "the following code"),
)
EARLIER = ("it", "it", "it", "it", "this", "that", "this function", "that function", "your function", "the code")
FRAMES = (
    *("{do}",) * 12,
    "please {do}",
    "{do} please",
    "{do}, please",
    "can you {do}?",
    "could you {do}?",
    "can you please {do}?",
    "I want you to {do}",
    "you should {do}",
    "I need you to {do}",
    "help me {do}",
)
LATER_FRAMES = (
    *("{do}",) * 10,
    *("now {do}",) * 5,
    "please {do}",
    "{do} please",
    "can you {do}?",
    "could you {do}?",
    "can you {do} now?",
    "ok, now {do}",
    "and now {do}",
    "then {do}",
    "good, now {do}",
    "great, {do}",
    "thanks, now {do}",
)
QUESTION = re.compile(r"(what|what's|why|how|where|can|could|is|does) ")
LANGUAGES = ("python", "python", "python", "py", "")


def ask(change: Change, rng: random.Random, later: bool) -> str:
    """The request without the code. `later`: about the assistant's answer, not about pasted code."""
    text = rng.choice(change.asks)
    it = rng.choice(EARLIER if later else PASTED)
    if "function" in it and ("def " not in change.given or "class " in change.given):
        it = "this code"
    if "{it}" in text and rng.random() < 0.08:
        it = change.name if rng.random() < 0.6 else f"`{change.name}`"
    values = dict(change.values)
    framed = text[1:] if text.startswith("=") else rng.choice(LATER_FRAMES if later else FRAMES).replace("{do}", text)
    return punctuated(framed.format(it=it, **values), rng)


def punctuated(text: str, rng: random.Random) -> str:
    """With or without a capital and a mark at the end."""
    if rng.random() < 0.5 and not text.startswith("`"):
        text = text[0].upper() + text[1:]
    if text.endswith("?"):
        return text if rng.random() < 0.85 else text[:-1]
    if text[-1] in ".!":
        return text
    if QUESTION.match(text.lower()):
        return text + rng.choice(("?", "?", "?", ""))
    return text + rng.choice(("", "", "", ".", ".", "!"))


def pasted(asked: str, code: str, rng: random.Random) -> str:
    """A message with the request and the code, in a fence or bare, before or after the request."""
    if asked[-1] not in "?!":
        asked = asked.removesuffix(".") + rng.choice((":", ":", "", "."))
    first, *rest = code.split("\n")
    if len(rest) == 1 and first.startswith("def ") and rng.random() < 0.2:
        return f"{asked} {first} {rest[0].strip()}"  # as typed into one line
    if rng.random() < 0.5:
        code = f"```{rng.choice(LANGUAGES)}\n{code}\n```"
    if rng.random() < 0.22:
        return code + rng.choice(("\n", "\n\n")) + asked.removesuffix(":")
    return asked + rng.choice(("\n", "\n", "\n\n")) + code
