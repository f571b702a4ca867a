"""First prompts: their halves and styles, right and wrong answers, invented names, the rows."""

import sys
import tempfile

import httpx
import pytest

from app.settings import ROOT
from tests.training.first_answers import ANSWERS, CHANGES, PROSE, REFUSAL
from training.data.samples import Sample
from training.evaluation import first, first_harness, identifiers
from training.evaluation.checks import Checker
from training.evaluation.context import Context
from training.evaluation.endpoint import Endpoint
from training.evaluation.first_harness import plain
from training.evaluation.first_judge import code_in, failure_of_code, failure_of_prose, is_honest, judge
from training.evaluation.first_prompts import all_prompts
from training.evaluation.first_seen import is_drawn, plain_words, requests
from training.evaluation.first_task import CODE, EXPLAIN, TALK, UNKNOWN, Prompt
from training.evaluation.report import run
from training.tokenizer import chat_prompt, load_tokenizer

PROMPTS = all_prompts()
DISTINCT = {(prompt.task, prompt.checks, prompt.name): prompt for prompt in PROMPTS if prompt.kind == CODE}
WORDS = {
    "it",
    "takes",
    "list",
    "numbers",
    "write",
    "small",
    "functions",
    "cannot",
    "do",
    "does",
    "that",
    "only",
    "python",
}


@pytest.fixture(scope="module")
def checker():
    with Checker() as checker:
        yield checker


@pytest.fixture
def few_words(monkeypatch):
    monkeypatch.setattr(identifiers, "known_words", lambda: WORDS)


def test_prompts_differ_and_are_split():
    assert len({prompt.messages for prompt in PROMPTS}) == len(PROMPTS) >= 300
    shares = {kind: sum(prompt.kind == kind for prompt in PROMPTS) / len(PROMPTS) for kind in (TALK, UNKNOWN)}
    assert shares[TALK] > 0.05
    assert shares[UNKNOWN] > 0.15
    halves = [sum(prompt.half == half for prompt in PROMPTS) for half in ("dev", "held_out")]
    assert min(halves) > 0.4 * len(PROMPTS)


def test_tasks_that_are_left_aside_are_asked_for_nowhere_else():
    new = {prompt.task for prompt in PROMPTS if prompt.is_new_task}
    assert len(new) >= 8
    assert not new & {prompt.task for prompt in PROMPTS if not prompt.is_new_task}


@pytest.fixture
def failure(monkeypatch, tmp_path):
    """What the harness raises, run here, which is faster than in the sandbox."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def find(code, prompt):
        try:
            first_harness.judge(code, prompt.checks, prompt.name, prompt.given)
        except Exception as error:
            return repr(error)
        return ""

    return find


def test_every_code_task_has_a_right_answer_that_passes(failure):
    failures = {}
    for prompt in DISTINCT.values():
        answers = CHANGES.get(prompt.task) or [ANSWERS[prompt.task]]
        found = [failure(answer, prompt) for answer in answers]
        if "" not in found:
            failures[prompt.id] = found
    assert not failures


@pytest.mark.parametrize(
    "wrong", ["def f(*args):\n    return None", "class Thing:\n    pass", "print('x')", "x = 1", "def f(", ""]
)
def test_wrong_answers_fail(failure, wrong):
    assert [prompt.id for prompt in DISTINCT.values() if not failure(wrong, prompt)] == []


def test_code_that_was_to_be_changed_fails_unchanged(failure):
    changed = [prompt for prompt in DISTINCT.values() if prompt.given]
    assert len(changed) > 15
    assert [prompt.id for prompt in changed if not failure(prompt.given, prompt)] == []


def a_prompt(*messages, kind=CODE, checks=("f(2, 3) == 5",), **others):
    return Prompt("add", messages or ("add",), kind, checks, **others)


@pytest.mark.parametrize(
    ("code", "passes"),
    [
        ("def add(a, b):\n    print(a + b)", False),  # what it prints is text
        ("def help(a):\n    return a\n\n\ndef add(a, b):\n    return a + b", True),
        ("add = lambda a, b: a + b", True),
        ("def add(a, b):\n    return a + b\n\n\nif __name__ == '__main__':\n    print(add(int(input()), 2))", True),
        ("def add(a, b):\n    return (a + b) * 1.00001", True),
        ("import sys\nsys.exit()", False),
    ],
)
def test_lenient_checks(checker, code, passes):
    assert (failure_of_code(code, a_prompt(), checker) == "") == passes


def test_a_given_name_is_demanded(checker):
    code = "def add(a, b):\n    return a + b"
    assert failure_of_code(code, a_prompt(name="add"), checker) == ""
    assert failure_of_code(code, a_prompt(name="plus"), checker).startswith("KeyError")


def test_plain_results():
    assert plain((1.23456, {"a": (2,)}, range(2), {3})) == [1.235, {"a": [2]}, [0, 1], {3}]
    assert len(plain(iter(int, 1))) == 200


@pytest.mark.parametrize(
    ("messages", "style", "is_lower_case"),
    [
        (("gcd",), "bare", True),
        (("Write gcd",), "command", False),
        (("how do I add",), "question", False),
        (("two numbers?",), "question", True),
        (("explain\n\ndef f(): pass",), "pasted code", True),
        (("gcd", "…", "now lcm"), "second turn", True),
    ],
)
def test_styles(messages, style, is_lower_case):
    prompt = a_prompt(*messages)
    assert (prompt.style, prompt.is_lower_case) == (style, is_lower_case)


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        (REFUSAL, True),
        ("I only know Python, and only short functions and classes.", True),
        ("I cannot give such advice.", False),  # and what can it do?
        ("Write a Python function.", False),
        ("I cannot do that. ```python\nx\n```", False),
        ("I cannot. I cannot. I cannot. I only write Python functions.", False),
    ],
)
def test_honesty(text, is_it):
    assert is_honest(text) == is_it


def test_prose_is_judged_by_its_words(few_words):
    explains = a_prompt(kind=EXPLAIN, checks=("add|sum", "numbers"))
    assert (
        failure_of_prose("It adds numbers. It does.", a_prompt("does it add", kind=EXPLAIN, checks=("add|sum",))) == ""
    )
    assert failure_of_prose("It takes numbers.", explains) == "no word of add|sum"
    assert failure_of_prose("It takes gach numbers.", explains) == "unknown words: gach"
    assert failure_of_prose("```python\nadd(numbers)\n```", explains) == "too short or too long"
    assert failure_of_prose("```python\nadd(numbers)\n```", a_prompt(kind=TALK)) == "code"
    assert failure_of_prose(REFUSAL, a_prompt(kind=UNKNOWN, checks=())) == ""


def test_every_kind_of_prose_has_a_right_answer():
    """But for unknown words, for which the corpus would be read."""
    for prompt in PROMPTS:
        if prompt.kind == UNKNOWN:
            assert prompt.checks == ()
        elif prompt.task in PROSE:
            words = PROSE[prompt.task].lower()
            assert all(any(word in words for word in group.split("|")) for group in prompt.checks), prompt.id


@pytest.mark.parametrize(
    ("code", "invented"),
    [
        ("def find_bary(numbers):\n    return sorted(numbers)", ("find_bary",)),
        ("def small_list(it):\n    return it.append(1)", ()),
        ("class SmallInvinked:\n    pass", ("SmallInvinked",)),
        ("import csv\n\n\ndef takes(n1, xs):\n    '''Text gach.'''\n    return csv.DictReader(xs)", ()),
        ("def scct(:\n    return 'gach'  # gach", ("scct",)),
        ("def twonums(): pass", ()),  # asked for
        ("smaller = listed", ()),
    ],
)
def test_invented_names(few_words, code, invented):
    request = "find twonums please"
    assert identifiers.invented_names(code, request) == invented


def test_fences():
    assert code_in("Sure.\n```python\nx\n```\nDone.") == "x"
    assert code_in("```python\nx\ny") == "x\ny"
    assert code_in("x") == "x"


def test_verdict(few_words, checker):
    verdict = judge("```python\ndef gach(a, b):\n    return a + b\n```", a_prompt(), checker)
    assert (verdict.passes, verdict.has_code, verdict.parses, verdict.refuses) == (True, True, True, False)
    assert verdict.invented == ("gach",)
    verdict = judge(REFUSAL, a_prompt(), checker)
    assert (verdict.passes, verdict.has_code, verdict.parses, verdict.refuses) == (False, False, False, True)


def test_wordings_are_compared_without_case_and_punctuation():
    drawn = {plain_words("Write gcd(a, b)!"), plain_words("add\nassistant\ndef add\nuser\nrename")}
    assert is_drawn(a_prompt("write GCD(a, b)"), drawn)
    assert not is_drawn(a_prompt("write gcd"), drawn)
    assert is_drawn(a_prompt("add", "def add", "Rename."), drawn)
    assert not is_drawn(a_prompt("rename"), drawn)


def test_requests_that_training_draws():
    tokenizer = load_tokenizer(ROOT / "weights" / "elbarto-mini")
    assert requests(tokenizer, lambda rng: chat(tokenizer, rng), 3) == {plain_words("Add 0."), plain_words("add 1")}


def chat(tokenizer, rng, drawn=[]):  # noqa: B006
    drawn.append(None)
    text = chat_prompt(("Add 0.", "add 1", "ADD 1")[len(drawn) - 1], system="You write code.")
    ids = tokenizer.encode(text, add_special_tokens=False)
    return Sample([*ids, 5, 6], [0.0] * len(ids) + [1.0] * 2, 4)


def test_rows(few_words, monkeypatch, checker):
    """Against a server that refuses everything."""
    monkeypatch.setattr(first, "drawn_requests", lambda context: frozenset())

    def handler(request):
        choice = {"message": {"content": REFUSAL}, "finish_reason": "stop", "token_ids": []}
        made = {"choices": [choice], "usage": {"completion_tokens": 0}, "elbarto": {"denoise_forwards": 1}}
        return httpx.Response(200, json=made)

    context = Context("none", share=0.1)
    context.__dict__ |= {
        "endpoint": Endpoint(httpx.Client(base_url="http://test", transport=httpx.MockTransport(handler))),
        "checker": checker,
    }
    rows = {row.key: row.values for row in run(first.sections(context))}
    assert rows["first/held_out"]["refused"] == rows["first/unknown_dev"]["passes"] == 100
    assert rows["first/held_out"]["passes"] == rows["first/held_out"]["code"] == 0
    assert "invented" not in rows["first/held_out"]
    assert {"first/bare", "first/second_turn", "first/new_tasks", "first/unseen", "first/talk_held_out"} <= rows.keys()
