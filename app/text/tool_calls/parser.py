"""Finds calls in a reply's text while it arrives."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from app.text.tool_calls.json_objects import ObjectScanner, read_call
from app.text.tool_calls.tools import ToolUse

# Of a call that a grammar constrains, up to its arguments.
HEAD = re.compile(r'\s*\{\s*"name"\s*:\s*"([^"]*)"\s*,\s*"(?:arguments|parameters)"\s*:\s*(?=\{)')

Before = Literal["start", "text", "call"]  # what stands before a place


@dataclass(frozen=True)
class CallBegun:
    """A new call, whose arguments follow."""

    index: int
    name: str
    id: str = field(default_factory=lambda: f"call_{secrets.token_hex(12)}", compare=False)


@dataclass(frozen=True)
class CallArguments:
    """More of the JSON of a call's arguments."""

    index: int
    text: str


Part = str | CallBegun | CallArguments
Steps = Generator[Part, None, bool]  # returns whether there may be more to do


class Markers(Protocol):
    """Where a family writes its calls: an object with `name` and the arguments, between markers."""

    tail: str  # what follows the object in a constrained call

    def opening(self, text: str, before: Before) -> tuple[int, int | None]:
        """The number of characters that are no part of a call, and that of the marker behind them. None: what follows
        them does not open a call so far. Then it may become a marker, or there is nothing.
        """
        ...

    def closing(self, text: str, is_over: bool) -> int | None:
        """The number of characters that close a call, at the text's start; None if they have not arrived yet, and -1 if
        they are missing.
        """
        ...


class CallParser:
    """Takes a reply's text in pieces. Text outside of calls passes at once, without the whitespace around calls and
    without markers. What turns out not to be a call passes as text, as it is.

    Calls that a grammar constrains pass while they arrive, others once they are complete.
    """

    def __init__(self, markers: Markers, use: ToolUse) -> None:
        self._markers, self._use = markers, use
        self._names = {tool.name for tool in use.callable}
        self.num_calls = 0
        self._is_cut = False  # the text ended in the middle of a call
        self._held = ""  # text that is not settled
        self._before: Before = "start"
        self._opened = ""  # the marker of the current call, with the whitespace before it
        self._scanner = ObjectScanner()
        self._scanned = 0  # characters of the held text that the scanner has seen
        self._step: Callable[[bool], Steps] = self._text

    def add(self, text: str) -> list[Part]:
        self._held += text
        return list(self._run(is_over=False))

    def flush(self) -> list[Part]:
        """What was held back, at the end of the text."""
        return list(self._run(is_over=True))

    def finish_reason(self, reason: str) -> str:
        """After `flush`: "tool_calls" instead of the reply's own `reason`, if there are calls and none is cut."""
        is_cut = self._is_cut and (reason == "length" or self._use.is_certain)
        return "tool_calls" if self.num_calls and not is_cut else reason

    def _run(self, is_over: bool) -> Generator[Part]:
        while (yield from self._step(is_over)):
            pass

    def _text(self, is_over: bool) -> Steps:
        num_text, num_marker = self._markers.opening(self._held, self._before)
        if num_marker is None and is_over:
            yield from self._end_text()
            return False
        text = self._held[:num_text].rstrip()
        yield from self._pass(text)
        end = num_text + (num_marker or 0)
        if num_marker is None:
            self._held = self._held[len(text) :]
            return False
        self._opened, self._held = self._held[len(text) : end], self._held[end:]
        self._scanner, self._scanned = ObjectScanner(), 0
        self._step = self._constrained if self._use.is_certain else self._free
        return True

    def _end_text(self) -> Generator[Part]:
        if self._use.is_certain:  # a part of a marker: nothing else can be outside of constrained calls
            self._is_cut = bool(self._held.strip())
        else:
            yield from self._pass(self._held)
        self._held = ""

    def _pass(self, text: str) -> Generator[Part]:
        if self._before == "call":
            text = text.lstrip()
        if text:
            self._before = "text"
            yield text

    def _free(self, is_over: bool) -> Steps:
        end = self._scan()
        if end is None and not self._scanner.is_broken and not is_over:
            return False
        self._is_cut = end is None and not self._scanner.is_broken
        closing = -1 if end is None else self._markers.closing(self._held[end:], is_over)
        if closing is None:
            return False
        call = read_call(self._held[:end]) if closing >= 0 else None
        self._step = self._text
        if end is None or call is None or call[0] not in self._names:
            yield from self._pass(self._opened)
            self._before = "text"
            return True
        if self._use.max_calls is None or self.num_calls < self._use.max_calls:
            yield CallBegun(self.num_calls, call[0])
            yield CallArguments(self.num_calls, call[1])
            self.num_calls += 1
        self._held, self._before = self._held[end + closing :], "call"
        return True

    def _scan(self) -> int | None:
        """The end of the object in the held text. Once found, it is kept."""
        if not self._scanner.is_complete:
            end = self._scanner.feed(self._held[self._scanned :])
            self._scanned = len(self._held) if end is None else self._scanned + end
        return self._scanned if self._scanner.is_complete else None

    def _constrained(self, is_over: bool) -> Steps:
        head = HEAD.match(self._held)
        if head is None:
            self._is_cut |= is_over
            return False
        yield CallBegun(self.num_calls, head[1])
        self.num_calls += 1
        self._held, self._step = self._held[head.end() :], self._arguments
        return True

    def _arguments(self, is_over: bool) -> Steps:
        end = self._scanner.feed(self._held)
        text = self._held[:end]
        if text:
            yield CallArguments(self.num_calls - 1, text)
        self._held = self._held[len(text) :]
        if end is None:
            self._is_cut |= is_over
            return False
        self._step = self._close
        return True

    def _close(self, is_over: bool) -> Steps:
        """The arguments are complete, so what is missing here makes the call no worse."""
        yield from ()
        tail = "}" + self._markers.tail
        if not is_over and len(self._held) < len(tail):
            return False
        self._held, self._before, self._step = self._held[len(tail) :], "call", self._text
        return True
