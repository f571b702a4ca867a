"""Requests and answers from real code: clean sentences, self-contained code, and nothing held out in training."""

import ast
import random
import re

import pytest

from training.data import pairs as pairs_module
from training.data.corpus import load_corpus
from training.data.pairs import BODY_LINES, draw_pair, load_pairs, pairs_of
from training.data.phrases import imperative, third_person
from training.data.sources import SourceFile

SOURCE = '''
import re

def plain(values: list[int], start=0):
    """Returns the sum of all values and adds :func:`start` to it.

    More.
    """
    total = start
    return total + sum(values)

def stub(x):
    """Return something that is not there yet."""
    x = 1
    raise NotImplementedError

def only_raises(x):
    """Return something that is not there at all."""
    # a remark
    raise ValueError(x)

@decorated
def wrapped(x):
    """Return the value that the decorator makes."""
    y = x
    return y

def private(x):
    """Return what some helper makes of the value."""
    y = _helper(x)
    return y

def one_line(x):
    """Return the value that was given, as it is."""
    return x

class Box:
    @staticmethod
    def half(number):
        """Return half of the given number, rounded down."""

        result = number // 2
        return result

    def full(self, extra):
        """Tell whether the box has no room for more."""
        needed = self.used + extra
        return needed > self.size

    def hidden(self):
        """Tell whether the box has a secret thing."""
        thing = self._thing
        return bool(thing)

    def volume(self):
        """Return the volume of the box in cubic metres."""
        base = self.width * self.depth
        return base * self.height
'''


def read(text, path="a.py"):
    return pairs_of([SourceFile("p", path, text)])


def test_functions_and_their_wording():
    plain, half, full = read(SOURCE)
    assert [plain.name, half.name, full.name] == ["plain", "half", "full"]
    assert [plain.kind, half.kind, full.kind] == ["function", "function", "method"]
    assert plain.task == "return the sum of all values and add `start` to it"
    assert (plain.arguments, plain.names) == ("values: list[int], start=0", "values, start=0")
    assert half.code() == "def half(number):\n    result = number // 2\n    return result"
    assert half.code(documented=True).split("\n")[1] == '    """Return half of the given number, rounded down."""'


def test_a_name_or_body_comes_once_and_none_that_is_taken():
    found = read(SOURCE)
    same_body = SOURCE.replace("def plain", "def other")
    same_name = SOURCE.replace("total = start", "total = start + 0")
    new = SOURCE.replace("def half", "def third").replace("// 2", "// 3")
    files = [SourceFile("p", path, text) for path, text in zip("abc", (same_body, same_name, new), strict=True)]
    assert [pair.name for pair in pairs_of([SourceFile("p", "a.py", SOURCE), *files])] == [
        "plain",
        "half",
        "full",
        "third",
    ]
    assert [pair.name for pair in pairs_of(files, found)] == ["third"]


def test_form_feeds_do_not_shift_lines():
    assert read("x = 1\n\f\n" + SOURCE)[0].header == read(SOURCE)[0].header


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("Return the number of items.", "return the number of items"),
        ("Returns the number of items. And more.", "return the number of items"),
        ("Parses a line and returns its fields.", "parse a line and return its fields"),
        ("Applies a rule (e.g. the first one.) to the text.", "apply a rule to the text"),
        ("Return the :class:`~a.b.Thing` of *name*.", "return the `Thing` of `name`"),
        ("Return ``True`` if **both** are the same.", "return `True` if `both` are the same"),
        ("Split the text\n   into two lines", "split the text into two lines"),
        ("Set the value of the thing\n\nMore.", "set the value of the thing"),
        ("Set of values that were seen.", ""),
        ("List containing the values seen.", ""),
        ("The number of items in it.", ""),
        ("Return it.", ""),
        ("Return " + "the long name of " * 20 + "it.", ""),
        ("Deprecated: return the number of items.", ""),
        ("Return the items that follow:", ""),
        ("Return what this class makes of it.", ""),
        ("Return the value `of it.", ""),
        ("Return the naïve value of the text.", ""),
        ("", ""),
    ],
)
def test_imperative(docstring, expected):
    assert imperative(docstring) == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("return a value", "returns a value"),
        ("match a value and apply it", "matches a value and applies it"),
        ("display a list and index of it", "displays a list and index of it"),
    ],
)
def test_third_person(phrase, expected):
    assert third_person(phrase) == expected


def test_real_pairs_parse_and_read_well():
    pairs = load_pairs("held_out") + load_pairs("held_out_package")
    assert len(pairs) > 50
    for pair in pairs:
        for documented in (False, True):
            (function,) = ast.parse(pair.code(documented)).body
            assert function.name == pair.name
            assert (ast.get_docstring(function) is not None) == documented
        assert len(pair.body.split("\n")) in BODY_LINES
        assert not re.search(r":\w+:`|``", pair.task)
        assert "NotImplemented" not in pair.body
        assert 20 <= len(pair.task) <= 200


def test_training_pairs_hold_nothing_held_out(monkeypatch):
    # Copies of everything held out, and a few other files, because parsing all takes long.
    held_out = load_pairs("held_out") + load_pairs("held_out_package")
    copies = [*load_corpus("held_out"), *load_corpus("held_out_package"), *load_corpus("train")[::20]]
    monkeypatch.setattr(pairs_module, "load_corpus", lambda split: copies if split == "train" else load_corpus(split))
    train = load_pairs.__wrapped__("train")
    assert len(train) > 30
    assert not {pair.name for pair in train} & {pair.name for pair in held_out}
    assert not {pair.body for pair in train} & {pair.body for pair in held_out}
    assert len({pair.name for pair in train}) == len(train)


def test_draws_are_reproducible_and_have_a_docstring_where_asked():
    pairs = read(SOURCE)

    def draw():
        rng = random.Random(4)
        return [draw_pair(pairs, rng) for _ in range(300)]

    drawn = draw()
    assert drawn == draw()
    assert len({request for request, _ in drawn}) > 50
    for request, code in drawn:
        assert ('"""' in code) == ("docstring" in request)
        assert "{" not in request
    assert any("docstring" in request for request, _ in drawn)
    assert any("method" in request for request, _ in drawn)
