"""Whether texts are code: the syntax errors that tree-sitter finds in them.

tree-sitter and the languages' packages are optional (requirements-syntax.txt). They run in a process of their own
(app/text/syntax_errors.py): no other thread waits for the parser, and a text on which it takes gigabytes or minutes,
such as 50,000 characters of "a<b<" in Java, costs that process only.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pkgutil
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from app.errors import RequestError, Unsupported

logger = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("syntax_errors.py")
MAX_CHARACTERS = 200_000  # of a text that is parsed; these take 10 to 60 ms
MAX_S = 1.0  # for all texts of a request together
MEMORY_BYTES = 2**30
CORE = "tree_sitter"
SEVERAL = {"typescript": ("typescript", "tsx")}  # packages with several languages
NOT_LANGUAGES = ("languages", "language_pack")  # packages that are collections, with another interface


class Syntax:
    """The languages that are installed, and the parser's process, which starts with the first text. Any thread may
    call it.
    """

    def __init__(self, max_s: float = MAX_S, memory_bytes: int = MEMORY_BYTES) -> None:
        self._max_s, self._memory_bytes = max_s, memory_bytes
        self._lock = threading.Lock()  # one request after another
        self._process: subprocess.Popen[bytes] | None = None
        self._stop: Callable[[], object] = lambda: None  # ends it; called at the exit of this program, too

    @property
    def languages(self) -> list[str]:
        return sorted(self._found)

    def check(self, language: str, param: str) -> None:
        """Raises RequestError, which names `param`, for a language that is not installed."""
        if not self._found:
            raise Unsupported(
                f"{param} is not supported: this server has no tree-sitter (pip install -r requirements-syntax.txt).",
                param,
            )
        if language not in self._found:
            known = ", ".join(self.languages)
            raise RequestError(
                f"{param} must be one of {known}, which are installed on this server, got {language}.", param
            )

    def count_errors(self, language: str, texts: Sequence[str]) -> list[int | None]:
        """The number of places at which each text is not code; None: it is too long, or there was no time for it."""
        short = [text for text in texts if len(text) <= MAX_CHARACTERS]
        if not self._lock.acquire(timeout=self._max_s):
            return [None] * len(texts)
        try:
            counts = iter(self._ask(language, short, time.monotonic() + self._max_s))
        finally:
            self._lock.release()
        return [next(counts, None) if len(text) <= MAX_CHARACTERS else None for text in texts]

    @cached_property
    def _found(self) -> Mapping[str, str]:
        """The package of each language."""
        if find_spec(CORE) is None:
            return {}
        prefix = f"{CORE}_"
        names = [each.name.removeprefix(prefix) for each in pkgutil.iter_modules() if each.name.startswith(prefix)]
        return {
            language: prefix + name
            for name in names
            if name not in NOT_LANGUAGES
            for language in SEVERAL.get(name, (name,))
        }

    def _ask(self, language: str, texts: Sequence[str], end: float) -> list[int]:
        """The counts of the first texts: of all, unless the process had to be ended."""
        try:
            process = self._running()
            assert process.stdin is not None
            question = {"package": self._found[language], "language": language, "texts": texts}
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
            counts = _read(process, len(texts), end)
        except OSError as error:
            logger.warning("no syntax errors are counted: the parser's process has ended (%s)", error)
            counts = []
        if len(counts) < len(texts):
            self._stop()
        return counts

    def _running(self) -> subprocess.Popen[bytes]:
        """The process, started again if it has ended. Raises OSError."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        self._process = process = subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM), str(self._memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the server; this one ends with its stdin
        )
        self._stop = weakref.finalize(self, _end, process)
        return process


def _read(process: subprocess.Popen[bytes], num: int, end: float) -> list[int]:
    """The numbers that the process writes until `end`, at most `num`."""
    assert process.stdout is not None
    output, waiting = b"", select.poll()
    waiting.register(process.stdout, select.POLLIN)
    while output.count(b"\n") < num:
        left_s = end - time.monotonic()
        if left_s <= 0 or not waiting.poll(1000 * left_s):
            break
        chunk = os.read(process.stdout.fileno(), 2**16)
        if not chunk:
            break
        output += chunk
    return [int(line) for line in output.split(b"\n")[:-1]]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with contextlib.suppress(OSError):  # there may be a question that it has not read
            pipe.close()
