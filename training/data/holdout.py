"""What is held out of training: some names, some constants of a template, some whole templates. Decided by hash."""

from __future__ import annotations

from zlib import crc32

NAMES_SHARE, CELLS_SHARE, TEMPLATES_SHARE = 10, 10, 20  # one in
# Everybody asks for these, so they are trained whatever their hash.
ALWAYS_TRAINED = frozenset(
    (
        "class/vector",
        "compose/keep/numbers/odd",
        "compose/range_sum/odd",
        "compound_interest",
        "count_consonants",
        "list/last_plain",
        "list/merge_sorted",
        "list/missing",
        "list/zeros_last",
    )
)
MIN_CONSTANTS = 8  # with fewer, the others would not determine the one held out


def is_held_out_name(name: str) -> bool:
    return crc32(name.encode()) % NAMES_SHARE == 0


def is_held_out_template(key: str) -> bool:
    return key not in ALWAYS_TRAINED and crc32(f"template {key}".encode()) % TEMPLATES_SHARE == 0


def is_held_out_cell(key: str, constant: int | str | None, num_constants: int) -> bool:
    return num_constants >= MIN_CONSTANTS and crc32(f"{key}/{constant}".encode()) % CELLS_SHARE == 0
