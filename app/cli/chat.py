"""`elbarto chat`: a conversation in the terminal, with an engine in this process or with a running server."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from typing import Protocol

from app.cli import flags
from app.cli.connection import connect
from app.cli.options import add_max_tokens
from app.cli.replies import End, Item, Message, Piece
from app.errors import ElBartoError

HELP = "Chat with the model in the terminal; reads lines if stdin is not a terminal."
KEYS = (
    "/reset starts a new conversation; Ctrl-C stops an answer; /exit or Ctrl-D quits. "
    'A message of several lines is between two """.'
)
QUOTES = '"""'


class ChatModel(Protocol):
    """The part of a Model that a conversation needs."""

    def follow(self, messages: Sequence[Message], is_watched: bool = False) -> Generator[Item]: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--system", metavar="TEXT", help="a system message at the beginning of every conversation")
    add_max_tokens(parser)
    flags.add_server(parser, "instead of loading the model")
    flags.add_settings(parser, flags.ENGINE_GROUPS)


def run(args: argparse.Namespace) -> int:
    is_interactive = sys.stdin.isatty()
    with closing(connect(args)) as model:
        conversation = Conversation(model, is_interactive, args.system)
        if is_interactive:
            _enable_line_editing()
            print(KEYS, file=sys.stderr)
        for message in _read_messages(is_interactive):
            if message == "/exit":
                break
            if message == "/reset":
                conversation.reset()
            elif message:
                conversation.ask(message)
    return 0


class Conversation:
    """The messages so far and the model that answers them.

    In a terminal (`is_interactive`) errors are printed and Ctrl-C stops the current answer; otherwise both end the
    command, because no user is there to react.
    """

    def __init__(self, model: ChatModel, is_interactive: bool, system: str | None = None) -> None:
        self.messages: list[Message] = []
        self._model = model
        self._is_interactive = is_interactive
        self._system = system
        self.reset()

    def reset(self) -> None:
        self.messages = [] if self._system is None else [{"role": "system", "content": self._system}]

    def ask(self, text: str) -> None:
        """Print the answer as it is generated.

        The question and its answer are added to the conversation; of an interrupted answer, the part that was printed.
        A question without an answer is dropped.
        """
        messages = [*self.messages, {"role": "user", "content": text}]
        answer, end = "", End(None)
        try:
            with closing(self._model.follow(messages)) as items:
                for item in items:
                    if isinstance(item, Piece):
                        answer += item.text
                        print(item.text, end="", flush=True)
                    elif isinstance(item, End):
                        end = item
        except KeyboardInterrupt:
            if not self._is_interactive:
                raise
        except ElBartoError as error:
            if not self._is_interactive:
                raise
            print(f"elbarto: error: {error}", file=sys.stderr)
        finally:
            print(flush=True)
        for warning in end.warnings:
            print(f"elbarto: {warning}", file=sys.stderr)
        if answer:
            self.messages = [*messages, {"role": "assistant", "content": answer}]


def _read_messages(is_interactive: bool) -> Iterator[str]:
    """What the user types until Ctrl-D or the end of the input, without surrounding whitespace.

    A line is a message; so are several lines between two times three quotes.
    """
    lines: list[str] = []
    while True:
        try:
            line = input("" if not is_interactive else ". " if lines else "> ")
        except EOFError:
            if is_interactive:
                print()
            return
        except KeyboardInterrupt:
            if not is_interactive:
                raise
            print()  # abandon the message, as shells do
            lines = []
            continue
        lines.append(line)
        message = "\n".join(lines).strip()
        if not message.startswith(QUOTES):
            yield message
        elif len(message) >= 2 * len(QUOTES) and message.endswith(QUOTES):
            yield message.removeprefix(QUOTES).removesuffix(QUOTES).strip()
        else:
            continue
        lines = []


def _enable_line_editing() -> None:
    """Importing readline gives `input` cursor keys and a history; Windows does not have it."""
    with suppress(ImportError):
        importlib.import_module("readline")
