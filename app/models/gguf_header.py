"""The header of a GGUF file: its metadata, and where each tensor lies. Needs neither torch nor the `gguf` package.

A header is not trusted: every count, length and size in it is checked against the size of the file before anything of
that size is read or allocated. The format is described in ggml's specification, gguf.md.
"""

from __future__ import annotations

import mmap
import stat
import struct
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from app.errors import CheckpointError

MAGIC = b"GGUF"
VERSIONS = (2, 3)
ALIGNMENT = 32  # of tensors, unless the metadata has another
MAX_DIMENSIONS = 4
# Far above any model's, and low enough that a header with as many is read in seconds.
MAX_KEYS = MAX_TENSORS = 1 << 16
MAX_ELEMENTS = 1 << 22  # of all arrays together: the tokens and merges of a vocabulary

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
FLOAT, STRING, ARRAY = 6, 8, 9


@dataclass(frozen=True)
class TensorType:
    """How numbers are stored: `block` of them in `num_bytes` bytes. 0 bytes: not supported."""

    name: str
    block: int = 1
    num_bytes: int = 0


TYPES = {
    0: TensorType("F32", 1, 4),
    1: TensorType("F16", 1, 2),
    2: TensorType("Q4_0", 32, 18),
    3: TensorType("Q4_1", 32, 20),
    6: TensorType("Q5_0", 32, 22),
    7: TensorType("Q5_1", 32, 24),
    8: TensorType("Q8_0", 32, 34),
    10: TensorType("Q2_K", 256, 84),
    11: TensorType("Q3_K", 256, 110),
    12: TensorType("Q4_K", 256, 144),
    13: TensorType("Q5_K", 256, 176),
    14: TensorType("Q6_K", 256, 210),
    30: TensorType("BF16", 1, 2),
}
UNSUPPORTED = {
    9: "Q8_1",
    15: "Q8_K",
    16: "IQ2_XXS",
    17: "IQ2_XS",
    18: "IQ3_XXS",
    19: "IQ1_S",
    20: "IQ4_NL",
    21: "IQ3_S",
    22: "IQ2_S",
    23: "IQ4_XS",
    24: "I8",
    25: "I16",
    26: "I32",
    27: "I64",
    28: "F64",
    29: "IQ1_M",
    34: "TQ1_0",
    35: "TQ2_0",
    39: "MXFP4",
    40: "NVFP4",
}


@dataclass(frozen=True)
class TensorInfo:
    """One tensor. `shape` is in torch's order; the last dimension is contiguous in the file."""

    name: str
    type: TensorType
    shape: tuple[int, ...]
    path: Path
    offset: int  # from the start of the file, in bytes

    @property
    def row_bytes(self) -> int:
        """The size of one row, which is a whole number of blocks."""
        return self.shape[-1] // self.type.block * self.type.num_bytes

    @property
    def num_bytes(self) -> int:
        return prod(self.shape[:-1]) * self.row_bytes

    @property
    def is_supported(self) -> bool:
        return self.type.num_bytes > 0


@dataclass(frozen=True)
class Header:
    """What a GGUF file says of itself. Metadata are numbers, strings, booleans, and lists of these."""

    path: Path
    metadata: dict[str, Any] = field(default_factory=dict)
    tensors: tuple[TensorInfo, ...] = ()


def read_header(path: Path) -> Header:
    """Raises CheckpointError if this is not a GGUF file, or not all of it is there."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its writer
            raise CheckpointError(f"{path} is not a regular file.")
        with path.open("rb") as file:
            if file.read(4) != MAGIC:
                raise CheckpointError(f"{path} is not a GGUF file: it does not start with the bytes {MAGIC.decode()}.")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _read(path, _Cursor(data))
    except _Damaged as error:
        raise CheckpointError(f"{path} is damaged or incomplete: {error}.") from None
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


class _Damaged(Exception):
    """What is wrong with the file, as the end of a sentence."""


@dataclass
class _Cursor:
    """Reads forward, never past the end of the file."""

    data: mmap.mmap
    offset: int = len(MAGIC)
    elements: int = 0  # of arrays, so far

    @property
    def remaining(self) -> int:
        return len(self.data) - self.offset

    def numbers(self, code: str, count: int) -> tuple[Any, ...]:
        size = struct.calcsize(f"<{code}") * count
        if size > self.remaining:
            raise _Damaged(f"its header claims {size} more bytes where {self.remaining} are left")
        self.offset += size
        return struct.unpack_from(f"<{count}{code}", self.data, self.offset - size)

    def number(self, code: str) -> Any:
        return self.numbers(code, 1)[0]

    def text(self) -> str:
        size = self.number("Q")
        if size > self.remaining:
            raise _Damaged(f"its header claims a text of {size} bytes where {self.remaining} are left")
        self.offset += size
        try:
            return self.data[self.offset - size : self.offset].decode()
        except UnicodeDecodeError:
            raise _Damaged(f"its header has a text at byte {self.offset - size} that is not UTF-8") from None

    def count(self, what: str, limit: int, least_bytes: int) -> int:
        """How many of something follow, each of which takes at least `least_bytes`."""
        number = int(self.number("Q"))
        if number > limit or number * least_bytes > self.remaining:
            raise _Damaged(f"its header claims {number} {what}, with {self.remaining} bytes left")
        return number

    def value(self, kind: int) -> Any:
        if kind == STRING:
            return self.text()
        if kind == ARRAY:
            return self.array()
        if kind not in SCALARS:
            raise _Damaged(f"its header has a value of the unknown type {kind}")
        return _shortest(self.number("f")) if kind == FLOAT else self.number(SCALARS[kind])

    def array(self) -> list[Any]:
        kind = self.number("I")
        if kind != STRING and kind not in SCALARS:
            raise _Damaged(f"its header has an array of the unknown type {kind}")
        size = 8 if kind == STRING else struct.calcsize(SCALARS[kind])
        count = self.count("elements of an array", MAX_ELEMENTS - self.elements, size)
        self.elements += count
        return [self.text() for _ in range(count)] if kind == STRING else list(self.numbers(SCALARS[kind], count))


def _read(path: Path, cursor: _Cursor) -> Header:
    version = cursor.number("I")
    if version not in VERSIONS:
        if version & 0xFFFF == 0:
            raise CheckpointError(f"{path} is a big-endian GGUF file; only little-endian ones are supported.")
        raise CheckpointError(f"{path} is a GGUF file of version {version}; supported: 2 and 3.")
    num_tensors = cursor.count("tensors", MAX_TENSORS, 24)
    num_keys = cursor.count("keys", MAX_KEYS, 13)
    metadata: dict[str, Any] = {}
    for _ in range(num_keys):
        key = cursor.text()
        if key in metadata:
            raise _Damaged(f"its header has the key {key!r} twice")
        metadata[key] = cursor.value(cursor.number("I"))
    tensors = [_read_tensor(path, cursor) for _ in range(num_tensors)]
    alignment = metadata.get("general.alignment", ALIGNMENT)
    if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
        raise _Damaged(f"general.alignment is {alignment!r}, which is not a power of two")
    start = -(-cursor.offset // alignment) * alignment
    placed = [TensorInfo(t.name, t.type, t.shape, t.path, start + t.offset) for t in tensors]
    _check_places(placed, len(cursor.data))
    return Header(path, metadata, tuple(placed))


def _read_tensor(path: Path, cursor: _Cursor) -> TensorInfo:
    """With the offset as in the file: from the start of the tensors."""
    name = cursor.text()
    num_dimensions = cursor.number("I")
    if not 1 <= num_dimensions <= MAX_DIMENSIONS:
        raise _Damaged(f"tensor {name!r} has {num_dimensions} dimensions")
    shape = tuple(reversed(cursor.numbers("Q", num_dimensions)))
    number = cursor.number("I")
    kind = TYPES.get(number) or TensorType(UNSUPPORTED.get(number, f"number {number}"))
    if shape[-1] % kind.block:
        raise _Damaged(f"tensor {name!r} has rows of {shape[-1]}, which are not whole {kind.name} blocks")
    return TensorInfo(name, kind, shape, path, cursor.number("Q"))


def _check_places(tensors: list[TensorInfo], size: int) -> None:
    """Each tensor lies inside the file, and none over another: together they are no larger than the file."""
    if len({tensor.name for tensor in tensors}) < len(tensors):
        raise _Damaged("its header names a tensor twice")
    for tensor in tensors:
        if min(tensor.shape) < 1:
            raise _Damaged(f"tensor {tensor.name!r} has the shape {list(tensor.shape)}")
        if tensor.offset + tensor.num_bytes > size:
            raise _Damaged(
                f"tensor {tensor.name!r} ends at byte {tensor.offset + tensor.num_bytes}, and the file has {size}"
            )
    for before, after in pairwise(sorted(tensors, key=lambda tensor: (tensor.offset, tensor.num_bytes))):
        if before.offset + before.num_bytes > after.offset:
            raise _Damaged(f"the tensors {before.name!r} and {after.name!r} overlap")


def _shortest(value: float) -> float:
    """The shortest decimal that is the same number in float32: 1e-06 instead of 9.999999974752427e-07.

    It is the number that config.json had before the conversion.
    """
    return float(str(np.float32(value)))
