"""docs/clients.md and the program that writes it. The clients themselves are run by `make test-clients`."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.clients.table import RECIPES, page
from tests.clients.table.drive import Seen, judge, run
from tests.clients.table.page import Row
from tests.clients.table.recipe import Recipe
from tests.waiting import wait_until

CHAT = "POST /v1/chat/completions"
SCRIPT = Recipe(client="a", group="python", source="pip", packages=("a",))
PROGRAM = Recipe(client="b", group="agents", source="npm", packages=("b",), asks="one prompt", routes=(CHAT,))
GOOD = Counter({(CHAT, 200): 2})


@pytest.mark.parametrize("group", ["python", "node", "agents", "editors"])
def test_the_page_has_a_row_for_each_recipe(group: str) -> None:
    written = page.PAGE.read_text(encoding="utf-8")

    assert page.clients_of(written, group) == [recipe.client for recipe in RECIPES if recipe.group == group]


def test_only_the_rows_that_were_run_change() -> None:
    before = page.PAGE.read_text(encoding="utf-8")
    first, second = RECIPES[:2]
    row = Row(client=first.client, version="0", asked="chat", result="fails: a | b <c>", requests="", date="2030-01-01")

    after = page.renewed(before, {first.key: row})

    assert f"| {first.client} | 0 | chat | fails: a \\| b &lt;c> |  | 2030-01-01 |" in after
    (line,) = set(before.splitlines()) - set(after.splitlines())
    assert page.client_of(line) == first.client != second.client
    assert page.renewed(before, {}) == before


def test_recipes_can_be_told_apart() -> None:
    assert len({recipe.key for recipe in RECIPES}) == len(RECIPES)
    assert all(recipe.not_run or (recipe.packages and recipe.run) for recipe in RECIPES)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
def test_a_daemon_that_a_client_leaves_is_ended(tmp_path: Path) -> None:
    recipe = Recipe(client="c", group="agents", source="npm", run="setsid sleep 600 & echo $!", limit_s=20)

    status, output = run(recipe, tmp_path, {**os.environ, "WORK": str(tmp_path)})

    assert status == 0
    wait_until(lambda: not _is_alive(output.strip()))


def _is_alive(number: str) -> bool:
    """A process that is killed, and not waited for, is a zombie: Z."""
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("recipe", "seen", "expected"),
    [
        (SCRIPT, Seen(status=0, output='x\n{"chat": null, "tools": null}\n', requests=GOOD), ("chat, tools", "works")),
        (
            SCRIPT,
            Seen(status=0, output='{"chat": null, "tools": "E: no"}', requests=GOOD),
            ("chat, tools", "partly: tools: E: no"),
        ),
        (SCRIPT, Seen(status=0, output='{"chat": "E: no"}', requests=GOOD), ("chat", "fails: chat: E: no")),
        (
            SCRIPT,
            Seen(status=1, output="Traceback", requests=Counter()),
            ("", "fails: the script said nothing; exit status 1"),
        ),
        (PROGRAM, Seen(status=0, output="done", requests=GOOD), ("one prompt", "works")),
        (PROGRAM, Seen(status=0, output='{"say": "hi", "n": 1}', requests=GOOD), ("one prompt", "works")),
        (
            PROGRAM,
            Seen(status=None, output="", requests=GOOD),
            ("one prompt", "partly: not finished after 300 s"),
        ),
        (
            PROGRAM,
            Seen(status=0, output="", requests=Counter({("GET /v1/models", 200): 1})),
            ("one prompt", f"fails: no answer from `{CHAT}`"),
        ),
        (
            PROGRAM,
            Seen(status=0, output="", requests=GOOD + Counter({(CHAT, 400): 1, ("GET (unknown)", 404): 1})),
            ("one prompt", f"partly: `{CHAT}` 400"),
        ),
        (
            PROGRAM,
            Seen(status=0, output="", requests=GOOD + Counter({("POST /infill", 500): 1})),
            ("one prompt", "partly: `POST /infill` 500"),
        ),
    ],
)
def test_the_result_is_what_client_and_server_say(recipe: Recipe, seen: Seen, expected: tuple[str, str]) -> None:
    assert judge(recipe, seen) == expected
