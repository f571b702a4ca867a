"""The command line: `elbarto serve | generate | chat | config | eval`, or `python -m app ...` in the source tree.

Each command has its own module. Only those that load the model in this process import torch, and only once they run.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app import __version__
from app.cli import chat, config, evaluate, generate, serve
from app.errors import ElBartoError
from app.paths import COMMAND
from app.settings import SETTINGS


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return 0
    try:
        return int(args.run(args))
    except ElBartoError as error:
        print(f"elbarto: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # as in `generate ... | head`; the flush at exit must not fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=COMMAND, description="El Barto Serve", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"El Barto Serve {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    settings = _settings_parser()

    def add(name: str, help: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help, description=help, parents=[settings], allow_abbrev=False)

    add("serve", "Start the server.").set_defaults(run=serve.run)

    one_reply = add("generate", "Print the model's reply to one prompt, each block as it is committed.")
    one_reply.add_argument("prompt", metavar="PROMPT")
    _add_max_tokens(one_reply)
    one_reply.add_argument("--stats", action="store_true", help="print the reply's counters at the end")
    one_reply.set_defaults(run=generate.run)

    conversation = add("chat", "Chat with the model in the terminal; reads lines if stdin is not a terminal.")
    conversation.add_argument(
        "--url", help="use a running server, such as http://127.0.0.1:8000, instead of loading the model"
    )
    _add_max_tokens(conversation)
    conversation.set_defaults(run=chat.run)

    config_command = add("config", "Print a commented settings file in YAML.")
    config_command.add_argument("--show", action="store_true", help="print each effective setting and its source")
    config_command.set_defaults(run=config.run)

    evaluation = commands.add_parser("eval", help=evaluate.HELP, description=evaluate.HELP, allow_abbrev=False)
    evaluate.add_arguments(evaluation)
    evaluation.set_defaults(run=evaluate.run)
    return parser


def _add_max_tokens(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--max-tokens", type=_positive, metavar="N", help="maximum number of tokens in a reply")


def _settings_parser() -> argparse.ArgumentParser:
    """One flag for each setting. The values stay text: app.settings checks them, whatever their source."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    group = parser.add_argument_group(
        "settings", "Precedence: these flags, the YAML file, environment variables, .env in the working directory."
    )
    group.add_argument("--config", type=Path, metavar="FILE", help="a YAML file of settings (or ELBARTO_CONFIG)")
    for name, info in SETTINGS.items():
        help_text = f"{info.help} ({info.allowed})".replace("%", "%%")
        if info.is_boolean:
            group.add_argument(info.flag, dest=name, nargs="?", const="true", metavar="BOOL", help=help_text)
        else:
            group.add_argument(info.flag, dest=name, metavar=name.rpartition("_")[2].upper(), help=help_text)
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a positive integer, got {text!r}")
    return int(text)
