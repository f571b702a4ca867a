from __future__ import annotations

import ast
import json
from datetime import datetime

from bench.editor import TRACE, at_times, latencies, measure, outlived
from bench.typist import KeyPress, Trace, read


def test_the_trace_is_500_keystrokes_that_make_a_program() -> None:
    trace = read(TRACE)

    assert len(trace.keys) == 500
    assert sum(isinstance(key, int) for _, key in trace.keys) > 20, "it has corrections"
    ast.parse(trace.start + trace.text + trace.end)


def test_deleting_keys_take_back_what_stands_before_them() -> None:
    assert Trace("", "", ((1, "a"), (1, "\n    "), (1, -4), (1, "b"), (1, -1))).text == "a\n"


def test_only_steps_that_began_after_the_end_of_their_own_request_count() -> None:
    steps = [[1.0, 2.0, ["a"]], [3.0, 4.0, ["a", "b"]], [5.0, 6.0, ["b"]], [7.0, 8.0, ["b"]]]
    found = outlived({"a": 2.5, "b": 4.5, "c": 0.0}, "\n".join(map(json.dumps, steps)))

    assert found == {
        "steps on the server": 4,
        "hang-ups": 3,
        "hang-ups that a step began after": 2,
        "most steps after a hang-up": 2,
    }


def test_hang_ups_are_read_from_the_language_servers_log() -> None:
    log = (
        "2026-01-02 03:04:05,250 DEBUG lsp.model_server.client: lsp-1-1 sent to /v1/infill\n"
        "2026-01-02 03:04:05,500 DEBUG lsp.model_server.client: lsp-1-1 cancelled\n"
    )

    assert at_times(log, "finished") == {}
    assert at_times(log, "cancelled") == {"lsp-1-1": datetime(2026, 1, 2, 3, 4, 5, 500_000).timestamp()}


def test_latencies_are_those_of_keys_with_ghost_text() -> None:
    keys = [
        KeyPress(1.0, True, 1.25, "x"),
        KeyPress(2.0, True, 2.5, "y"),
        KeyPress(3.0, True, 3.9, None),
        KeyPress(4.0, True),
    ]

    assert latencies(keys, [2.4, 3.8]) == {
        "keys with ghost text": "2; keystroke to ghost text: median 375.0 ms, p95 500.0 ms",
        "of these, from the server": "1; keystroke to ghost text: median 500.0 ms, p95 500.0 ms",
        "of these, from the cache": "1; keystroke to ghost text: median 250.0 ms, p95 250.0 ms",
    }
    assert latencies([], [])["keys with ghost text"] == 0


def test_no_generation_outlives_its_request_by_more_than_a_step() -> None:
    """A word, typed so slowly that the server has started most of the requests that the next key cancels."""
    word = tuple((400, character) for character in "def total(")
    found = measure(Trace("", "\n", word), "vscode")

    assert found["requests to the server"] > 0
    assert found["hang-ups"] == found["cancelled there"]
    assert found["steps on the server"] > 0
    assert found["most steps after a hang-up"] <= 1
