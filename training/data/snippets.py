"""Short programs outside and inside functions, of the kind that people put holes into. Their words vary."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from zlib import crc32

from training.data.snippet_texts import TEXTS

HELD_OUT_SHARE = 4  # one in
FIRST, LAST = "# run first: ", "# run last: "
WORD = re.compile(r"\$(things|thing|who|word|file|total|i|k|m)\b")
PAIRS = (
    "item items",
    "number numbers",
    "value values",
    "word words",
    "name names",
    "user users",
    "price prices",
    "score scores",
    "city cities",
    "color colors",
    "fruit fruits",
    "student students",
    "point points",
    "record records",
    "entry entries",
    "element elements",
)
CHOICES = {
    "who": ("Ada", "Bob", "Carla", "Dmitri", "Eve", "Grace", "Ines", "Kofi", "Lin", "Noor", "Omar", "Priya", "Sven"),
    "word": (
        "apple",
        "banana",
        "cherry",
        "red",
        "green",
        "blue",
        "cat",
        "dog",
        "bird",
        "north",
        "south",
        "tea",
        "milk",
    ),
    "file": ("data.txt", "notes.txt", "input.txt", "names.csv", "log.txt", "out.txt", "words.txt", "report.txt"),
    "total": ("total", "result", "count", "answer", "output", "found"),
    "i": ("x", "n", "i", "k", "v", "a"),
}


@dataclass(frozen=True)
class Snippet:
    """`setup` runs before the text and `probe` after it, where an evaluation runs the text."""

    text: str
    setup: str = ""
    probe: str = ""

    @property
    def program(self) -> str:
        return f"{self.setup}\n{self.text}\n{self.probe}\n"


def draw_snippet(rng: random.Random, held_out: bool = False) -> Snippet:
    """One with its words drawn; one text in four is held out of training."""
    return filled(rng.choice(_texts(held_out)), rng)


def filled(text: str, rng: random.Random) -> Snippet:
    """The same words in all of its parts."""
    thing, things = rng.choice(PAIRS).split()
    words = {name: rng.choice(choices) for name, choices in CHOICES.items()}
    words |= {"thing": thing, "things": things, "k": str(rng.randint(2, 20)), "m": str(rng.randint(21, 99))}
    lines = WORD.sub(lambda match: words[match[1]], text).split("\n")
    first, last = (
        "\n".join(line.removeprefix(mark) for line in lines if line.startswith(mark)) for mark in (FIRST, LAST)
    )
    return Snippet("\n".join(line for line in lines if not line.startswith((FIRST, LAST))) + "\n", first, last)


def is_held_out_snippet(text: str) -> bool:
    return crc32(f"snippet {text}".encode()) % HELD_OUT_SHARE == 0


@cache
def _texts(held_out: bool) -> tuple[str, ...]:
    return tuple(text for text in TEXTS if is_held_out_snippet(text) == held_out)
