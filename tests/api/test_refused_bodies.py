"""Invalid bodies of the kind that a fuzzer finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.api.wire import error_of, post
from tests.doubles.engine import FakeEngine


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/infill", "segments"),
        ("/v1/edits", "text"),
        ("/v1/completions", "prompt"),
        ("/v1/fim/completions", "prompt"),
        ("/completion", "prompt"),
        ("/tokenize", "prompt"),
        ("/detokenize", "tokens"),
    ],
)
def test_an_empty_object_is_told_what_is_missing(client: FlaskClient, path: str, field: str) -> None:
    error = error_of(post(client, path), 400)

    assert error["param"] == field
    assert error["message"].startswith(f"{field} is required")


def test_a_hole_is_shown_as_it_is_written(client: FlaskClient) -> None:
    assert error_of(post(client, "/v1/infill"), 400)["message"].endswith('each item is a string or {"hole": {...}}')


def test_mistral_requests_for_log_probabilities_never_reach_the_engine(make_client: Callable[..., FlaskClient]) -> None:
    engine = FakeEngine()
    error = error_of(post(make_client(engine), "/v1/fim/completions", prompt="x", logprobs=1), 400)

    assert (error["param"], error["code"]) == ("logprobs", "unsupported_parameter")
    assert engine.added == []
