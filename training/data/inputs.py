"""Boundary values for the argument types of a template: the arguments in generated checks."""

from __future__ import annotations

import itertools

MAX_CALLS = 24
INTS = ("0", "1", "-1", "2", "7", "10", "-12", "100", "15")
FLOATS = ("0.0", "1.5", "-2.25", "10.0", "0.5", "100.0")
STRINGS = ('""', '"a"', '"Hello World"', '"racecar"', '"  two  words "', '"a,b,,c"', '"42"', '"x1y22"', '"ÀB\\n"')
BOOLS = ("True", "False")


def argument_lists(types: tuple[str, ...], constant: int | str | None) -> list[str]:
    """Source text between the brackets of calls, e.g. `[1, 2], 0`. Every value of every argument occurs; at most
    `MAX_CALLS`. Empty if a type has no known values. Values around an integer `constant` come first."""
    pools = [values(kind, constant) for kind in types]
    if not pools or not all(pools):
        return []
    calls = list(itertools.product(*(pool[:3] for pool in pools)))
    longest = max(len(pool) for pool in pools)
    calls += [tuple(pool[(turn + place) % len(pool)] for place, pool in enumerate(pools)) for turn in range(longest)]
    unique = dict.fromkeys(", ".join(call) for call in calls)
    # Spread over the whole range, so that the limit does not drop one argument's last values.
    texts, step = list(unique), max(1, -(-len(unique) // MAX_CALLS))
    return texts[::step]


def values(kind: str, constant: int | str | None = None) -> list[str]:
    """Literals of a type such as `int`, `list[str]` or `dict[str, int]`; none for an unknown type."""
    kind = kind.strip()
    if kind == "int":
        near = [str(constant + shift) for shift in (0, 1, -1)] if isinstance(constant, int) else []
        return list(dict.fromkeys((*near, *INTS)))
    if kind in ("float", "str", "bool"):
        plain = list({"float": FLOATS, "str": STRINGS, "bool": BOOLS}[kind])
        if kind == "str" and isinstance(constant, str):
            return list(dict.fromkeys((repr(constant), repr(f"{constant}b{constant}"), repr(f"x{constant}"), *plain)))
        return plain
    if kind.startswith(("list[", "set[", "tuple[")) and kind.endswith("]"):
        return _collections(kind, constant)
    if kind.startswith("dict[") and kind.endswith("]"):
        key_kind, _, value_kind = kind[5:-1].partition(",")
        keys, items = values(key_kind, constant), values(value_kind, constant)
        if not keys or not items:
            return []
        return [_dict(keys, items, count) for count in (0, 1, 3, 5)]
    return []


def _collections(kind: str, constant: int | str | None) -> list[str]:
    name, _, inner = kind[:-1].partition("[")
    if name == "tuple":
        pools = [values(part, constant) for part in inner.split(",")]
        if not all(pools):
            return []
        return [f"({', '.join(pool[turn % len(pool)] for pool in pools)},)" for turn in range(4)]
    items = values(inner, constant)
    if not items:
        return []
    several = [[], items[:1], items[:4], [*items[1:4], items[1], items[0]], items[::-1], [items[-1]] * 3]
    if name == "set":
        return [f"{{{', '.join(dict.fromkeys(some))}}}" if some else "set()" for some in several[:5]]
    return [f"[{', '.join(some)}]" for some in several]


def _dict(keys: list[str], items: list[str], count: int) -> str:
    pairs = {keys[turn % len(keys)]: items[(turn * 2 + 1) % len(items)] for turn in range(count)}
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"
