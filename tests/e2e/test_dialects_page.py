"""The commands of docs/reference/completions.md print what the page shows, with the embedded model."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from app.settings import ROOT
from tests.servers import Server

PAGE = (ROOT / "docs" / "reference" / "completions.md").read_text(encoding="utf-8")
TEXTS = re.compile(r'"(?:text|content)":("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class Command:
    path: str
    body: dict[str, Any]
    shown: str


def commands() -> list[Command]:
    blocks = re.findall(r"^~~~console\n\$ (.*?)\n~~~$", PAGE, re.DOTALL | re.MULTILINE)
    found = [
        re.fullmatch(r"curl -sN? http://127.0.0.1:8000(\S+) -d '(.*?)'\n(.*)", block, re.DOTALL) for block in blocks
    ]
    return [Command(match[1], json.loads(match[2]), match[3]) for match in found if match]


def test_the_page_has_commands() -> None:
    assert len(commands()) == PAGE.count("~~~console") == 5


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.path)
def test_what_a_command_answers(embedded: Server, command: Command) -> None:
    answer = embedded.post(command.path, **command.body)

    assert answer.status_code == 200, answer.text
    assert TEXTS.findall(answer.text) == TEXTS.findall(command.shown) != []
