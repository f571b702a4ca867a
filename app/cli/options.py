"""Options that several commands share, and checks of their values."""

from __future__ import annotations

import argparse
import sys

from app.errors import ConfigError


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a positive integer, got {text!r}")
    return int(text)


def not_negative(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be an integer from 0, got {text!r}")
    return int(text)


def add_max_tokens(parser: argparse.ArgumentParser, what: str = "in a reply") -> None:
    parser.add_argument("--max-tokens", type=positive, metavar="N", help=f"maximum number of tokens {what}")


def read_stdin() -> str:
    """All of it. Raises ConfigError for input that is not UTF-8."""
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError("the input is not UTF-8") from None
