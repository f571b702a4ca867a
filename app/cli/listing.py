"""`elbarto list`: the models on this machine."""

from __future__ import annotations

import argparse
import dataclasses
import json
import textwrap

from app.cli.tables import table
from app.paths import COMMAND, EMBEDDED_MODEL

HELP = "List the models on this machine: the embedded one, and those in the cache of the Hugging Face hub."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON; sizes are in bytes")


def run(args: argparse.Namespace) -> int:
    from app.inspection.cached import models_here

    models = models_here(EMBEDDED_MODEL)
    if args.json:
        print(json.dumps([dataclasses.asdict(model) for model in models], indent=2))
        return 0
    rows = [("model", "size", "family", "")]
    for model in models:
        problem = "" if model.problem is None else textwrap.shorten(model.problem, 100)
        rows.append((model.name, _size(model.num_bytes), model.family or "-", problem))
    print(table(rows))
    print(f"\nServe one with `{COMMAND} serve MODEL`; `{COMMAND} inspect MODEL` says more about it.")
    return 0


def _size(num_bytes: int) -> str:
    return f"{num_bytes / 1e9:.1f} GB" if num_bytes >= 1e9 else f"{num_bytes / 1e6:.1f} MB"
