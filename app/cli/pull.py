"""`elbarto pull ID`: download a checkpoint from the Hugging Face hub, and check it."""

from __future__ import annotations

import argparse
import logging
import warnings

from app.paths import COMMAND

HELP = "Download a checkpoint from the Hugging Face hub, and check it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="owner/name")
    parser.add_argument("--revision", metavar="REVISION", help="a branch, tag or commit")


def run(args: argparse.Namespace) -> int:
    """0 if everything is there and can be served, else 1."""
    from transformers.utils.logging import set_verbosity

    from app.inspection.pull import pull  # imports torch

    set_verbosity(logging.ERROR)  # its advice is for programmers
    with warnings.catch_warnings(action="ignore"):
        report = pull(args.id, args.revision)
    revision = f" --model-revision {args.revision}" if args.revision else ""
    print(f"{args.id} is in {report.path}")
    if report.stored is not None:
        print(f"{report.stored.num_tensors} tensors, {report.stored.num_bytes / 1e6:.1f} MB, headers and sizes agree")
    for problem in report.problems:
        print(f"It cannot be served: {problem}")
    if report.can_be_served:
        print(f"Serve it: {COMMAND} serve {args.id}{revision}")
    return 0 if report.can_be_served else 1
