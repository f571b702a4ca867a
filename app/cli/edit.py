"""`elbarto edit FILE`: change lines of a file, or only the tokens that the model is unsure of."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from app.cli import code_files, filling, flags
from app.cli.code_files import CodeFile
from app.cli.connection import connect
from app.cli.options import add_max_tokens
from app.cli.replies import Mode, Model, SpanRequest
from app.errors import ConfigError
from lsp.text.cursor import leading_space
from lsp.text.holes import Hole

HELP = "Rewrite lines of a file, or denoise its doubtful tokens again. Shows a diff, then asks."
MODES = ("redenoise", "polish", "rewrite")
NUM_REWRITES = 3  # candidates; the first that differs from the present lines is used


def add_arguments(parser: argparse.ArgumentParser) -> None:
    code_files.add_arguments(parser)
    code_files.add_lines(parser, "which lines to change; may be repeated (all)")
    parser.add_argument(
        "--mode",
        choices=MODES,
        default=MODES[0],
        metavar="MODE",
        help="redenoise: only tokens that the model is unsure of; polish: the least sure ones, repeatedly; "
        "rewrite: all of the lines (redenoise)",
    )
    parser.add_argument("--hint", metavar="TEXT", help="rewrite: what the lines should do")
    add_max_tokens(parser, "in the new lines (rewrite)")
    flags.add_server(parser, "instead of loading the model")
    flags.add_settings(parser, flags.ENGINE_GROUPS)


def run(args: argparse.Namespace) -> int:
    file = code_files.read(args)
    spans = code_files.spans_of(args.lines, file.text)
    _check(args, file, spans)
    with closing(connect(args)) as model:
        if args.mode == "rewrite":
            holes = [_rewritten(file.text, start, end) for start, end in spans]
            order = filling.Order(file, holes, args.hint, args.max_tokens, NUM_REWRITES)
            text, warnings = filling.fill(model, order)
        else:
            text, warnings = _denoised_again(model, file, args.mode, spans or [(0, len(file.text))])
    for warning in warnings:
        print(f"elbarto: {warning}", file=sys.stderr)
    return code_files.offer(file, text, args.write)


def _check(args: argparse.Namespace, file: CodeFile, spans: list[tuple[int, int]]) -> None:
    """Raises ConfigError."""
    if not file.text.strip():
        raise ConfigError(f"{file.path} has no text")
    if args.mode == "rewrite" and not spans:
        raise ConfigError("--mode rewrite needs --lines: which lines to write anew")
    for name in ("hint", "max_tokens"):
        if args.mode != "rewrite" and getattr(args, name) is not None:
            raise ConfigError(f"--{name.replace('_', '-')} has no effect with --mode {args.mode}")


def _rewritten(text: str, start: int, end: int) -> Hole:
    """The hole begins after the first line's indentation."""
    start += len(leading_space(text[start:end]))
    return Hole(start, end, text[start:end], "selection")


def _denoised_again(model: Model, file: CodeFile, mode: Mode, spans: list[tuple[int, int]]) -> tuple[str, list[str]]:
    filled = model.denoise_again(SpanRequest(file.text, spans, mode, file.language))
    parts, end = [], 0
    for (start, stop), new in zip(spans, filled.candidates[0], strict=True):
        parts += [file.text[end:start], new]
        end = stop
    return "".join([*parts, file.text[end:]]), list(filled.warnings)
