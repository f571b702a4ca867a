"""Denoising forwards of fixed shapes, recorded once as CUDA graphs and replayed.

A forward with few rows runs hundreds of small kernels, and launching them takes longer than running them. A CUDA graph
launches all of them at once, but always the same kernels over the same memory. So the rows are laid out in a grid,
slots by rows, with padding, and attention covers one of a few lengths. Each `Shape` has its own graph, recorded when
it first occurs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from app.engine.attention import attention, attention_mask
from app.engine.kv_cache import KVCache
from app.engine.layout import Rows, RowTensors, visible
from app.models.transformer import Transformer

logger = logging.getLogger(__name__)

# Chosen, not measured: none of these has been tuned on a GPU.
MAX_SHAPES = 128  # a graph takes some megabytes of the device's memory
MAX_WIDTH = 96  # a block and its drafts; the same shape of a longer canvas rarely occurs twice
LENGTHS = [size << power for power in range(8, 24) for size in (2, 3)]  # 512, 768, 1024, 1536, ...
MAX_PADDING = 4  # at most this many times the query-key products of the sequences ...
CHEAP = 2**17  # ... unless there are fewer than this: they cost less than launching the kernels one by one

Run = Callable[[], None]
Record = Callable[[Run], Run]  # Returns a function that replays `run`; may call `run` any number of times to warm up.


@dataclass(frozen=True)
class Shape:
    """Slots 0 to `num_slots` - 1, each with `width` rows, over the first `length` places."""

    num_slots: int
    width: int
    length: int


class DenoiseGraphs:
    """`record` is `cuda_graph`, or anything else that repeats a forward. The KV cache needs a spare place per slot."""

    def __init__(self, model: Transformer, cache: KVCache, record: Record) -> None:
        assert cache.num_spare > 0
        self._model, self._cache, self._record = model, cache, record
        self._forwards: dict[Shape, StaticForward | None] = {}  # None: it could not be recorded

    def run(self, rows: Rows) -> Tensor | None:
        """As `Runner.run`, for denoising forwards. None if no shape is worth a graph for them."""
        cache = self._cache
        shape = find_shape(rows, cache.num_slots, cache.num_places - 1)
        if shape is None or (shape not in self._forwards and len(self._forwards) == MAX_SHAPES):
            return None
        inputs, logit_rows = lay_out(rows, shape, cache.num_places - 1)
        if shape not in self._forwards:
            self._forwards[shape] = self._recorded(shape, inputs)
        static = self._forwards[shape]
        return None if static is None else static.run(inputs, logit_rows)

    def _recorded(self, shape: Shape, inputs: list[list[int]]) -> StaticForward | None:
        static = StaticForward(self._model, self._cache, shape)
        try:
            static.record(inputs, self._record)
        except RuntimeError as error:  # Out of memory, or a matmul that cannot be recorded.
            logger.warning("no CUDA graph for %s: %s", shape, str(error).partition("\n")[0])
            return None
        return static


class StaticForward:
    """The forward of one shape, over preallocated input and output tensors.

    `inputs` are the columns of `RowTensors`, [columns, num_slots * width].
    """

    def __init__(self, model: Transformer, cache: KVCache, shape: Shape) -> None:
        self._model, self._cache, self._shape = model, cache, shape
        num_rows = shape.num_slots * shape.width
        self._inputs = torch.zeros(len(RowTensors._fields), num_rows, dtype=torch.int64, device=cache.keys.device)
        self._logits: Tensor  # float32 [num_slots * width, vocab]
        self._replay: Run

    def record(self, inputs: list[list[int]], record: Record) -> None:
        """Record the forward; it runs over `inputs` as often as `record` needs."""
        self._inputs.copy_(torch.tensor(inputs))
        self._replay = record(self._forward)

    def run(self, inputs: list[list[int]], logit_rows: list[int]) -> Tensor:
        """The float32 logits [logit_rows, vocab]."""
        self._inputs.copy_(torch.tensor(inputs))
        self._replay()
        return self._logits[torch.tensor(logit_rows, device=self._logits.device)]

    def _forward(self) -> None:
        tensors = RowTensors(*self._inputs.unbind(0))
        attend = GridAttention(self._cache, self._shape, tensors)
        self._logits = self._model.logits(self._model(tensors.token_ids, tensors.positions, attend))


class GridAttention:
    """All slots of a shape in one call; the rows are the grid, padding included."""

    def __init__(self, cache: KVCache, shape: Shape, tensors: RowTensors) -> None:
        self._cache, self._shape, self._slots, self._places = cache, shape, tensors.slots, tensors.places
        seen = visible(tensors, shape.length).view(shape.num_slots, shape.width, shape.length)
        self._mask = attention_mask(seen, cache)

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Store `k` and `v` [rows, kv_heads, head_dim]; attend with `q` [rows, heads, head_dim], same shape out."""
        keys, values = self._cache.keys[layer], self._cache.values[layer]  # [slots, kv_heads, places, head_dim]
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


def find_shape(rows: Rows, num_slots: int, max_len: int) -> Shape | None:
    """The smallest shape that has room for the rows; None if it would compute far more than they need."""
    slots = max(rows.slots) + 1
    width = next_power_of_two(rows.width) if rows.width <= 8 else -(-rows.width // 8) * 8
    length = next(length for length in [*LENGTHS, max_len] if length >= rows.reach)
    shape = Shape(min(num_slots, next_power_of_two(slots)), width, min(length, max_len))
    products = shape.num_slots * shape.width * shape.length
    is_cheap = products <= max(CHEAP, MAX_PADDING * rows.products)
    return shape if width <= MAX_WIDTH and is_cheap else None


def lay_out(rows: Rows, shape: Shape, spare_place: int) -> tuple[list[list[int]], list[int]]:
    """The columns of the grid (as in `RowTensors`), and the rows of the grid that need logits.

    Padding rows write their keys and values to `spare_place`; nothing reads what they compute.
    """
    grid = rows.grid(shape.width)
    padding = (rows.token_ids[0], 0, 0, spare_place, 1, 0, 0)
    columns = []
    for column, value in zip(rows.columns, padding, strict=True):
        padded = [value] * (shape.num_slots * shape.width)
        for index, item in zip(grid, column, strict=True):
            padded[index] = item
        columns.append(padded)
    return columns, [grid[row] for row in rows.logit_rows]


def next_power_of_two(number: int) -> int:
    return 1 << (number - 1).bit_length()


def cuda_graph(run: Run) -> Run:
    """Record `run` as a CUDA graph, after one plain run: libraries allocate and choose kernels at their first call."""
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay
