"""`elbarto inspect`: what a checkpoint is, what it needs here, and whether it can be served. Reads headers only."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import warnings

from app.cli import arguments, flags

HELP = "Describe a checkpoint, and say whether it can be served here. Reads headers only."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", nargs="?", metavar="PATH_OR_ID", help="a folder or a Hugging Face id (the model that is served)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON; sizes are in bytes")
    flags.add_settings(parser, (flags.MODEL, flags.MACHINE, flags.LIMITS))


def run(args: argparse.Namespace) -> int:
    """0 if the checkpoint can be served with these settings, else 1."""
    settings = arguments.load(args).settings
    if args.path is not None:
        settings = dataclasses.replace(settings, model_path=args.path)
    from huggingface_hub.utils.tqdm import disable_progress_bars
    from transformers.utils.logging import set_verbosity

    from app import model_source
    from app.inspection.inspect import inspect  # imports torch
    from app.inspection.text import to_text

    disable_progress_bars()  # the small files of a hub id take moments
    set_verbosity(logging.ERROR)  # its advice is for programmers
    with warnings.catch_warnings(action="ignore"):
        report = inspect(model_source(settings))
    if args.json:
        print(json.dumps(dataclasses.asdict(report) | {"can_be_served": report.can_be_served}, indent=2))
    else:
        print(to_text(report), end="")
    return 0 if report.can_be_served else 1
