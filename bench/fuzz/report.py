"""What a fuzzing run has seen."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_SHOWN = 3  # reproductions of one fault


@dataclass(frozen=True)
class Verdict:
    """What came of a case. `fault` says in words what must not have happened; empty: nothing."""

    status: str
    fault: str = ""


@dataclass
class Tally:
    """Cases by kind and status, and how to get each fault again. For several threads."""

    results: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, verdict: Verdict, reproduction: str = "", count: int = 1) -> None:
        with self._lock:
            self.results[kind, verdict.status] += count
            if verdict.fault:
                self.faults.setdefault((kind, verdict.fault), []).append(reproduction)

    @property
    def num_cases(self) -> int:
        return sum(self.results.values())


def as_text(tally: Tally, usage: Mapping[str, tuple[float, float]]) -> str:
    """`usage` is what the server held when warm, and at the end, by name."""
    lines = [""]
    for kind in dict.fromkeys(kind for kind, _ in tally.results):
        statuses = sorted((status, count) for (name, status), count in tally.results.items() if name == kind)
        total = sum(count for _, count in statuses)
        lines.append(f"{kind:<12}{total:>8}  " + ", ".join(f"{status}: {count}" for status, count in statuses))
    lines += ["", *(f"{name}: {warm:.0f} warm, {last:.0f} at the end" for name, (warm, last) in usage.items()), ""]
    for (kind, what), reproductions in tally.faults.items():
        lines.append(f"FAULT in {kind}, {len(reproductions)} x: {what}")
        lines += [f"  {reproduction}" for reproduction in reproductions[:MAX_SHOWN] if reproduction]
    lines.append(f"{tally.num_cases} requests, {sum(map(len, tally.faults.values()))} faults")
    return "\n".join(lines)
