"""One module a part; each has `measure(context) -> list[Figure]` (see bench.registry)."""
