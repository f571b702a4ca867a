"""What the model does not know: topics with their wordings, grouped into kinds with one reply each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from training.data.honest.manner import Manner, politely

TOPICS_SHARE = 20  # one topic in so many is held out of training
SALT = "topic 121"  # with it, none of the topics that everybody asks for


@dataclass(frozen=True)
class Topic:
    """`patterns` are wordings (`data/patterns.py`) with fields such as `{country}`, which `fillers.py` fills.
    `{subject}` is the topic's own."""

    key: str
    patterns: tuple[str, ...]
    subject: str = ""

    @property
    def is_held_out(self) -> bool:
        return crc32(f"{SALT} {self.key}".encode()) % TOPICS_SHARE == 0


@dataclass(frozen=True)
class Kind:
    """Topics that are answered in the same words, what people ask most first. `manner` is how people type it. `weight`
    is relative."""

    key: str
    weight: float
    reply: str
    topics: tuple[Topic, ...]
    manner: Manner = politely


def topics(patterns: Mapping[str, str | Sequence[str]]) -> tuple[Topic, ...]:
    """Topics with wordings of their own, from {key: patterns}."""
    return tuple(Topic(key, (given,) if isinstance(given, str) else tuple(given)) for key, given in patterns.items())


def topics_about(subjects: Iterable[str], patterns: tuple[str, ...]) -> tuple[Topic, ...]:
    """A topic for each subject, all with the same wordings."""
    return tuple(Topic(subject.lower(), patterns, subject) for subject in subjects)
