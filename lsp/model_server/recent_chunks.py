"""Chunks of recently opened and edited text, from this and other documents, to send as extra context."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

MAX_CHUNKS = 16
CHUNK_LINES = 64
# A chunk this similar to the text at the cursor would only be copied.
TOO_SIMILAR = 0.5
SAME = 0.9  # a new chunk replaces an older one of its document that is at least this similar


@dataclass(frozen=True)
class Chunk:
    """Some lines of a document, as they were when the chunk was taken."""

    uri: str
    text: str

    @property
    def filename(self) -> str:
        return PurePosixPath(unquote(urlsplit(self.uri).path)).name or "untitled"


class RecentChunks:
    """The last MAX_CHUNKS chunks, the newest last."""

    def __init__(self) -> None:
        self._chunks: deque[Chunk] = deque(maxlen=MAX_CHUNKS)
        self._last_edit: tuple[str, int] | None = None

    def __len__(self) -> int:
        return len(self._chunks)

    def opened(self, uri: str, text: str) -> None:
        self._add(Chunk(uri, "\n".join(text.splitlines()[:CHUNK_LINES])))

    def edited(self, uri: str, text: str, line: int) -> None:
        """Called for every change; adds a chunk when the user starts editing another place."""
        last = self._last_edit
        if last is not None and last[0] == uri and abs(last[1] - line) < CHUNK_LINES // 2:
            return
        self._last_edit = (uri, line)
        self._add(Chunk(uri, "\n".join(text.splitlines()[max(0, line - CHUNK_LINES // 2) : line + CHUNK_LINES // 2])))

    def closed(self, uri: str) -> None:
        """A closed document's chunks stay useful; only the place of its last edit is forgotten."""
        if self._last_edit is not None and self._last_edit[0] == uri:
            self._last_edit = None

    def pick(self, uri: str, window: str, max_characters: int) -> tuple[tuple[str, str], ...]:
        """(file name, text) of the chunks to send with a window, the newest last, within `max_characters`."""
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
    """Fraction of lines in common, from 0 to 1 (llama.vim's measure)."""
    mine = {line.strip() for line in one.splitlines()} - {""}
    theirs = {line.strip() for line in other.splitlines()} - {""}
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def _is_within(part: str, whole: str) -> bool:
    """Whether at least half of the part's lines occur in the whole."""
    mine = {line.strip() for line in part.splitlines()} - {""}
    theirs = {line.strip() for line in whole.splitlines()}
    return 2 * len(mine & theirs) >= len(mine)
