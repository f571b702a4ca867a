"""Errors about a translated request name the fields as they were sent."""

from __future__ import annotations

import pytest

from app.api.translation import named_as_sent
from app.errors import RequestError

NAMES = {
    "tools[0]": "tools[1]",
    "tools[0].function.parameters": "tools[1].input_schema",
    "stop": "stop_sequences",
    "response_format": "format",
}


@pytest.mark.parametrize(
    ("message", "param", "sent_message", "sent_param"),
    [
        (
            "tools[0].function.parameters.a is wrong.",
            "tools[0].function.parameters.a",
            "tools[1].input_schema.a is wrong.",
            "tools[1].input_schema.a",
        ),
        ("stop must be a list.", "stop", "stop_sequences must be a list.", "stop_sequences"),
        ("n must stop; response_format too.", "n", "n must stop; format too.", "n"),
        ("tools[0] and tools[01] differ.", None, "tools[1] and tools[01] differ.", None),
    ],
)
def test_names(message: str, param: str | None, sent_message: str, sent_param: str | None) -> None:
    with pytest.raises(RequestError) as caught, named_as_sent(NAMES):
        raise RequestError(message, param)

    assert (caught.value.message, caught.value.param) == (sent_message, sent_param)


def test_without_names_nothing_changes() -> None:
    with pytest.raises(RequestError) as caught, named_as_sent({}):
        raise RequestError("stop is wrong.", "stop")

    assert (caught.value.message, caught.value.param) == ("stop is wrong.", "stop")
