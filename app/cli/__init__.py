"""The command line: `elbarto serve | generate | chat | fill | edit | ...`, or `python -m app ...`.

Nothing is imported here that takes time or may be missing, so that Ctrl-C and a wrong Python get their answer. Each
command has its own module. Only those that load the model in this process import torch, and only once they run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    from app.cli import interrupts

    restore = interrupts.end_at_once()
    try:
        return _run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        return interrupts.EXIT_CODE
    except BrokenPipeError:  # as in `generate ... | head`; the flush at exit must not fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except ModuleNotFoundError as error:
        print(f"elbarto: error: {_missing(error)}", file=sys.stderr)
        return 2
    finally:
        restore()


def _run(argv: Sequence[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 (somebody's python3 may be older)
        print(f"elbarto: error: Python 3.11 or newer is needed; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    from app.cli.arguments import in_users_words
    from app.cli.parser import parse
    from app.errors import ElBartoError

    args = parse(argv)
    if args is None:
        return 0
    try:
        return int(args.run(args))
    except ElBartoError as error:
        print(f"elbarto: error: {in_users_words(str(error), args)}", file=sys.stderr)
        return 2


def _missing(error: ModuleNotFoundError) -> str:
    """What to do about a package that is not there: most likely this is the system's Python, not the one of .venv."""
    from app.paths import IS_INSTALLED, ROOT

    hint = "install the package again"
    if not IS_INSTALLED:
        python = ROOT / ".venv" / "bin" / "python"
        hint = f"use {python}" if python.exists() else "run `make serve`, which makes .venv, and use .venv/bin/python"
    return f"{sys.executable} has no package {error.name!r}: {hint}"


def _parser() -> argparse.ArgumentParser:
    """For docs/generate.py."""
    from app.cli.parser import build_parser

    return build_parser()
