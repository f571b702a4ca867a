"""Stop strings in a text that is cut into pieces anywhere."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence

import pytest

from app.text.stop import StopStrings


def show(stops: Sequence[str], pieces: Iterable[str]) -> tuple[str, bool]:
    """All text passed on, and whether a stop string ended it."""
    strings = StopStrings(stops)
    shown = ""
    for piece in pieces:
        text, stopped = strings.add(piece)
        shown += text
        if stopped:
            return shown, True
    return shown + strings.flush(), False


def cuts(text: str) -> Iterator[list[str]]:
    """Every way to cut a text into pieces."""
    for flags in itertools.product([False, True], repeat=max(0, len(text) - 1)):
        places = [0, *[at for at, cut in enumerate(flags, start=1) if cut], len(text)]
        yield [text[begin:end] for begin, end in itertools.pairwise(places)]


@pytest.mark.parametrize(
    ("stops", "text", "expected"),
    [
        (["STOP"], "abSTOPcd", ("ab", True)),
        (["STOP"], "STOPcd", ("", True)),  # at the start
        (["STOP"], "abSTOP", ("ab", True)),  # at the end
        (["STOP"], "abSTO", ("abSTO", False)),  # never complete
        (["STOP"], "STOSTOPx", ("STO", True)),
        (["aab"], "aaab", ("a", True)),
        (["aab"], "aaaab", ("aa", True)),
        (["abab"], "abaabab", ("aba", True)),
        (["ab", "abc"], "xabcd", ("x", True)),  # the shorter one is complete first
        (["abc", "ab"], "xabd", ("x", True)),
        (["abd", "bc"], "xabcy", ("xa", True)),
        (["\n\n", "```"], "a\n``b\n\nc", ("a\n``b", True)),
        (["é日"], "aé日b", ("a", True)),
        (["x"], "abc", ("abc", False)),
        ([], "abcSTOP", ("abcSTOP", False)),
    ],
)
def test_however_the_text_is_cut(stops: list[str], text: str, expected: tuple[str, bool]) -> None:
    for pieces in cuts(text):
        assert show(stops, pieces) == expected, pieces


def test_the_first_stop_of_a_piece_counts() -> None:
    assert show(["cd", "b"], ["abcd"]) == ("a", True)


def test_twelve_stops() -> None:
    stops = [
        *("<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<file_sep>", "<|endoftext|>", "</fim_middle>", "</code>"),
        *("\n\n", "/src/", "#- coding: utf-8", "```", "\r\n\r\n"),
    ]
    assert len(stops) == 12
    for stop in stops:
        for cut in range(len(stop) + 1):
            assert show(stops, ["a <", "b", stop[:cut], stop[cut:] + "c"]) == ("a <b", True)
    assert show(stops, "a < b # - /sr `` <file_sep >") == ("a < b # - /sr `` <file_sep >", False)


def test_without_stops_nothing_is_held() -> None:
    strings = StopStrings([])

    assert strings.add("abc") == ("abc", False)
    assert strings.flush() == ""


def test_an_empty_stop_stops_nothing() -> None:
    assert show(["", "x"], ["ab"]) == ("ab", False)


def test_only_the_possible_beginning_of_a_stop_is_held() -> None:
    strings = StopStrings(["STOP"])

    assert strings.add("abc") == ("abc", False)
    assert strings.add("d ST") == ("d ", False)
    assert strings.add("") == ("", False)
    assert strings.add("ill ") == ("STill ", False)
    assert strings.add("S") == ("", False)
    assert strings.flush() == "S"
    assert strings.flush() == ""


def test_random_texts() -> None:
    chooser = random.Random(2)
    for _ in range(500):
        text = "".join(chooser.choices("ab", k=chooser.randint(0, 20)))
        stop = "".join(chooser.choices("ab", k=chooser.randint(1, 5)))
        at = text.find(stop)

        assert show([stop], text) == ((text, False) if at < 0 else (text[:at], True))


def test_the_string_that_was_found_is_known() -> None:
    strings = StopStrings(["END", "ST", "STOP"])

    assert strings.add("a E") == ("a ", False)
    assert strings.found is None
    assert strings.add("N STOP END") == ("EN ", True)
    assert strings.found == "STOP", "the longest of those that begin there"
