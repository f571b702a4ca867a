"""Replies in words: what code does, small talk after code, and requests without the code that they are about."""

from __future__ import annotations

import random

from training.data.changes import asks
from training.data.changes.conversation import Change
from training.data.changes.subject import Subject
from training.data.talk import REPLIES, draw_talk

NO_CODE = "Please paste the code below your request, and I will try."
AFTER_CODE = ("thanks", "bye", "you are great", "ok")  # a way of saying each of the usual messages after code


def explain(subject: Subject, rng: random.Random) -> Change:
    return Change(asks.EXPLAIN, subject.code(), subject.sentence(), subject.name, after=subject)


def talk(subject: Subject, rng: random.Random) -> Change:
    """Thanks and the like after the assistant's code; sometimes any other small talk."""
    usual = {reply for ways, reply in REPLIES if any(way in ways for way in AFTER_CODE)}
    anything = rng.random() < 0.25
    while True:
        said, reply = draw_talk(rng)
        if anything or reply in usual:
            # As it stands: small talk has its own capitals and marks.
            return Change((f"={said}",), subject.code(), reply, subject.name)
