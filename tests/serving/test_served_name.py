from __future__ import annotations

import pytest

from app.serving.backend import served_name


@pytest.mark.parametrize(
    ("name", "served"),
    [
        ("Stable-DiffCoder-8B-Instruct", "Stable-DiffCoder-8B-Instruct"),
        ("elbarto-mini", "elbarto-mini"),
        ("open-dcoder", "elbarto-open-dcoder"),
        ("Open-dCoder", "elbarto-Open-dCoder"),
        ("o1", "elbarto-o1"),
        ("gpt-oss", "elbarto-gpt-oss"),
        ("GPT2", "elbarto-GPT2"),
        ("go-coder", "go-coder"),
    ],
)
def test_no_id_begins_with_what_continue_takes_for_a_chat_model(name: str, served: str) -> None:
    assert served_name(name) == served
