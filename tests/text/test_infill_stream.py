"""An answer that arrives in pieces gives the same text as cleaning up the whole."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

import pytest

from app.text.cleanup import clean_infill
from app.text.infill_stream import InfillStream

# Parts of both texts that decide about cuts: line breaks, spaces, brackets and quotes, words, Windows line ends.
PREFIXES = (
    "",
    "x",
    "    ",
    "f(",
    "if a:\n",
    "if a:\n    ",
    "if a:\n    y = ",
    "\t",
    "a\r\n  ",
    "日本\n ",
    'g(f"',
    "a[x + ",
)
LINES = ("\n", "\n", "\r\n", " ", "    ", "}", "]", ")", "})", "a", "return x", "    return x", "日本", "\x0c", "\r")
ATOMS = (*LINES, ":", "::", '"', "'", '!"', " + b", "(", "[", ",", " as a:")


def make_text(choose: random.Random, most: int) -> str:
    return "".join(choose.choices(ATOMS, k=choose.randrange(most)))


def make_answer(choose: random.Random, suffix: str) -> str:
    """A text that often continues with the suffix, or with a part of it."""
    start = choose.randrange(len(suffix) + 1)
    repeated = suffix[start if choose.random() < 0.3 else 0 : choose.randrange(len(suffix) + 1)]
    return make_text(choose, 6) + choose.choice(["", repeated]) + make_text(choose, 5)


def pieces_of(text: str, choose: random.Random) -> list[str]:
    cuts = sorted(choose.choices(range(len(text) + 1), k=choose.choice([0, 1, 3, len(text)])))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def stream(
    pieces: Iterable[str], prefix: str, suffix: str, *, single_line: bool = False, is_chat: bool = False
) -> tuple[list[str], str]:
    """The pieces passed on, and the part of the answer that was read before `is_over`."""
    infill = InfillStream(prefix, suffix, single_line=single_line, is_chat=is_chat)
    shown, read = [], ""
    for piece in pieces:
        read += piece
        shown.append(infill.add(piece))
        if infill.is_over:
            break
    return [*shown, infill.flush()], read


@pytest.mark.parametrize("single_line", [False, True])
@pytest.mark.parametrize("is_chat", [False, True])
def test_the_deltas_are_the_whole_cleaned_up(single_line: bool, is_chat: bool) -> None:
    choose = random.Random(7)
    num_cut = num_over = 0
    for _ in range(6000 if not is_chat else 500):
        prefix, suffix = choose.choice(PREFIXES), make_text(choose, 7)
        answer = make_answer(choose, suffix)
        whole = clean_infill(answer, prefix, suffix, single_line=single_line, is_chat=is_chat)

        shown, read = stream(pieces_of(answer, choose), prefix, suffix, single_line=single_line, is_chat=is_chat)

        assert "".join(shown) == whole, (prefix, answer, suffix)
        num_cut += whole != answer
        num_over += read != answer
    assert num_cut > 50
    assert is_chat or num_over > 20


def test_nothing_is_shown_that_any_continuation_takes_back() -> None:
    """Checked for every prefix of the answer, because an answer may end anywhere."""
    choose = random.Random(8)
    for _ in range(1500):
        prefix, suffix = choose.choice(PREFIXES), make_text(choose, 7)
        answer, single_line = make_answer(choose, suffix), choose.random() < 0.5
        infill = InfillStream(prefix, suffix, single_line=single_line, is_chat=False)
        shown = ""
        for end, character in enumerate(answer, start=1):
            shown += infill.add(character)
            for other in (answer[:end], answer[:end] + make_answer(choose, suffix)):
                whole = clean_infill(other, prefix, suffix, single_line=single_line, is_chat=False)
                assert whole.startswith(shown), (prefix, other, suffix)
                assert not infill.is_over or whole == clean_infill(
                    answer[:end], prefix, suffix, single_line=single_line, is_chat=False
                )


def lines_shown(answer: str, prefix: str, suffix: str) -> Sequence[str]:
    return stream(re.findall(r"[^\n]*\n|[^\n]+", answer), prefix, suffix)[0]


def test_lines_that_are_not_the_suffix_are_shown_as_they_come() -> None:
    assert lines_shown("a = 1\n    b = 2\n    c = 3", "def f():\n    ", "\n    return a\n") == [
        "a = 1",
        "\n    b = 2",
        "\n    c = 3",
        "",
    ]


def test_what_is_certain_of_a_line_is_shown_at_once() -> None:
    shown, _ = stream(["to", "tal", " = ", "0"], "def f():\n    ", "\n    return total\n")

    assert shown == ["to", "tal", " =", " 0", ""]


def test_the_answer_is_over_when_it_has_repeated_the_suffix() -> None:
    pieces = ["a = 1\n", "    return", " a\n", "never read"]

    assert stream(pieces, "def f():\n    ", "\n    return a\n") == (["a = 1", "", "", ""], "".join(pieces[:3]))


def test_a_closing_bracket_is_not_yet_the_suffix() -> None:
    """Whether it is shows when the next lines do or do not repeat the suffix as well."""
    suffix = "\n}\nend\n"

    assert stream(["if b {\n", "}\n", "more\n"], "", suffix)[0] == ["if b {", "", "\n}\nmore", "\n"]
    assert stream(["if b {\n", "}\n", "end\n", "more"], "", suffix) == (["if b {", "", "", ""], "if b {\n}\nend\n")


def test_a_single_line_is_over_at_its_end() -> None:
    shown, read = stream(["a", " = 1", "\n", "b"], "x = ", "\n", single_line=True)

    assert "".join(shown) == "a = 1"
    assert read == "a = 1\n"


def test_a_bracket_is_held_back_until_the_line_shows_whose_it_is() -> None:
    shown, read = stream(["a", ")", "\nre", "turn x"], "f(", ")\nreturn x\n", single_line=True)

    assert shown == ["a", "", "", ""]
    assert read == "a)\nre"

    shown, _ = stream(["g(a", ")", " + 1"], "f(", ")\nreturn x\n")

    assert shown == ["g(a", "", ") + 1", ""]


@pytest.mark.parametrize(
    ("pieces", "prefix", "suffix", "expected"),
    [
        (["x > ", "0:", ":"], "if ", ":\n    pass\n", ["x > ", "0", "", ""]),
        (["open(path)", " as", " file", ":"], "with ", " as file:\n", ["open(path)", "", "", "", ""]),
        (["{name}", '!"', '!"'], 'f"Hello, ', '!"\n', ["{name}", "", "", ""]),
        (["a as", " b"], "with ", " as file:\n", ["a", " as b", ""]),
    ],
)
def test_the_rest_of_the_line_is_not_shown_again(
    pieces: list[str], prefix: str, suffix: str, expected: list[str]
) -> None:
    assert stream(pieces, prefix, suffix)[0] == expected


def test_an_answer_is_over_when_its_line_ends_like_the_holes() -> None:
    pieces = ["text.split()", ":\n", "        if not word"]

    assert stream(pieces, "for word in ", ":\n        print(word)\n") == (
        ["text.split()", "", ""],
        "text.split():\n",
    )


def test_chat_answers_are_shown_at_their_end() -> None:
    pieces = ["Sure:\n``", "`python\nx =", " 1\n```\n", "Bye"]

    assert stream(pieces, "", "\n", is_chat=True)[0] == ["", "", "", "", "x = 1"]


def test_without_a_suffix_everything_is_shown() -> None:
    assert stream(["a\n", "\n", "b"], "", " \n")[0] == ["a\n", "\n", "b", ""]
