"""The small parts that need no server and no editor: changes, cache, budget, chunks, snippets, confidence, debounce."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lsp.errors import Outdated
from lsp.model_server.budget import TextWindow, TokenEstimate, cut_window, import_lines
from lsp.model_server.client import ServedModel, written
from lsp.model_server.recent_chunks import RecentChunks, similarity
from lsp.model_server.requests import MAX_PARSED, syntax_of
from lsp.model_server.wire import CommonFields, InfillBody, WireSyntax, WireToken
from lsp.suggest.cache import CandidateCache, CandidateList
from lsp.suggest.candidates import Candidate, unsure_spans
from lsp.suggest.debounce import Debounce
from lsp.text.changes import moved, remainder
from lsp.text.edits import Change, applied, rebased
from lsp.text.marks import Marks
from lsp.text.snapshot import Snapshot
from lsp.text.snippets import to_snippet


def snapshot(text: str, marker: str = "|") -> Snapshot:
    offset = text.index(marker)
    return Snapshot("file:///a.py", 1, "python", text.replace(marker, ""), offset)


def found(*texts: str, is_draft: bool = False) -> CandidateList:
    return CandidateList(tuple(Candidate(text) for text in texts), is_draft)


def texts(result: CandidateList | None) -> list[str] | None:
    return None if result is None else [candidate.text for candidate in result.candidates]


@pytest.mark.parametrize(
    ("before", "after", "typed"),
    [
        ("a = |\nb", "a = \nb", ""),
        ("a = |\nb", "a = xy\nb", "xy"),
        ("a = |\nb", "a =\nb", None),
        ("a = |\nb", "a = x\nc", None),
        ("a = |\nb", "c = x\nb", None),
        ("aa|aa", "aaaaa", "a"),
        ("|", "x", "x"),
        ("é|😀", "é😀😀", "😀"),
    ],
)
def test_typed_since(before: str, after: str, typed: str | None) -> None:
    assert snapshot(before).typed_since(after) == typed


@pytest.mark.parametrize(
    ("candidate", "typed", "left"),
    [("abc", "", "abc"), ("abc", "ab", "c"), ("abc", "abc", None), ("abc", "x", None), ("abc", "abcd", None)],
)
def test_remainder(candidate: str, typed: str, left: str | None) -> None:
    assert remainder(candidate, typed) == left


def test_an_offset_moves_with_the_text() -> None:
    assert moved(5, 0, 0, "ab") == 7
    assert moved(5, 5, 5, "ab") == 7
    assert moved(5, 5, 5, "ab", at_start=True) == 5
    assert moved(5, 6, 9, "") == 5
    assert moved(5, 2, 4, "") == 3
    assert moved(5, 4, 9, "xyz") == 7


def test_a_mark_keeps_its_text() -> None:
    marks = Marks()
    mark, point = marks.add("u", 4, 8), marks.add("u", 8, 8)

    source = "0123456789"
    marks.changed("u", source, 8, 8, "new")  # right after the mark
    marks.changed("u", source, 0, 1, "")
    marks.changed("other", source, 0, 1, "")

    assert (mark.start, mark.end) == (3, 7)
    assert (point.start, point.end) == (10, 10)


@pytest.mark.parametrize("change", [(3, 3, "\nnew"), (4, 4, "new\n"), (2, 3, "c\nnew")])
def test_a_mark_moves_behind_what_was_expected_there(change: tuple[int, int, str]) -> None:
    """However the editor reports "\\nnew" before the line end; what follows in the same burst moves it further."""
    marks = Marks()
    mark = marks.add("u", 3, 3)
    mark.expected = "\nnew"

    marks.changed("u", "abc\ndef", 0, 0, "")  # another change
    marks.changed("u", "abc\ndef", *change)
    assert (mark.start, mark.end, mark.expected) == (7, 7, "")
    marks.changed("u", "abc\nnew\ndef", 0, 0, "first\n")
    assert mark.start == 13


def test_the_cache_looks_at_prefix_and_suffix_and_settings() -> None:
    cache = CandidateCache(10)
    cache.put("s", "x = ", "\n", 1, found("a + b"))

    assert texts(cache.get("s", "x = ", "\n", 1)) == ["a + b"]
    assert cache.get("s", "x = ", "\ny", 1) is None
    assert cache.get("other", "x = ", "\n", 1) is None
    assert cache.get("s", "y = ", "\n", 1) is None
    assert cache.get("s", "x = ", "\n", 3) is None, "more candidates than were asked for then"


def test_the_cache_looks_back_over_what_was_typed() -> None:
    cache = CandidateCache(10)
    cache.put("s", "x = ", "\n", 2, found("a + b", "c\nd"))

    assert texts(cache.get("s", "x = a +", "\n", 1)) == [" b"]
    assert texts(cache.get("s", "x = c\n", "\n", 1)) == ["d"], "after accepting a line"
    assert cache.get("s", "x = z", "\n", 1) is None
    assert cache.get("s", "x = a + b", "\n", 1) is None, "nothing left"
    assert cache.get("s", "x =", "\n", 1) is None, "what was deleted again was never typed"


def test_an_empty_answer_is_remembered_for_its_own_text_only() -> None:
    cache = CandidateCache(10)
    cache.put("s", "x", "", 1, found())

    assert texts(cache.get("s", "x", "", 1)) == []
    assert cache.get("s", "xy", "", 1) is None


def test_the_cache_forgets_the_oldest() -> None:
    cache = CandidateCache(2)
    for prefix in ("a", "b", "c"):
        cache.put("s", prefix, "", 1, found("x"))

    assert cache.get("s", "a", "", 1) is None
    assert texts(cache.get("s", "c", "", 1)) == ["x"]
    assert CandidateCache(0).get("s", "a", "", 1) is None


def test_a_window_is_cut_at_line_ends_three_parts_to_one() -> None:
    prefix = "".join(f"before {number}\n" for number in range(100)) + "cursor"
    suffix = "".join(f"\nafter {number}" for number in range(100))
    window = cut_window(prefix, suffix, 400)

    assert window.size <= 400
    assert window.prefix.startswith("before ")
    assert window.prefix.endswith("cursor")
    assert window.suffix.endswith("\n")
    assert 2 < len(window.prefix) / len(window.suffix) < 4


def test_a_side_of_the_window_gets_what_the_other_does_not_need() -> None:
    assert cut_window("a\n" * 200, "b", 101) == cut_window("a\n" * 200, "b", 102)
    assert len(cut_window("a\n" * 200, "b", 101).prefix) == 100
    assert len(cut_window("a", "\nb" * 200, 101).suffix) in (99, 100)


def test_nothing_of_the_text_around_a_window_is_lost() -> None:
    prefix, suffix = "a\n" * 200 + "x = ", "\nb" * 200
    for size in (0, 1, 50, 300, 5000):
        window = cut_window(prefix, suffix, size)
        assert (window.before + window.prefix, window.suffix + window.after) == (prefix, suffix)


@pytest.mark.parametrize(
    ("language_id", "language"),
    [
        ("python", "python"),
        ("py", "python"),
        ("javascriptreact", "javascript"),
        ("typescriptreact", "tsx"),
        ("sh", "bash"),
        ("jsonc", "json"),
    ],
)
def test_the_server_parses_the_documents_language(language_id: str, language: str) -> None:
    taken = replace(snapshot("x = |"), language_id=language_id)
    model = ServedModel("m", ("canvas",), 512, ("bash", "javascript", "json", "python", "tsx"))

    assert syntax_of(taken, model, TextWindow("x = ", "", "a", "b")) == WireSyntax(language, "a", "b")
    assert syntax_of(taken, replace(model, infill_syntax=()), TextWindow("x = ", "")) is None
    assert syntax_of(replace(taken, text="x" * (MAX_PARSED + 1)), model, TextWindow("x = ", "")) is None


def test_the_users_own_parameters_win() -> None:
    own = CommonFields(parameters={"syntax": None})

    assert InfillBody(("x",), common=own, syntax=WireSyntax("python", "", "")).to_json()["syntax"] is None


def test_a_line_that_is_too_long_is_cut() -> None:
    window = cut_window("x" * 1000, "y" * 1000, 100)

    assert window.size == 100


def test_the_estimate_follows_the_server_within_limits() -> None:
    estimate = TokenEstimate(3.0)
    for _ in range(50):
        estimate.learn(4000, 1000)
    assert estimate.characters_per_token == pytest.approx(4.0, abs=0.05)
    for _ in range(50):
        estimate.learn(100_000, 10)
    assert estimate.characters_per_token <= 6.0
    estimate.learn(10, 10)
    assert estimate.characters_per_token > 5


def test_import_lines() -> None:
    assert import_lines("import os\nx = 1\nfrom a import b\n    import c\n") == "import os\nfrom a import b"


def chunk(name: str) -> str:
    return "\n".join(f"{name}_{number} = {number}" for number in range(20))


def test_chunks_of_other_documents_are_picked_the_newest_last() -> None:
    ring = RecentChunks()
    ring.opened("file:///a.py", chunk("a"))
    ring.opened("file:///b.py", chunk("b"))

    assert ring.pick("file:///c.py", "x = 1", 10_000) == (("a.py", chunk("a")), ("b.py", chunk("b")))
    assert ring.pick("file:///c.py", "x = 1", len(chunk("b"))) == (("b.py", chunk("b")),)


def test_a_chunk_like_the_text_at_the_cursor_is_dropped() -> None:
    ring = RecentChunks()
    ring.opened("file:///a.py", chunk("a"))

    assert similarity(chunk("a"), chunk("a")) == 1
    assert ring.pick("file:///c.py", chunk("a") + "\nx", 10_000) == ()
    assert ring.pick("file:///a.py", chunk("a")[:150], 10_000) == ()


def test_the_ring_keeps_one_of_what_is_the_same_and_sixteen_in_all() -> None:
    ring = RecentChunks()
    for _ in range(3):
        ring.opened("file:///a.py", chunk("a"))
    assert len(ring) == 1
    for number in range(40):
        ring.edited("file:///b.py", chunk(f"n{number}"), 100 * number)
    assert len(ring) <= 16


def test_unsure_spans_are_laid_over_what_was_left_of_the_text() -> None:
    tokens = (
        WireToken("    ", 0.2),
        WireToken("total", 0.4),
        WireToken(" = ", 0.9),
        WireToken("0", 0.3),
        WireToken("1", 0.45),
    )

    assert unsure_spans("total = 01", tokens, 0.5) == [(0, 5, 0.4), (8, 10, 0.3)]
    assert unsure_spans("al = 0", tokens, 0.5) == [(0, 2, 0.4), (5, 6, 0.3)]
    assert unsure_spans("other", tokens, 0.5) == []
    assert unsure_spans("total", tokens, 0.1) == []


def test_a_snippet_is_escaped_and_has_placeholders() -> None:
    assert to_snippet("a$b}c\\d", [(0, 3, 0.1), (4, 5, 0.2)]) == "${1:a\\$b}\\}${2:c}\\\\d$0"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_debounce_follows_typing_and_the_servers_speed() -> None:
    clock = Clock()
    pace = Debounce(clock)
    assert pace.wait_s(0.25) == 0, "nobody has typed"
    for _ in range(10):
        clock.now += 0.1
        pace.key()
    assert pace.wait_s(0.25) == pytest.approx(0.13, abs=0.01)
    assert pace.wait_s(0.05) == 0.05
    assert pace.wait_s(0) == 0
    pace.answered(0.02)
    assert pace.wait_s(0.25) == pytest.approx(0.11, abs=0.01)
    clock.now += 0.05
    assert pace.wait_s(0.25) == pytest.approx(0.06, abs=0.01)
    clock.now -= 0.05
    pace.answered(5)
    assert pace.wait_s(0.25) == pytest.approx(0.1, abs=0.01), "a slow server is no reason to ask at every key"
    clock.now += 2
    assert pace.wait_s(0.25) == 0, "the user has stopped"
    pace.key()
    assert pace.wait_s(0.25) == pytest.approx(0.1, abs=0.01), "a pause is not a gap"
    for _ in range(100):
        clock.now += 0.001
        pace.key()
    assert pace.wait_s(0.25) == pytest.approx(0.05, abs=0.01), "a macro types faster than anybody is worth asking for"


CHANGES = [Change(4, "...", "one"), Change(20, "___", "two")]
TEXT = "a = ...\nb = 1234567 ___\n"


def test_changes_are_made_and_their_unsure_spans_move() -> None:
    changes = [Change(4, "...", "seven", ((0, 2, 0.1),)), Change(20, "___", "x", ((0, 1, 0.2),))]

    assert applied(TEXT, changes) == ("a = seven\nb = 1234567 x\n", [(4, 6, 0.1), (22, 23, 0.2)])


def test_changes_move_with_what_was_edited_elsewhere() -> None:
    before = Snapshot("u", 1, "python", TEXT, 4)

    assert rebased(CHANGES, before, TEXT) == CHANGES
    assert rebased(CHANGES, before, "# new\n" + TEXT) == [Change(10, "...", "one"), Change(26, "___", "two")]
    assert rebased(CHANGES, before, TEXT.replace("1234567", "1")) == [Change(4, "...", "one"), Change(14, "___", "two")]
    assert rebased(CHANGES, before, TEXT + "end\n") == CHANGES


@pytest.mark.parametrize("text", [TEXT.replace("...", "1"), TEXT.replace("___", "_x_"), "", TEXT.replace("___\n", "")])
def test_nothing_is_applied_where_a_hole_has_changed(text: str) -> None:
    with pytest.raises(Outdated):
        rebased(CHANGES, Snapshot("u", 1, "python", TEXT, 4), text)


def test_half_a_character_does_not_stop_a_request_and_keeps_its_place() -> None:
    """Editors count in UTF-16, and may cut between the halves of an emoji."""
    body = json.loads(written({"segments": ["a\ud83d", {"hole": {}}, "\ude00b😀"]}))

    assert body == {"segments": ["a\ufffd", {"hole": {}}, "\ufffdb😀"]}
