"""Requests about given code: every reply runs, does what its template says, and fits into a sample."""

import random
from pathlib import Path

import pytest

from training.data.changes.draw import KINDS, draw_change
from training.data.changes.slips import logic_slip, name_slip, syntax_slip
from training.data.changes.subject import conjugated, renamed
from training.data.holdout import is_held_out_name
from training.data.samples import MIXTURE
from training.data.tasks import TEMPLATES
from training.data.template import CHECK_PRELUDE, holds
from training.tokenizer import conversation_prompt, load_tokenizer

WEIGHTS = Path(__file__).parents[2] / "weights" / "elbarto-mini"
MAX_TOKENS = 256  # of a sample
BY_KEY = {item.key: item for item in TEMPLATES}


def drawn(kind, count, seed=5):
    """Conversations with pasted code, and about the assistant's own code, where the kind has both."""
    rng = random.Random(seed)
    places = [later for later, share in ((False, kind.first), (True, kind.later)) if share]
    return [draw_change(rng, kind.name, later=places[turn % len(places)]) for turn in range(count)]


def failed(change):
    scope = {"k": change.constant}
    for code in (CHECK_PRELUDE, change.setup, change.code):
        exec(code, scope)
    scope["f"] = eval(change.bind, scope)
    return [check for check in change.checks if not holds(check, scope)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_replies_are_right(kind):
    for conversation in drawn(kind, 50):
        change = conversation.change
        assert len(conversation.messages) % 2 == 1
        # The code is in the last message that has any; it may have been typed into one line.
        fenced = [message for message in conversation.messages if "```" in message]
        latest = fenced[-1] if fenced else conversation.messages[0]
        assert " ".join(change.given.split()) in " ".join(latest.split())
        if change.code:
            assert conversation.reply == f"```python\n{change.code}\n```"
            assert change.checks
            assert failed(change) == [], conversation.reply
        else:
            assert "```" not in conversation.reply


def test_same_seed_same_conversations():
    assert [drawn(kind, 3) for kind in KINDS] == [drawn(kind, 3) for kind in KINDS]


def test_conversations_fit_into_a_sample():
    tokenizer, rng = load_tokenizer(WEIGHTS), random.Random(8)
    lengths = []
    for _ in range(200):
        conversation = draw_change(rng)
        lengths.append(len(tokenizer.encode(conversation_prompt(conversation.messages) + conversation.reply)))
    assert sum(length < MAX_TOKENS for length in lengths) > 190


def test_an_explanation_says_what_the_function_does():
    (explain,) = (kind for kind in KINDS if kind.name == "explain")
    for conversation in drawn(explain, 50):
        after = conversation.change.after
        assert conversation.reply.startswith(f"`{after.call()}` ")
        assert conjugated(after.phrase()) in conversation.reply


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("sort a list and reverse it", "sorts a list and reverses it"),
        ("add one and then double it, or return 0", "adds one and then doubles it, or returns 0"),
        ("find the profit of buying and then selling", "finds the profit of buying and then selling"),
        ("square it if it is odd, else return it", "squares it if it is odd, else returns it"),
        ("represent a calculator with add and divide", "represents a calculator with add and divide"),
        ("reverse each word but keep their order", "reverses each word but keeps their order"),
    ],
)
def test_sentences(phrase, says):
    assert conjugated(phrase) == says


def test_a_given_fault_is_gone_from_the_reply():
    rng = random.Random(4)
    for name in ("fix_syntax", "fix_name", "fix_result"):
        for _ in range(30):
            change = draw_change(rng, name).change
            assert change.given != change.code


def test_slips():
    rng = random.Random(1)
    code = "def total(numbers):\n    return sum(numbers)"
    slips = [syntax_slip(code, rng) for _ in range(60)]
    assert "def total(numbers)\n    return sum(numbers)" in [slip[0] for slip in slips if slip]
    typos = {name_slip(code, rng) for _ in range(60)} - {None}
    assert all(typo.startswith("def total(numbers):\n    return ") and typo != code for typo in typos)
    add = BY_KEY["add"]
    assert {logic_slip(add, "return $a + $b", rng) for _ in range(60)} >= {"return $a - $b", "$a + $b"}
    assert logic_slip(BY_KEY["safe_divide"], "while $a:\n    $a -= 1", rng) is None


def test_an_attribute_keeps_its_name_when_a_variable_is_renamed():
    code = "key = text.key\nreturn sorted(key, key=len)"
    assert renamed(code, "key", "part") == "part = text.key\nreturn sorted(part, key=len)"


def test_nothing_held_out_is_drawn():
    rng = random.Random(6)
    names = {draw_change(rng, "rename").change.bind for _ in range(50)}
    assert not any(is_held_out_name(name) for name in names)


def test_some_conversations_have_no_code_or_begin_with_small_talk():
    rng = random.Random(9)
    kinds = [draw_change(rng).kind for _ in range(300)]
    assert {"missing", "greeted"} <= set(kinds)


def test_the_mixture_has_them():
    assert MIXTURE["change"] > 0
