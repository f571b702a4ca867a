"""The holes of an infilling canvas: which positions are removed, and which holes are filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from app.engine.canvas import Canvas
from app.messages.events import Filled
from app.messages.params import Window


class WindowFiller:
    """Removes positions from the canvas of one window and counts them, while its holes are filled."""

    def __init__(self, canvas: Canvas, window: Window) -> None:
        self._canvas, self._ends = canvas, window.ends
        self._num_deleted: Counter[int] = Counter()  # of each hole

    def ended_by(self, position: int) -> range:
        """The positions to remove because the token at `position` ends its hole: that one and those after it, up to
        the next pinned one."""
        canvas = self._canvas
        hole = canvas.holes[position]
        if not self._ends or hole is None or canvas.token_ids[position] not in self._ends[hole]:
            return range(0)
        end = position
        while end < len(canvas) and canvas.holes[end] == hole and not canvas.is_given(end):
            end += 1
        return range(position, end)

    def delete(self, positions: Collection[int]) -> None:
        """Remove these positions from the canvas."""
        holes = self._canvas.holes
        self._num_deleted.update(hole for position in positions if (hole := holes[position]) is not None)
        self._canvas.delete(positions)

    def filled(self, sequence_id: int, hole: int) -> Filled:
        """The event for a hole that has no mask left."""
        return Filled(sequence_id, hole, tuple(self._canvas.hole(hole)), self._num_deleted[hole])
