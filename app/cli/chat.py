"""`elbarto chat`: a conversation in the terminal, with an engine in this process or with a running server."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Protocol

from app.cli import arguments
from app.cli.remote import RemoteModel
from app.errors import ConfigError, ElBartoError
from app.settings import SETTINGS, Settings

if TYPE_CHECKING:
    from collections.abc import Generator

    from app.serving.service import Service

Message = dict[str, str]

HELP = "/reset starts a new conversation; Ctrl-C stops an answer; /exit or Ctrl-D quits."


class ChatModel(Protocol):
    """A model to chat with, in this process or on a server."""

    def stream(self, messages: Sequence[Message]) -> Generator[str]:
        """The pieces of the answer as they are generated; raises ElBartoError. Closing it stops the generation."""

    def close(self) -> None: ...


def run(args: argparse.Namespace) -> int:
    is_interactive = sys.stdin.isatty()
    with closing(_connect(args)) as model:
        conversation = Conversation(model, is_interactive)
        if is_interactive:
            _enable_line_editing()
            print(HELP, file=sys.stderr)
        for line in _read_lines(is_interactive):
            if line == "/exit":
                break
            if line == "/reset":
                conversation.messages.clear()
            elif line:
                conversation.ask(line)
    return 0


class Conversation:
    """The messages so far and the model that answers them.

    In a terminal (`is_interactive`) errors are printed and Ctrl-C stops the current answer; otherwise both end the
    command, because no user is there to react.
    """

    def __init__(self, model: ChatModel, is_interactive: bool) -> None:
        self.messages: list[Message] = []
        self._model = model
        self._is_interactive = is_interactive

    def ask(self, text: str) -> None:
        """Print the answer as it is generated.

        The question and its answer are added to the conversation; of an interrupted answer, the part that was printed.
        A question without an answer is dropped.
        """
        messages = [*self.messages, {"role": "user", "content": text}]
        answer = ""
        try:
            with closing(self._model.stream(messages)) as pieces:
                for piece in pieces:
                    answer += piece
                    print(piece, end="", flush=True)
        except KeyboardInterrupt:
            if not self._is_interactive:
                raise
        except ElBartoError as error:
            if not self._is_interactive:
                raise
            print(f"elbarto: error: {error}", file=sys.stderr)
        finally:
            print(flush=True)
        if answer:
            self.messages = [*messages, {"role": "assistant", "content": answer}]


class LocalModel:
    """The engine in this process."""

    def __init__(self, settings: Settings, max_tokens: int | None) -> None:
        """Load the model; raises StartError."""
        from app import create_service  # imports torch

        self._max_tokens = max_tokens
        self._service: Service = create_service(settings)
        try:
            self._service.wait_until_ready()
        except BaseException:
            self.close()
            raise

    def stream(self, messages: Sequence[Message]) -> Generator[str]:
        from app.serving.requests import ChatRequest
        from app.serving.updates import Delta

        reply = self._service.chat(ChatRequest(messages=messages, max_tokens=self._max_tokens))
        try:
            for item in reply:
                if isinstance(item, Delta):
                    yield item.text
        finally:
            reply.abort()
        for warning in reply.warnings:
            print(f"\nelbarto: {warning}", end="", file=sys.stderr)

    def close(self) -> None:
        self._service.close()


def _connect(args: argparse.Namespace) -> ChatModel:
    settings = arguments.load(args).settings
    if args.url is None:
        logging.basicConfig(level=logging.ERROR)
        return LocalModel(settings, args.max_tokens)
    unused = next((name for name in arguments.given_settings(args) if name != "api_key"), None)
    if unused is not None:
        raise ConfigError(f"{SETTINGS[unused].flag} has no effect with --url: that server has its own settings")
    return RemoteModel(args.url, settings.api_key, args.max_tokens)


def _read_lines(is_interactive: bool) -> Iterator[str]:
    """What the user types until Ctrl-D or the end of the input, without surrounding whitespace."""
    while True:
        try:
            line = input("> " if is_interactive else "")
        except EOFError:
            if is_interactive:
                print()
            return
        except KeyboardInterrupt:
            if not is_interactive:
                raise
            print()  # abandon the line, as shells do
            continue
        yield line.strip()


def _enable_line_editing() -> None:
    """Importing readline gives `input` cursor keys and a history; Windows does not have it."""
    with suppress(ImportError):
        importlib.import_module("readline")
