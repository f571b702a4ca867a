"""`elbarto generate PROMPT`: one reply."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Generator
from contextlib import closing

from app.cli import flags
from app.cli.connection import connect
from app.cli.options import add_max_tokens, not_negative, read_stdin
from app.cli.replies import End, Item, Piece, WatchedStep
from app.cli.watch import Drawing
from app.errors import ConfigError

HELP = "Print the model's reply to one prompt, each block as it is committed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", metavar="PROMPT", nargs="?", help="- or none: read it from stdin")
    parser.add_argument("--system", metavar="TEXT", help="a system message before the prompt")
    add_max_tokens(parser)
    parser.add_argument(
        "--watch", dest="is_watched", action="store_true", help="show the blocks while they are denoised, in a terminal"
    )
    parser.add_argument(
        "--delay", type=not_negative, default=40, metavar="MS", help="with --watch: time for a step to be seen (40)"
    )
    parser.add_argument("--stats", action="store_true", help="print the reply's counters at the end")
    parser.add_argument("--json", action="store_true", help="print the reply, its counters and warnings as JSON")
    flags.add_server(parser, "instead of loading the model")
    flags.add_settings(parser, flags.ENGINE_GROUPS)


def run(args: argparse.Namespace) -> int:
    messages = [{"role": "user", "content": _prompt(args)}]
    if args.system is not None:
        messages.insert(0, {"role": "system", "content": args.system})
    with closing(connect(args)) as model:
        drawing = Drawing.on_terminal(args.delay / 1000) if args.is_watched else None
        with closing(model.follow(messages, is_watched=drawing is not None)) as items:
            text, end = _print(items, drawing, is_quiet=args.json or (drawing is not None and drawing.is_stdout))
    if args.json:
        body = {"text": text, "finish_reason": end.finish_reason, "stats": end.stats, "warnings": list(end.warnings)}
        print(json.dumps(body, indent=2, ensure_ascii=False))
        return 0
    if args.stats:
        for name, value in end.stats.items():
            print(f"{name:20} {value:.1f}" if isinstance(value, float) else f"{name:20} {value}", file=sys.stderr)
    if end.finish_reason == "length":
        print("elbarto: the reply was cut at its maximum length (--max-tokens)", file=sys.stderr)
    for warning in end.warnings:
        print(f"elbarto: {warning}", file=sys.stderr)
    return 0


def _prompt(args: argparse.Namespace) -> str:
    """Raises ConfigError for an empty one."""
    if args.prompt is None and sys.stdin.isatty():
        raise ConfigError("generate needs a PROMPT: in quotes, or on stdin")
    prompt: str = read_stdin() if args.prompt in (None, "-") else args.prompt
    if not prompt.strip():
        raise ConfigError("the prompt is empty")
    return prompt


def _print(items: Generator[Item], drawing: Drawing | None, is_quiet: bool) -> tuple[str, End]:
    """The whole text and the end; the text is printed as it comes, unless the drawing shows it on stdout."""
    text, end = "", End(None)
    try:
        for item in items:
            if isinstance(item, End):
                end = item
            elif isinstance(item, Piece):
                text += item.text
                if not is_quiet:
                    print(item.text, end="", flush=True)
            if drawing is not None and isinstance(item, Piece | WatchedStep):
                drawing.show(item)
    finally:
        if drawing is not None:
            drawing.close()
    if not is_quiet:
        print()
    return text, end
