"""What a run says: pass@k, the forwards and the time that the answers took, and why programs failed."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.evaluation.sandbox import PASSED
from app.evaluation.store import Key, Record

SHOWN_KS = (1, 10, 100)
MAX_FAILURES_SHOWN = 8


def pass_at_k(num_samples: int, num_passed: int, k: int) -> float:
    """The unbiased estimate of the chance that one of k answers passes (arXiv 2107.03374)."""
    assert 0 < k <= num_samples
    return 1 - math.comb(num_samples - num_passed, k) / math.comb(num_samples, k)


def make_report(samples: Mapping[Key, Record], verdicts: Mapping[Key, Record]) -> dict[str, Any]:
    """The report, as JSON. A problem counts once it has a verdict."""
    passed: dict[str, list[bool]] = defaultdict(list)
    for (task_id, _), verdict in verdicts.items():
        passed[task_id].append(verdict["verdict"] == PASSED)
    num_samples = min(map(len, passed.values()), default=0)
    failures = Counter(verdict["verdict"] for verdict in verdicts.values() if verdict["verdict"] != PASSED)
    return {
        "problems": len(passed),
        "samples": len(verdicts),
        "pass_at": {str(k): _mean(_estimates(passed, k)) for k in _ks(num_samples)},
        "failures": dict(failures.most_common()),
        "truncated": sum(sample.get("finish_reason") == "length" for sample in samples.values()),
        "unchecked": len(samples.keys() - verdicts.keys()),
        **_cost(samples.values()),
    }


def table(report: Mapping[str, Any], title: str) -> str:
    """The report as text."""
    rows = [("problems, answers", f"{report['problems']}, {report['samples']}")]
    rows += [(f"pass@{k}", _percent(value)) for k, value in report["pass_at"].items()]
    speed, wall_s = report["tokens_per_s"], report["sampling_s"]
    rows += [
        ("tokens per forward", _number(report["tpf"], 2)),
        ("tokens per second", "unknown" if speed is None else f"{speed:.1f} (all requests together, {wall_s:.0f} s)"),
        ("tokens per answer", _number(report["tokens_per_answer"], 0)),
    ]
    if report["truncated"]:
        rows.append(("cut off by max_tokens", str(report["truncated"])))
    if report["unchecked"]:
        rows.append(("not checked", str(report["unchecked"])))
    failures = list(report["failures"].items())
    rows += [(f"failed: {kind}", str(count)) for kind, count in failures[:MAX_FAILURES_SHOWN]]
    if rest := sum(count for _, count in failures[MAX_FAILURES_SHOWN:]):
        rows.append(("failed: other kinds", str(rest)))
    width = max(len(name) for name, _ in rows)
    return "\n".join([title, *(f"  {name:{width}}  {value}" for name, value in rows)])


def _ks(num_samples: int) -> list[int]:
    return sorted({k for k in (*SHOWN_KS, num_samples) if 0 < k <= num_samples})


def _estimates(passed: Mapping[str, Sequence[bool]], k: int) -> list[float]:
    return [pass_at_k(len(each), sum(each), k) for each in passed.values()]


def _mean(estimates: Sequence[float]) -> dict[str, float | None]:
    """The mean over problems, and its standard error, which one problem does not have."""
    error = statistics.stdev(estimates) / math.sqrt(len(estimates)) if len(estimates) > 1 else None
    return {"value": statistics.fmean(estimates), "standard_error": error}


def _cost(samples: Iterable[Record]) -> dict[str, Any]:
    """Tokens and forwards are of the answers whose server has counted them."""
    answers = [sample for sample in samples if sample.get("tokens") is not None]
    counted = [sample for sample in answers if sample.get("forwards")]
    tokens = sum(sample["tokens"] for sample in answers)
    forwards = sum(sample["forwards"] for sample in counted)
    wall_s = _covered((sample["started"], sample["ended"]) for sample in answers)
    return {
        "tpf": sum(sample["tokens"] for sample in counted) / forwards if forwards else None,
        "tokens_per_s": tokens / wall_s if wall_s else None,
        "tokens_per_answer": tokens / len(answers) if answers else None,
        "sampling_s": wall_s,
    }


def _covered(spans: Iterable[tuple[float, float]]) -> float:
    """The time in which at least one request was running: a pause between two runs is not part of it."""
    total, last = 0.0, -math.inf
    for started, ended in sorted(spans):
        total += max(0.0, ended - max(started, last))
        last = max(last, ended)
    return total


def _percent(value: Mapping[str, float | None]) -> str:
    error = "" if value["standard_error"] is None else f" ± {100 * value['standard_error']:.1f}"
    return f"{100 * (value['value'] or 0):.1f}%{error}"


def _number(value: float | None, digits: int) -> str:
    return "unknown" if value is None else f"{value:.{digits}f}"
