"""`elbarto config`: the example settings file, or the settings in force."""

from __future__ import annotations

import argparse

from app.cli import arguments
from app.settings import example_yaml, show


def run(args: argparse.Namespace) -> int:
    """`--show` also reads the checkpoint's generation_config.json, if the checkpoint is on this machine."""
    if not args.show:
        print(example_yaml(), end="")
        return 0
    loaded = arguments.load(args)
    from app import explain_defaults

    print(show(loaded, explain_defaults(loaded.settings)))
    return 0
