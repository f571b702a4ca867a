"""Draws a request that the model cannot answer, and the sentence that says so and names what it can do."""

from __future__ import annotations

import random

from training.data.honest import (
    everyday,
    explanations,
    foreign,
    knowledge,
    language_words,
    languages,
    libraries,
    more_programs,
    personal,
    programs,
    systems,
    tables,
    web_pages,
)
from training.data.honest.fillers import fill_fields
from training.data.honest.topic import Kind, Topic
from training.data.patterns import draw_wording, is_held_out_wording

MODULES = (
    languages,
    libraries,
    programs,
    knowledge,
    personal,
    explanations,
    foreign,
    language_words,
    web_pages,
    systems,
    tables,
    more_programs,
    everyday,
)
KINDS: tuple[Kind, ...] = tuple(kind for module in MODULES for kind in module.KINDS)
WEIGHTS = tuple(kind.weight for kind in KINDS)
SKEW = 1.6  # above 1 prefers the first topics of a kind
# Held out of training: wordings of known topics, and whole topics.
SPLITS = ("train", "wording", "topic")


def draw_honest(rng: random.Random, split: str = "train") -> tuple[str, str]:
    """A request of one split, and the reply."""
    while True:
        kind = rng.choices(KINDS, WEIGHTS)[0]
        topic = kind.topics[int(len(kind.topics) * rng.random() ** SKEW)]
        wording = draw_wording(topic.patterns, rng)
        if split_of(topic, wording) == split:
            return _request(kind, topic, wording, rng)


def split_of(topic: Topic, wording: str) -> str:
    if topic.is_held_out:
        return "topic"
    return "wording" if is_held_out_wording(wording) else "train"


def _request(kind: Kind, topic: Topic, wording: str, rng: random.Random) -> tuple[str, str]:
    subject = fill_fields(topic.subject, rng)
    text = fill_fields(wording.replace("{subject}", subject), rng)
    return kind.manner(text, rng), kind.reply
