"""What it cannot do: varied requests, one honest sentence each, and nothing that it can do among them."""

import ast
import random
import re
from functools import cache

from training.data.honest.contrast import draw_contrast, name_as_words
from training.data.honest.drawing import KINDS, SPLITS, draw_honest, split_of
from training.data.honest.explanations import NO_CODE_REPLY
from training.data.honest.fillers import BARE, CHOICES, DRAWN
from training.data.honest.languages import PLAIN_REPLY
from training.data.patterns import draw_wording, plain
from training.data.tasks import TEMPLATES
from training.data.template import fill

ASKED_FIRST = (
    "javascript js java c c++ c# rust go sql html css bash php django flask react pandas numpy matplotlib pytorch "
    "tkinter pygame selenium docker git chatbot website weather capital poem recipe German French Spanish"
)
FRAMES = ("{}", "{} in python", "python {}", "write a function to {}", "{} function", "how do i {}", "write {}")


@cache
def drawn(split="train", count=2000):
    rng = random.Random(5)
    return [draw_honest(rng, split) for _ in range(count)]


def known_phrases():
    """What a template's request may say, in the simplest frames."""
    phrases = set(BARE) - {"recursion"}
    for item in TEMPLATES:
        constant = item.constant_choices()[0]
        phrases |= {fill(say, item.names[0], item.arguments[0], constant) for say in item.says}
        phrases.add(name_as_words(item, random.Random(0)))
    return {plain(frame.format(phrase)) for phrase in phrases for frame in FRAMES}


def test_nothing_known_is_refused():
    known = known_phrases()
    for split in SPLITS:
        for request, reply in drawn(split):
            assert plain(request) not in known, (request, reply)


def test_the_reply_is_one_sentence_that_names_what_it_can_do():
    for split in SPLITS:
        for request, reply in drawn(split):
            assert re.fullmatch(r"(I|That|Please) [^\n]+\.", reply), request
            assert re.search(r"short Python functions?\b", reply) or reply == NO_CODE_REPLY
            assert not re.search(r"[{}`]|\. ", reply)


def test_python_is_not_refused():
    subjects = [topic.subject.lower() for kind in KINDS if kind.reply == PLAIN_REPLY for topic in kind.topics]
    assert len(subjects) > 100
    assert not [subject for subject in subjects if subject.startswith("python")]


def test_no_field_is_left_open():
    fields = re.compile("{(" + "|".join((*CHOICES, *DRAWN, "do", "does", "subject")) + ")}")
    assert not [request for request, _ in drawn() if fields.search(request.partition("\n")[0])]


def test_requests_vary():
    assert len({request for request, _ in drawn()}) >= 1500


def test_same_seed_same_requests():
    rng = random.Random(5)
    assert [draw_honest(rng) for _ in range(200)] == drawn()[:200]


def test_splits_are_disjoint():
    texts = [{plain(request) for request, _ in drawn(split)} for split in SPLITS]
    assert all(len(text) > 700 for text in texts)
    assert len(set().union(*texts)) == sum(len(text) for text in texts)


def test_what_is_held_out():
    rng = random.Random(3)
    for kind in KINDS:
        kept = [topic for topic in kind.topics if not topic.is_held_out]
        assert kept, kind.key
        assert {split_of(topic, draw_wording(topic.patterns, rng)) for topic in kept} <= {"train", "wording"}
    held_out = [topic.key for kind in KINDS for topic in kind.topics if topic.is_held_out]
    assert len(held_out) > 40
    asked_first = set(ASKED_FIRST.split())
    assert not asked_first & set(held_out)
    assert {topic.key for kind in KINDS for topic in kind.topics} >= asked_first


def test_topics_are_unique_in_their_kind():
    for kind in KINDS:
        keys = [topic.key for topic in kind.topics]
        assert len(keys) == len(set(keys)), kind.key


def test_the_same_wordings_with_python_get_code():
    rng = random.Random(1)
    contrasts = [draw_contrast(rng) for _ in range(200)]
    assert not {plain(request) for request, _ in contrasts} & {plain(request) for request, _ in drawn()}
    for request, code in contrasts:
        ast.parse(code)
        assert not re.search(r"\{(bare|do|does|subject)\}", request)
    assert any("python" in request.lower() for request, _ in contrasts)
    assert not all("python" in request.lower() for request, _ in contrasts)
