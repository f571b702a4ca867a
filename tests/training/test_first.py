"""What people type first: checked answers, many wordings, and never two answers to the same request."""

import random
import re
from collections import defaultdict
from pathlib import Path

import pytest

from training.data.first import frames, surface
from training.data.first.draw import draw_entry, draw_first, require_output, template_of
from training.data.first.entry import draw_reading, program, readings
from training.data.first.tables import ENTRIES, MOST_TYPED
from training.data.holdout import is_held_out_template
from training.data.tasks import TEMPLATES, allowed_constants, draw_task
from training.data.template import failed_checks, scope_of
from training.tokenizer import chat_prompt, load_tokenizer

WEIGHTS = Path(__file__).parents[2] / "weights" / "elbarto-mini"
MAX_TOKENS = 230
FUNCTIONS = [entry for entry in ENTRIES if entry.program is None]
PROGRAMS = [entry for entry in ENTRIES if entry.program is not None]
# Phrases of other templates for a constant: here without it, so that only the words are alike.
LEFT_OUT = {"count_k"}


def plain(text):
    """A request without case, punctuation and articles."""
    words = re.sub(r"[^a-z0-9_$+*/<>= -]", " ", text.lower()).split()
    return " ".join(word for word in words if word not in ("a", "an", "the"))


def constants_of(entry):
    return tuple(dict.fromkeys(entry.program.constants)) if entry.program and entry.program.constants else (None,)


def said_by(entry):
    """Everything that the titles and phrases of the entry can say."""
    for text in (*entry.titles, *entry.phrases):
        for reading in readings(text):
            for constant in constants_of(entry):
                yield plain(reading.replace("$k", str(constant)))


def test_keys_are_unique_and_none_is_held_out():
    keys = [entry.key for entry in ENTRIES]
    assert len(keys) == len(set(keys))
    assert not [key for key in keys if is_held_out_template(key)]
    assert set(keys) >= MOST_TYPED


@pytest.mark.parametrize("part", range(4))
def test_answers_are_right(part):
    for entry in FUNCTIONS[part::4]:
        item = template_of(entry)
        assert (entry.constant is None) == (not item.constants), entry.key
        assert entry.constant in allowed_constants(item, "train"), entry.key
        assert failed_checks(item, entry.constant) == [], entry.key


def test_programs_print_what_they_should():
    for entry in PROGRAMS:
        for constant in constants_of(entry):
            require_output(entry.program, constant)


def test_a_wrong_program_is_found():
    entry = program("t", "t", "t", "print(1)", 'out == "2"')
    with pytest.raises(AssertionError, match="prints '1'"):
        require_output(entry.program, None)


def test_a_usual_name_asks_for_one_task():
    owners = [template_of(entry).names[0].replace("$k", str(entry.constant)) for entry in FUNCTIONS if entry.owns_name]
    assert len(owners) == len(set(owners))


def test_no_phrase_has_two_answers():
    answers = defaultdict(set)
    for entry in ENTRIES:
        if not entry.only_function:
            for said in said_by(entry):
                answers[said].add(entry.key)
    assert {said: keys for said, keys in answers.items() if len(keys) > 1} == {}
    for item in TEMPLATES:
        for say in item.says:
            for constant in item.constant_choices():
                said = plain(say.replace("$k", str(constant)))
                keys = answers.get(said, {item.key})
                assert item.key in keys | LEFT_OUT or item.key in LEFT_OUT, (said, item.key, keys)


def test_no_request_has_two_answers():
    rng = random.Random(5)
    codes = defaultdict(set)
    for _ in range(3000):
        first = draw_first(rng)
        codes[plain(first.request)].add(first.code)
    for _ in range(700):
        task = draw_task(rng)
        if not task.name_given and plain(task.request) in codes:
            codes[plain(task.request)].add(task.code)
    assert [request for request, found in codes.items() if len(found) > 1] == []


def test_drawn_code_is_right_whatever_its_names():
    rng = random.Random(6)
    for _ in range(300):
        first = draw_first(rng)
        if first.checks:
            scope = scope_of(first.code, first.name, None)
            scope["k"] = first.constant
            assert all(eval(check, scope) for check in first.checks), first.code


def test_every_task_has_many_wordings():
    rng = random.Random(7)
    for entry in ENTRIES:
        requests = {plain(draw_entry(entry, rng).request) for _ in range(70)}
        assert len(requests) >= 40, entry.key


def test_samples_are_short():
    tokenizer, rng = load_tokenizer(WEIGHTS).backend_tokenizer, random.Random(8)
    for entry in ENTRIES:
        for _ in range(4):
            first = draw_entry(entry, rng)
            encoded = tokenizer.encode(chat_prompt(first.request) + first.reply, add_special_tokens=False)
            assert len(encoded.ids) <= MAX_TOKENS, (entry.key, len(encoded.ids))


def test_same_seed_same_requests():
    assert [draw_first(random.Random(seed)) for seed in range(50)] == [
        draw_first(random.Random(seed)) for seed in range(50)
    ]


def test_the_most_typed_are_drawn_more_often():
    rng = random.Random(9)
    share = sum(draw_first(rng).key in MOST_TYPED for _ in range(4000)) / 4000
    assert share == pytest.approx(1.5 * len(MOST_TYPED) / (len(ENTRIES) + 0.5 * len(MOST_TYPED)), abs=0.02)


@pytest.mark.parametrize(
    "group", ["TITLE", "TITLE_FUNCTION", "TITLE_CLASS", "TITLE_PROGRAM", "VERB", "VERB_FUNCTION", "NAME", "CLASS_NAME"]
)
def test_frames_can_be_filled(group):
    for frame in getattr(frames, group):
        filled = frame.format(t="title", a="a title", do="do", does="does", name="name", sig="name(a)")
        assert frame == frame.strip() != ""
        assert filled != frame


def test_notation():
    assert readings("(a|b) c( d|)") == ["a c d", "a c", "b c d", "b c"]
    rng = random.Random(1)
    assert {draw_reading("(a|b) c( d|)", rng) for _ in range(50)} == set(readings("(a|b) c( d|)"))
    assert "check whether n is prime" in readings("{check} {num} is prime")


def test_surface():
    rng = random.Random(2)
    made = {surface.styled("how do i reverse a string in python", rng) for _ in range(400)}
    assert {
        "how do i reverse a string in python",
        "How do I reverse a string in Python?",
        "how do i reverse string in python",
        "HOW DO I REVERSE A STRING IN PYTHON",
    } <= made
    assert surface.with_article("is prime") == "an is prime"
    assert surface.with_article("union") == "a union"
    assert surface.with_typo("sort `number` abc", rng) == "sort `number` abc"
    assert surface.with_typo("reverse", rng) != "reverse"
