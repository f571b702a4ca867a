"""`elbarto fill FILE`: fill the holes of a file, all in view of each other."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from app.cli import code_files, filling, flags
from app.cli.connection import connect
from app.cli.options import add_max_tokens
from app.errors import ConfigError
from lsp.text.holes import find_holes

HELP = "Fill the holes of a file: ___, ..., empty bodies, TODO comments. Shows a diff, then asks."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    code_files.add_arguments(parser)
    code_files.add_lines(parser, "only the holes in these lines; may be repeated")
    parser.add_argument("--hint", metavar="TEXT", help="what belongs there; a TODO comment is a hint too")
    add_max_tokens(parser, "in a hole")
    flags.add_server(parser, "instead of loading the model")
    flags.add_settings(parser, flags.ENGINE_GROUPS)


def run(args: argparse.Namespace) -> int:
    file = code_files.read(args)
    spans = code_files.spans_of(args.lines, file.text) or [(0, len(file.text))]
    holes = [
        hole
        for hole in find_holes(file.text, file.language)
        if (hole.is_certain or args.lines) and any(start <= hole.start and hole.end <= end for start, end in spans)
    ]
    if not holes:
        raise ConfigError(f"{file.path} has no holes there: write ___ or ... where code is missing")
    with closing(connect(args)) as model:
        text, warnings = filling.fill(model, filling.Order(file, holes, args.hint, args.max_tokens))
    for warning in warnings:
        print(f"elbarto: {warning}", file=sys.stderr)
    return code_files.offer(file, text, args.write)
