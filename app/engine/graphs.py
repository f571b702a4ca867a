"""Denoising forwards of fixed shapes, recorded once and replayed: for CUDA, where starting kernels is what takes time.

A forward of few rows runs hundreds of small kernels, and to start them takes longer than they run. A CUDA graph starts
all of them at once, but always the same ones over the same memory. So the rows stand in a grid, slots by rows, some to
spare, and attention goes over one of a few lengths: each `Shape` has its own graph, recorded when it is first met.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from app.engine.attention import Span, attention
from app.engine.kv_cache import KVCache
from app.engine.sequence import Forward
from app.models.transformer import Transformer

logger = logging.getLogger(__name__)

MAX_SHAPES = 128  # a graph takes some megabytes of the device's memory
MAX_WIDTH = 64  # a longer canvas seldom comes twice in the same shape
LENGTHS = [size << power for power in range(8, 24) for size in (2, 3)]  # 512, 768, 1024, 1536, ...
MAX_PADDING = 4  # times the products of queries and keys that are wanted ...
CHEAP = 2**17  # ... unless they are fewer than this: then they cost less than to start their kernels one by one

Run = Callable[[], None]
Record = Callable[[Run], Run]  # What repeats `run`; `run` itself may be called as often as need be.


@dataclass(frozen=True)
class Shape:
    """Slots 0 to `num_slots` - 1, each with `width` rows, over the first `length` positions."""

    num_slots: int
    width: int
    length: int


class DenoiseGraphs:
    """`record` is `cuda_graph`, or anything that repeats a forward. The cache has a last place that nobody needs."""

    def __init__(self, model: Transformer, cache: KVCache, record: Record) -> None:
        self._model, self._cache, self._record = model, cache, record
        self._forwards: dict[Shape, StaticForward | None] = {}  # None: it could not be recorded

    def run(self, forwards: list[Forward]) -> Tensor | None:
        """As `Runner.run`; None where these are no denoising forwards, or have no shape that is worth a graph."""
        if any(forward.kind != "denoise" for forward in forwards):
            return None
        _, num_slots, _, num_places, _ = self._cache.keys.shape
        shape = find_shape([forward.span for forward in forwards], num_slots, num_places - 1)
        if shape is None or (shape not in self._forwards and len(self._forwards) == MAX_SHAPES):
            return None
        inputs, wanted = lay_out(forwards, shape, num_places - 1)
        if shape not in self._forwards:
            self._forwards[shape] = self._recorded(shape, inputs)
        static = self._forwards[shape]
        return None if static is None else static.run(inputs, wanted)

    def _recorded(self, shape: Shape, inputs: list[list[int]]) -> StaticForward | None:
        static = StaticForward(self._model, self._cache, shape)
        try:
            static.record(inputs, self._record)
        except RuntimeError as error:  # No memory left, or a product that cannot be recorded.
            logger.warning("no CUDA graph for %s: %s", shape, str(error).partition("\n")[0])
            return None
        return static


class StaticForward:
    """One shape's forward, from and to tensors of its own."""

    def __init__(self, model: Transformer, cache: KVCache, shape: Shape) -> None:
        self._model, self._cache, self._shape = model, cache, shape
        num_rows = shape.num_slots * shape.width
        self._inputs = torch.zeros(5, num_rows, dtype=torch.int64, device=cache.keys.device)
        self._logits: Tensor
        self._replay: Run

    def record(self, inputs: list[list[int]], record: Record) -> None:
        self._inputs.copy_(torch.tensor(inputs))
        self._replay = record(self._forward)

    def run(self, inputs: list[list[int]], wanted: list[int]) -> Tensor:
        """The float32 logits [wanted, vocab]."""
        self._inputs.copy_(torch.tensor(inputs))
        self._replay()
        return self._logits[torch.tensor(wanted, device=self._logits.device)]

    def _forward(self) -> None:
        token_ids, positions, slots, places, limits = self._inputs.unbind(0)
        attend = GridAttention(self._cache, self._shape, slots, places, limits)
        self._logits = self._model.logits(self._model(token_ids, positions, attend))


class GridAttention:
    """All slots of a shape in one call; row i of the grid sees the first `limits[i]` positions of its slot."""

    def __init__(self, cache: KVCache, shape: Shape, slots: Tensor, places: Tensor, limits: Tensor) -> None:
        self._cache, self._shape, self._slots, self._places = cache, shape, slots, places
        columns = torch.arange(shape.length, device=limits.device)
        self._mask = columns < limits.view(shape.num_slots, 1, shape.width, 1)

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        keys, values = self._cache.keys[layer], self._cache.values[layer]  # [slots, kv_heads, max_len, head_dim]
        keys[self._slots, :, self._places] = k
        values[self._slots, :, self._places] = v
        num_slots, width, length = self._shape.num_slots, self._shape.width, self._shape.length
        out = attention(
            q.view(num_slots, width, *q.shape[1:]),
            keys[:num_slots, :, :length],
            values[:num_slots, :, :length],
            self._mask,
        )
        return out.flatten(0, 1)


def find_shape(spans: list[Span], num_slots: int, max_len: int) -> Shape | None:
    """The smallest shape that has room for them; None where it has far more than they need."""
    rows, slots, end = (
        max(span.num_rows for span in spans),
        max(span.slot for span in spans) + 1,
        max(span.end for span in spans),
    )
    width = next_power_of_two(rows) if rows <= 8 else -(-rows // 8) * 8
    length = next(length for length in [*LENGTHS, max_len] if length >= end)
    shape = Shape(min(num_slots, next_power_of_two(slots)), width, min(length, max_len))
    products = shape.num_slots * shape.width * shape.length
    is_cheap = products <= max(CHEAP, MAX_PADDING * sum(span.num_rows * span.end for span in spans))
    return shape if width <= MAX_WIDTH and is_cheap else None


def lay_out(forwards: list[Forward], shape: Shape, spare_place: int) -> tuple[list[list[int]], list[int]]:
    """Token ids, positions, slots, places in them and limits of the grid's rows, and in which rows logits are wanted.

    What rows to spare compute is read by nobody; their keys and values go to `spare_place`.
    """
    rows = [[forwards[0].token_ids[0], 0, 0, spare_place, 1]] * (shape.num_slots * shape.width)
    wanted = []
    for forward in forwards:
        span = forward.span
        corner = span.slot * shape.width
        limits = span.limits or (span.end,) * span.num_rows
        for index, (token_id, limit) in enumerate(zip(forward.token_ids, limits, strict=True)):
            position = span.start + index
            rows[corner + index] = [token_id, position, span.slot, position, limit]
        wanted += [corner + position - span.start for position in forward.logit_positions]
    return [list(column) for column in zip(*rows, strict=True)], wanted


def next_power_of_two(number: int) -> int:
    return 1 << (number - 1).bit_length()


def cuda_graph(run: Run) -> Run:
    """Record it as a CUDA graph. It runs once before: libraries allocate and choose kernels at their first call."""
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay
