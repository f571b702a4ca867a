"""The arguments of all commands. A mistake is one line, with what was probably meant."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import NoReturn

from app import __version__
from app.cli import chat, cluster, config, edit, evaluate, fill, generate, inspect, listing, ps, pull, serve
from app.paths import COMMAND

COMMANDS: Mapping[str, ModuleType] = {
    "serve": serve,
    "cluster": cluster,
    "generate": generate,
    "chat": chat,
    "fill": fill,
    "edit": edit,
    "list": listing,
    "pull": pull,
    "inspect": inspect,
    "ps": ps,
    "config": config,
    "eval": evaluate,
}


class Parser(argparse.ArgumentParser):
    """Does not print its usage for a mistake: that would be 20 lines before the one that counts."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"elbarto: error: {message}; see `{self.prog} --help`\n")


def build_parser() -> Parser:
    parser = Parser(
        prog=COMMAND,
        usage=f"{COMMAND} COMMAND [options]",
        description="El Barto Serve: block-diffusion code models.",
        epilog=f"`{COMMAND} COMMAND --help` explains a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"El Barto Serve {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog=COMMAND)
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP, description=module.HELP, allow_abbrev=False)
        module.add_arguments(command)
        positionals = [each.metavar if each.required else f"[{each.metavar}]" for each in _positionals(command)]
        command.usage = " ".join([command.prog, *map(str, positionals), "[options]"])
        command.set_defaults(run=module.run)
    return parser


def parse(argv: Sequence[str]) -> argparse.Namespace | None:
    """The arguments of a command; None if there is none, after printing the help. Exits with 2 for a mistake."""
    parser = build_parser()
    commands = _subparsers(parser)
    argv = [_hyphened(text) for text in _before_dashes(argv)] + list(argv)[len(_before_dashes(argv)) :]
    if not argv:
        parser.print_help()
        return None
    if argv[0].startswith("-") and argv[0] not in parser._option_string_actions:
        parser.error(f"{argv[0]} is in the place of a command; options follow one, as in `{COMMAND} serve {argv[0]}`")
    if not argv[0].startswith("-") and argv[0] not in commands:
        parser.error(f"there is no command {argv[0]!r}{_did_you_mean(argv[0], commands)}")
    args, rest = parser.parse_known_args(argv)
    if rest:
        _refuse(parser, commands, args.command, rest)
    if args.command is None:
        parser.print_help()
        return None
    return args


def _subparsers(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    (action,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    choices: Mapping[str, argparse.ArgumentParser] = action.choices
    return choices


def _positionals(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if not action.option_strings]


def _before_dashes(argv: Sequence[str]) -> list[str]:
    """What comes before `--`: everything behind it is text."""
    return list(argv[: argv.index("--")] if "--" in argv else argv)


def _hyphened(text: str) -> str:
    """--gen_length=8 is --gen-length=8."""
    name, equals, value = text.partition("=")
    return name.replace("_", "-") + equals + value if name.startswith("--") else text


def _refuse(
    parser: argparse.ArgumentParser,
    commands: Mapping[str, argparse.ArgumentParser],
    name: str | None,
    rest: Sequence[str],
) -> NoReturn:
    """For arguments that nobody takes; `name` is the command's."""
    command = parser if name is None else commands[name]
    flags = [text.partition("=")[0] for text in rest if text.startswith("-") and text != "-"]
    if not flags and [each.metavar for each in _positionals(command)] == ["PROMPT"]:
        command.error(f"{rest[0]!r} is a word too many: put the prompt in quotes")
    if not flags:
        command.error(f"{rest[0]!r} is an argument too many")
    others = [each for each, other in commands.items() if flags[0] in other._option_string_actions and each != name]
    if others and not difflib.get_close_matches(flags[0], command._option_string_actions, n=1, cutoff=0.85):
        command.error(f"{name or COMMAND} has no option {flags[0]}; {others[0]} has")
    command.error(f"there is no option {flags[0]}{_did_you_mean(flags[0], command._option_string_actions)}")


def _did_you_mean(text: str, names: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(text, [name for name in names if len(name) > 2], n=1)
    return f": did you mean {close[0]}?" if close else ""
