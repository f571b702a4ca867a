"""Parts of other places that may help: what was opened and edited lately, here and in other documents."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

MAX_CHUNKS = 16
CHUNK_LINES = 64
# A chunk as similar as that to the text at the cursor would only be copied.
TOO_SIMILAR = 0.5
SAME = 0.9


@dataclass(frozen=True)
class Chunk:
    """Some lines of a document, as they were when they were looked at."""

    uri: str
    text: str

    @property
    def filename(self) -> str:
        return PurePosixPath(unquote(urlsplit(self.uri).path)).name or "untitled"


class Ring:
    """The last chunks, the newest last."""

    def __init__(self) -> None:
        self._chunks: deque[Chunk] = deque(maxlen=MAX_CHUNKS)
        self._last_edit: tuple[str, int] | None = None

    def __len__(self) -> int:
        return len(self._chunks)

    def opened(self, uri: str, text: str) -> None:
        self._add(Chunk(uri, "\n".join(text.splitlines()[:CHUNK_LINES])))

    def edited(self, uri: str, text: str, line: int) -> None:
        """Called for every change; keeps the place when the user has gone on to another."""
        last = self._last_edit
        if last is not None and last[0] == uri and abs(last[1] - line) < CHUNK_LINES // 2:
            return
        self._last_edit = (uri, line)
        self._add(Chunk(uri, "\n".join(text.splitlines()[max(0, line - CHUNK_LINES // 2) : line + CHUNK_LINES // 2])))

    def closed(self, uri: str) -> None:
        """A closed document's text stays useful; only that an edit in it is at hand is forgotten."""
        if self._last_edit is not None and self._last_edit[0] == uri:
            self._last_edit = None

    def pick(self, uri: str, window: str, max_characters: int) -> tuple[tuple[str, str], ...]:
        """(file name, text) of the chunks to send with a window, the newest last, as many as there is room for."""
        near = "\n".join(window.splitlines()[-CHUNK_LINES:])
        picked: list[tuple[str, str]] = []
        for chunk in reversed(self._chunks):
            if len(chunk.text) > max_characters:
                continue
            if chunk.uri == uri and _is_within(chunk.text, window):
                continue
            if similarity(chunk.text, near) > TOO_SIMILAR:
                continue
            picked.append((chunk.filename, chunk.text))
            max_characters -= len(chunk.text)
        return tuple(reversed(picked))

    def _add(self, chunk: Chunk) -> None:
        if not chunk.text.strip():
            return
        for known in list(self._chunks):
            if known.uri == chunk.uri and similarity(known.text, chunk.text) > SAME:
                self._chunks.remove(known)
        self._chunks.append(chunk)


def similarity(one: str, other: str) -> float:
    """Lines in common, from 0 to 1 (as llama.vim measures it)."""
    mine = {line.strip() for line in one.splitlines()} - {""}
    theirs = {line.strip() for line in other.splitlines()} - {""}
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def _is_within(part: str, whole: str) -> bool:
    """Whether half of the part's lines stand in the whole anyway."""
    mine = {line.strip() for line in part.splitlines()} - {""}
    theirs = {line.strip() for line in whole.splitlines()}
    return 2 * len(mine & theirs) >= len(mine)
