"""`python -m tests.clients.table [CLIENT ...]`: install each client, run it, remove it, write its row.

Without names all are run, one after the other: some take minutes, and some need gigabytes for as long.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from app.paths import EMBEDDED_MODEL
from app.settings import ROOT
from tests.clients.table import RECIPES, page
from tests.clients.table.drive import drive, judge, summary
from tests.clients.table.install import NotInstalled, install
from tests.clients.table.page import Row
from tests.clients.table.recipe import Recipe
from tests.servers import Server, running

FOLDER = ROOT / ".clients"
LONG_CONTEXT = 32_768
NEWLINE = "Ċ"  # as byte-level vocabularies write it
UV = "uv==0.13.8"


def main(argv: list[str] | None = None) -> int:
    """The exit status is 1 if a client that was installed does not work."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients.table", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help="as named in docs/clients.md; by default all")
    parser.add_argument("--keep", action="store_true", help="leave the installed clients in .clients/")
    arguments = parser.parse_args(argv)
    known = {recipe.client for recipe in RECIPES}
    if unknown := sorted(set(arguments.clients) - known):
        parser.error(f"no client {unknown[0]!r}: there are {', '.join(sorted(known))}")
    chosen = [
        recipe
        for recipe in RECIPES
        if not recipe.not_run and (not arguments.clients or recipe.client in arguments.clients)
    ]

    FOLDER.mkdir(exist_ok=True)
    models = {False: EMBEDDED_MODEL, True: _long_model()}
    works = True
    with (
        running(FOLDER / "server.log", ELBARTO_MODEL_PATH=str(models[False])) as short,
        running(
            FOLDER / "server-long.log",
            ELBARTO_MODEL_PATH=str(models[True]),
            ELBARTO_MAX_SEQUENCES="4",
        ) as long,
    ):
        servers = {False: short, True: long}
        for server in servers.values():
            server.wait_until_ready()
        for recipe in chosen:
            row = _row(recipe, servers, models, arguments.keep)
            print(row.line(), flush=True)
            page.write({recipe.key: row})
            works = works and row.result.startswith(("works", "not run"))
        for server in servers.values():
            server.stop()
    return 0 if works else 1


def _row(recipe: Recipe, servers: Mapping[bool, Server], models: Mapping[bool, Path], keep: bool) -> Row:
    today = date.today().isoformat()
    folder = FOLDER / re.sub(r"\W+", "-", f"{recipe.group} {recipe.client}")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        version, commands = install(recipe, folder / "installed", _uv())
        needs_long = recipe.needs_long_context
        seen = drive(recipe, servers[needs_long], models[needs_long], folder / "work", commands)
    except NotInstalled as reason:
        return Row(client=recipe.client, result=f"not run: {reason}", date=today)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(".log").write_text(seen.output, encoding="utf-8")
    asked, result = judge(recipe, seen)
    return Row(
        client=recipe.client,
        version=version,
        asked=asked,
        result=f"{result}. {recipe.remark}" if recipe.remark else result,
        requests=summary(seen.requests),
        date=today,
    )


def _long_model() -> Path:
    """The embedded weights, with a config that promises a longer context, and random replies that end with their line.

    What the model says about prompts of this length is noise, which would go on for ever.
    """
    folder = FOLDER / "elbarto-mini-long"
    shutil.copytree(EMBEDDED_MODEL, folder, dirs_exist_ok=True)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["max_position_embeddings"] = LONG_CONTEXT
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    line_ends = [token_id for token, token_id in vocabulary.items() if token.startswith(NEWLINE)]
    defaults = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    defaults["eos_token_id"] = [config["eos_token_id"], *line_ends]
    defaults["elbarto"]["temperature"] = 1.0
    (folder / "generation_config.json").write_text(json.dumps(defaults), encoding="utf-8")
    return folder


def _uv() -> Path:
    """Installs Python clients: pip takes minutes to choose the versions of some."""
    folder = FOLDER / "uv"
    if not (folder / "bin" / "uv").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", UV], check=True)
    return folder / "bin" / "uv"


if __name__ == "__main__":
    sys.exit(main())
