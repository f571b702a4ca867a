"""Infills and edits over the wire, with checks that hold for every answer."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient

from tests.api.wire import events_in, post

INFILL, EDITS = "/v1/infill", "/v1/edits"
Segments = list[Any]


def fill(client: FlaskClient, segments: Segments, **body: Any) -> dict[str, Any]:
    """The answer of an infill that succeeds."""
    response = post(client, INFILL, segments=segments, **body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json
    check(answer, segments, body.get("n") or 1)
    return answer


def fill_streamed(client: FlaskClient, segments: Segments, **body: Any) -> list[dict[str, Any]]:
    """The events of an infill that succeeds."""
    *events, done = events_in(post(client, INFILL, segments=segments, stream=True, **body))
    assert done == "[DONE]"
    assert [event["type"] for event in events if event["type"] in ("started", "finished")] == ["started", "finished"]
    finished = {name: value for name, value in events[-1].items() if name != "type"}
    assert (events[0]["type"], events[-1]["type"]) == ("started", "finished")
    check(finished, segments, body.get("n") or 1)
    assert {name: events[0][name] for name in ("id", "model", "infill_mode")} == {
        name: finished[name] for name in ("id", "model", "infill_mode")
    }
    return events


def edit(client: FlaskClient, text: str, spans: list[list[int]], **body: Any) -> dict[str, Any]:
    """The answer of an edit that succeeds; text outside the spans must be unchanged."""
    response = post(client, EDITS, text=text, spans=spans, **body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json
    assert (answer["object"], answer["id"][:5]) == ("edit", "edit-")
    assert [[one["start"], one["end"]] for one in answer["edits"]] == sorted(spans)
    expected, at = "", 0
    for one in answer["edits"]:
        expected += text[at : one["start"]] + one["text"]
        at = one["end"]
    assert answer["text"].encode() == (expected + text[at:]).encode()
    assert answer["elbarto"]["warnings"] is not None
    return answer


def check(answer: dict[str, Any], segments: Segments, n: int) -> None:
    """Checks for every answer of /v1/infill."""
    assert re.fullmatch(r"infill-[0-9a-f]{32}", answer["id"])
    assert answer["object"] == "infill"
    assert answer["filled"] == ("together" if answer["infill_mode"] in ("canvas", "both") else "in order")
    choices = answer["choices"]
    assert (answer["text"], answer["holes"]) == (choices[0]["text"], choices[0]["holes"])
    assert [choice["index"] for choice in choices] == list(range(len(choices)))
    assert 1 <= len(choices) <= n
    scores = [choice["score"] for choice in choices]
    if "parses" not in choices[0]:  # else syntax errors count first
        assert scores == sorted(scores, reverse=True)
    filled = [tuple(hole["text"] for hole in choice["holes"]) for choice in choices]
    assert len(set(filled)) == len(filled), "candidates are distinct"
    for choice, texts in zip(choices, filled, strict=True):
        assert choice["text"].encode() == joined(segments, texts).encode()
        assert [hole["index"] for hole in choice["holes"]] == list(range(len(choice["holes"])))
    tokens = [token for choice in choices for hole in choice["holes"] for token in hole["tokens"]]
    assert all(0 <= token["confidence"] <= 1 for token in tokens)
    assert all((token["step"] is None) == token["pinned"] for token in tokens)
    usage = answer["usage"]
    assert usage["completion_tokens"] == sum(not token["pinned"] for token in tokens)
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    warnings = answer["elbarto"]["warnings"]
    assert (f"Only {len(choices)} of {n} candidates are distinct." in warnings) == (len(choices) < n)


def joined(segments: Segments, texts: tuple[str, ...]) -> str:
    left = iter(texts)
    return "".join(segment if isinstance(segment, str) else next(left) for segment in segments)


def texts_of(answer: dict[str, Any]) -> list[str]:
    return [hole["text"] for hole in answer["holes"]]


def reasons_of(answer: dict[str, Any]) -> list[str]:
    return [hole["finish_reason"] for hole in answer["holes"]]
