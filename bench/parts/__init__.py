"""One module per part; each has `measure(context) -> list[Figure]` (see bench.registry)."""
