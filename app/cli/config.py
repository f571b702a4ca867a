"""`elbarto config`: the example settings file, or the settings in force."""

from __future__ import annotations

import argparse
import sys

from app.cli import arguments, flags
from app.errors import StartError
from app.settings import example_yaml, show

HELP = "Print a commented settings file in YAML."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--show",
        action="store_true",
        help="print each setting and where it comes from; takes the flags of `serve` too, as they would be given there",
    )
    flags.add_key_file(parser)
    flags.add_settings(parser, flags.ALL_GROUPS, is_hidden=True)


def run(args: argparse.Namespace) -> int:
    """`--show` also reads the checkpoint's generation_config.json, if the checkpoint is on this machine."""
    if not args.show:
        print(example_yaml(), end="")
        return 0
    loaded = arguments.load(args)
    from app import explain_defaults, model_source
    from app.inspection.preflight import check_path

    print(show(loaded, explain_defaults(loaded.settings)))
    try:
        check_path(model_source(loaded.settings))
    except StartError as error:
        print(f"elbarto: warning: {arguments.in_users_words(str(error), args)}", file=sys.stderr)
    return 0
