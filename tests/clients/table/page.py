"""docs/clients.md: a row for each recipe. Rows whose clients were not run this time stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.settings import ROOT
from tests.clients.table import RECIPES
from tests.clients.table.recipe import Recipe

PAGE = ROOT / "docs" / "clients.md"
REGION = re.compile(r"(<!-- rows: (\w+) -->\n).*?(<!-- /rows -->)", re.DOTALL)
HEAD = "| client | version | asked | result | requests that the server saw | date |\n|---|---|---|---|---|---|\n"
MAX_LEN = 240


@dataclass(frozen=True, kw_only=True)
class Row:
    client: str
    result: str
    version: str = ""
    asked: str = ""
    requests: str = ""
    date: str = ""

    def line(self) -> str:
        cells = (self.client, self.version, self.asked, self.result, self.requests, self.date)
        return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    text = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return text if len(text) <= MAX_LEN else text[:MAX_LEN] + " …"


def write(rows: Mapping[tuple[str, str], Row]) -> None:
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")


def renewed(page: str, rows: Mapping[tuple[str, str], Row]) -> str:
    def region(match: re.Match[str]) -> str:
        old = {client_of(line): line for line in match[0].splitlines() if line.startswith("| ")}
        lines = [_line(recipe, rows, old) for recipe in RECIPES if recipe.group == match[2]]
        return match[1] + "\n" + HEAD + "\n".join(lines) + "\n\n" + match[3]

    return REGION.sub(region, page)


def _line(recipe: Recipe, rows: Mapping[tuple[str, str], Row], old: Mapping[str, str]) -> str:
    if recipe.not_run:
        return Row(client=recipe.client, result=f"not run: {recipe.not_run}").line()
    if recipe.key in rows:
        return rows[recipe.key].line()
    return old.get(recipe.client) or Row(client=recipe.client, result="not run yet").line()


def client_of(line: str) -> str:
    return line.split(" | ")[0].removeprefix("| ").strip()


def clients_of(page: str, group: str) -> Iterable[str]:
    (rows,) = (match[0] for match in REGION.finditer(page) if match[2] == group)
    return [client_of(line) for line in rows.splitlines() if line.startswith("| ")][1:]
