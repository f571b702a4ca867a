"""The safetensors files of a checkpoint and their headers. Needs no torch, and reads no tensor.

A header says where each tensor is. Whatever it claims is compared with the size of the file before anything is
allocated (https://huggingface.co/docs/safetensors, "Format").
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import CheckpointError
from app.models.files import check_file, read_json, shorten

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")  # may run any code when they are loaded
MAX_HEADER_BYTES = 100_000_000  # the limit of the safetensors library
MAX_DIMENSIONS = 8
# Bytes of a value. The decoder's weights are one of FLOATS; others are read only to describe a checkpoint.
FLOATS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}
ITEM_BYTES = FLOATS | {"F8_E4M3": 1, "F8_E5M2": 1, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
ITEM_BYTES |= {"U64": 8, "U32": 4, "U16": 2}


@dataclass(frozen=True)
class TensorHeader:
    """What a file says of one tensor without its values."""

    kind: str  # the file format's name for how values are stored, such as "BF16" or "Q4_K"
    shape: tuple[int, ...]
    num_bytes: int
    is_dense_float: bool = True  # or of a type that `CheckpointSource.tensors` turns into one

    @property
    def num_values(self) -> int:
        return math.prod(self.shape)


def tensor_files(directory: Path) -> list[Path]:
    """The safetensors files, all of them there and readable. Raises CheckpointError."""
    index = directory / INDEX
    names = sorted(_indexed(index)) if os.path.lexists(index) else [SINGLE]
    files = [directory / name for name in names]
    for file in files:
        if not os.path.lexists(file):
            raise CheckpointError(_why_missing(file, index.exists()))
        try:
            check_file(file)
        except OSError as error:
            raise CheckpointError(f"{file} cannot be read: {error.strerror}.") from error
    return files


def read_headers(directory: Path) -> dict[str, TensorHeader]:
    """The headers of all tensors by their names. Raises CheckpointError."""
    headers: dict[str, TensorHeader] = {}
    for file in tensor_files(directory):
        found = read_header(file)
        twice = next((name for name in found if name in headers), None)
        if twice is not None:
            raise CheckpointError(f"{file} has the tensor {shorten(twice)}, which another file has too.")
        headers |= found
    if os.path.lexists(directory / INDEX):
        lost = sorted(_weight_map(directory / INDEX).keys() - headers.keys())
        if lost:
            raise CheckpointError(f"{directory / INDEX} lists {shorten(lost[0])}, which no file has.")
    return headers


def read_header(file: Path) -> dict[str, TensorHeader]:
    """The headers of one file's tensors. Raises CheckpointError."""
    try:
        size = check_file(file)
        with file.open("rb") as content:
            length = int.from_bytes(content.read(8), "little")
            if size < 8 or length > min(size - 8, MAX_HEADER_BYTES):
                raise ValueError(f"its header would have {length} bytes, the file has {size}")
            header = json.loads(content.read(length))
        return parse_header(header, size - 8 - length)
    except (OSError, ValueError, RecursionError) as error:
        reason = "its header is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CheckpointError(f"{file} cannot be read: {reason}.") from error


def parse_header(header: Any, num_bytes: int) -> dict[str, TensorHeader]:
    """The tensors of a header, which fill the `num_bytes` behind it without gaps. Raises ValueError."""
    if not isinstance(header, dict):
        raise ValueError("its header is not a JSON object")
    entries = [(name, entry) for name, entry in header.items() if name != "__metadata__"]
    places = {name: _place(name, entry) for name, entry in entries}
    end = 0
    for name, (start, stop) in sorted(places.items(), key=lambda item: item[1]):
        if start != end:
            raise ValueError(f"tensor {shorten(name)} begins at byte {start} instead of {end}")
        end = stop
    if end != num_bytes:
        raise ValueError(f"its tensors have {end} bytes, the file has {num_bytes} for them")
    return {name: _tensor(name, entry, places[name]) for name, entry in entries}


def _place(name: str, entry: Any) -> tuple[int, int]:
    offsets: Any = entry.get("data_offsets") if isinstance(entry, dict) else None
    if not (_are_sizes(offsets) and len(offsets) == 2 and offsets[0] <= offsets[1]):
        raise ValueError(f"tensor {shorten(name)} has no valid data_offsets")
    return offsets[0], offsets[1]


def _tensor(name: str, entry: Mapping[str, Any], place: tuple[int, int]) -> TensorHeader:
    kind, shape = entry.get("dtype"), entry.get("shape")
    if not isinstance(kind, str) or kind not in ITEM_BYTES:
        raise ValueError(f"tensor {shorten(name)} has the unknown dtype {shorten(kind)}")
    if not _are_sizes(shape) or len(shape) > MAX_DIMENSIONS:
        raise ValueError(f"tensor {shorten(name)} has no valid shape")
    num_bytes = math.prod(shape) * ITEM_BYTES[kind]
    if num_bytes != place[1] - place[0]:
        raise ValueError(
            f"tensor {shorten(name)} of shape {shorten(list(shape))} needs {num_bytes} bytes, its data_offsets have "
            f"{place[1] - place[0]}"
        )
    return TensorHeader(kind, tuple(shape), num_bytes, kind in FLOATS)


def _are_sizes(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 2**63 for value in values)


def _indexed(index: Path) -> Iterator[str]:
    """The names of the files that the index lists."""
    for name in set(_weight_map(index).values()):
        if name in (".", "..") or Path(name).name != name or "\\" in name:
            raise CheckpointError(f"{index} names {shorten(name)}; only files beside it are read.")
        yield name


def _weight_map(index: Path) -> dict[str, str]:
    weight_map = read_json(index).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise CheckpointError(f"{index} has no 'weight_map'.")
    wrong = [name for name in weight_map.values() if not isinstance(name, str)]
    if wrong:
        raise CheckpointError(f"{index}: weight_map must name files, got {shorten(wrong[0])}.")
    return weight_map


def _why_missing(file: Path, is_indexed: bool) -> str:
    if is_indexed:
        has_single = (file.parent / SINGLE).exists()
        return f"{file} is missing; {INDEX} lists it{f', although {SINGLE} is there' if has_single else ''}."
    pickles = sorted(path.name for path in file.parent.iterdir() if path.suffix in PICKLES)
    if pickles:
        return (
            f"{file} is missing; {pickles[0]} is not read, because loading it may run any code in it: convert the "
            "checkpoint to safetensors."
        )
    return f"{file} is missing."
