"""Small talk and definitions: one or two sentences without code, and wordings that are held out."""

import random
from functools import cache

import pytest

from training.data.honest.drawing import draw_honest
from training.data.patterns import as_typed, draw_wording, plain
from training.data.talk import CONCEPTS, REPLIES, SPLITS, draw_talk


@cache
def drawn(split, count=1500, seed=2):
    rng = random.Random(seed)
    return [draw_talk(rng, split) for _ in range(count)]


def test_replies_belong_to_their_messages():
    answers = {reply for _, reply in (*REPLIES, *CONCEPTS)}
    for said, reply in drawn("train"):
        assert said.strip() == said != ""
        assert reply in answers
        assert "{" not in said


def test_replies_are_short():
    for _, reply in (*REPLIES, *CONCEPTS):
        assert len(reply) < 160
        assert "```" not in reply


def test_same_seed_same_talk():
    rng = random.Random(2)
    assert [draw_talk(rng) for _ in range(100)] == drawn("train")[:100]


def test_talk_varies():
    assert len({plain(said) for said, _ in drawn("train", 2000)}) > 1000


def test_held_out_wordings_are_not_trained():
    train, held_out = ({plain(said) for said, _ in drawn(split)} for split in SPLITS)
    assert len(held_out) > 100
    assert not held_out & train


def test_each_message_has_one_reply():
    replies = {}
    for said, reply in (*drawn("train", 6000), *drawn("wording")):
        assert replies.setdefault(plain(said), reply) == reply, said


def test_small_talk_is_not_refused():
    rng = random.Random(4)
    said = {plain(message) for message, _ in drawn("train", 4000)}
    shared = said & {plain(draw_honest(rng)[0]) for _ in range(4000)}
    assert not shared


@pytest.mark.parametrize("said", ["hello", "thanks", "who are you", "what can you do", "help", "ok", "bye"])
def test_what_everybody_types_is_trained(said):
    assert said in {plain(message) for message, _ in drawn("train", 6000)}


def test_a_pattern_stands_for_each_of_its_wordings():
    rng = random.Random(1)
    assert {draw_wording(("[tell|show] me[|, please]",), rng) for _ in range(50)} == {
        "tell me",
        "show me",
        "tell me, please",
        "show me, please",
    }


@pytest.mark.parametrize("text", ["who are you", "sort a list"])
def test_typing_keeps_the_words(text):
    rng = random.Random(1)
    typed = {as_typed(text, rng) for _ in range(100)}
    assert {plain(each) for each in typed} == {text}
    assert len(typed) > 3
