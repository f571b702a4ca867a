"""Every answer that a page prints is the embedded model's. `make examples` renews them."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest

from app.settings import ROOT
from docs.examples import CARDS, EVALUATION, RENEWED, Renew
from docs.inspect_page import PAGE as INSPECT_PAGE
from docs.outputs import stable
from docs.printed import BLOCK, DOCS, PAGES, SKIPPED, commands, renewed
from tests.e2e.test_embedded_greedy import FIXTURE
from tests.servers import Server

ELSEWHERE = {EVALUATION, INSPECT_PAGE, FIXTURE}  # other tests compare these, with runs that they need anyway
MODEL_ROUTES = re.compile(r"127\.0\.0\.1:8000/(?:v1/(?!models)|api/(?:chat|generate)|beta|infill|completion)")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "renew"),
    [pair for pair in RENEWED if pair[0] not in ELSEWHERE],
    ids=lambda value: str(value.relative_to(ROOT)) if isinstance(value, Path) else value.__name__,
)
def test_what_a_file_shows_is_what_the_model_says(embedded: Server, path: Path, renew: Renew) -> None:
    shown = read(path)
    changed = difflib.unified_diff(shown.splitlines(), renew(shown, embedded.url).splitlines(), "shown", "printed", n=1)

    assert "\n".join(changed) == "", "make examples renews this"


def test_the_commands_are_found() -> None:
    """In every page that asks the model; and no reason to skip one is left over."""
    found = {page: list(commands(read(page))) for page in PAGES}
    others = {*DOCS.rglob("*.md")} - {*PAGES}

    assert [page for page, its in found.items() if not its] == []
    assert sum(not command.is_skipped for its in found.values() for command in its) >= 30
    texts = [command.text for its in found.values() for command in its]
    assert [begin for begin in SKIPPED if not any(text.startswith(begin) for text in texts)] == []
    assert [page for page in others for block in BLOCK.findall(read(page)) if MODEL_ROUTES.search(block[1])] == []


@pytest.mark.parametrize(
    ("path", "answer", "other"),
    [
        ("README.md", "return n % 2 == 0", "return not n & 1"),
        ("docs/reference/ollama.md", "a + b…", "a - b…"),
        ("docs/reference/completions.md", '"text":"    return a + b\\n"', '"text":"    return a\\n"'),
    ],
)
def test_another_answer_is_renewed(embedded: Server, path: str, answer: str, other: str) -> None:
    page = read(ROOT / path)
    assert answer in page

    assert stable(renewed(page.replace(answer, other), embedded.url)) == stable(page)


def test_the_card_is_the_one_that_an_export_writes() -> None:
    assert read(CARDS[0]) == read(CARDS[1])
