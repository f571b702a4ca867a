"""What typing costs: a person writes a held-out function, the editor asks at every pause, and the next key takes the
question back. Everything is counted; nothing is timed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tqdm import tqdm

from app.serving.calls import InfillMode
from app.serving.infill.calls import Hole
from app.serving.service import Service
from bench.context import Context
from bench.infill.counting import CountedEngine
from bench.infill.held_out import held_out_functions
from bench.infill.problems import Problem
from bench.infill.scores import Facts
from bench.infill.served import call, serving
from bench.measure import Figure, Spread

SEED = 7_000_003
DEBOUNCE_MS = 150.0  # of silence before an editor asks
STEP_MS = 10.0  # of a denoising step, taken for granted: how many fit into a pause
FILES = {"a short file": 1, "a long file": 12}  # functions before the one that is typed, and behind it
TYPED = 6  # functions, in a full run
THINKS = " \n(,:"  # behind which people pause


@dataclass(frozen=True)
class Key:
    """The text around the cursor after a keystroke, and the time until the next one."""

    prefix: str
    suffix: str
    gap_ms: float

    @property
    def steps(self) -> int | None:
        """How many the engine has before the next key; None where the editor does not even ask."""
        return max(1, int((self.gap_ms - DEBOUNCE_MS) / STEP_MS)) if self.gap_ms > DEBOUNCE_MS else None


@dataclass(frozen=True)
class Asked:
    num_keys: int
    num_requests: int
    num_superseded: int


def typing_trace(before: str, code: str, after: str, rng: random.Random) -> list[Key]:
    """Character by character from the end of the first line on; the editor indents by itself."""
    at = code.index("\n")
    keys = []
    while at < len(code):
        typed = code[at]
        at += 1
        if typed == "\n":
            at += len(code[at:]) - len(code[at:].lstrip(" "))
        is_pause = typed in THINKS and rng.random() < 0.5
        gap_ms = rng.uniform(300, 2500) if is_pause else rng.lognormvariate(4.7, 0.35)
        keys.append(Key(before + code[:at], "\n" + after, gap_ms))
    return keys


def measure_keystrokes(context: Context, modes: Sequence[InfillMode]) -> list[Figure]:
    functions = held_out_functions(SEED)
    if functions is None:
        context.note("infill: keystrokes were not measured, because training's functions are not installed here")
        return []
    several = (code for code in functions if code.count("\n") > 2)
    found = []
    for name, around in FILES.items():
        traces = list(islice(draw_traces(several, around), context.size(TYPED, 1)))
        for mode in modes:
            with serving(context) as service:
                found.append(type_all(service, mode, f"typing in {name}: {mode}", traces))
    return found


def draw_traces(functions: Iterator[str], around: int) -> Iterator[list[Key]]:
    rng = random.Random(SEED)
    while True:
        codes = list(islice(functions, 2 * around + 1))
        if len(codes) <= 2 * around:
            return
        before, after = "\n\n".join(codes[:around]), "\n\n".join(codes[around + 1 :])
        yield typing_trace(f"{before}\n\n", codes[around], f"\n\n{after}", rng)


def type_all(service: Service, mode: InfillMode, label: str, traces: Sequence[Sequence[Key]]) -> Figure:
    engine = service.executor.backend.engine
    assert isinstance(engine, CountedEngine)
    asked = [type_one(service, engine, mode, keys) for keys in tqdm(traces, desc=label, leave=False, disable=None)]
    num_keys = sum(item.num_keys for item in asked)
    counters = engine.counters
    cached, prompt = sum(item.cached_tokens for item in counters), sum(item.prompt_tokens for item in counters)
    facts: Facts = {
        "keystrokes": str(num_keys),
        "requests": str(sum(item.num_requests for item in asked)),
        "superseded": str(sum(item.num_superseded for item in asked)),
        "sequences taken out": str(len(engine.leaves)),
        "steps until out, at most": str(max(engine.leaves, default=0)),
        "forwards a keystroke": sum(item.steps + item.prefill_forwards for item in counters) / num_keys,
        "prefilled tokens a keystroke": sum(item.prefill_tokens for item in counters) / num_keys,
        "prompt tokens a request": prompt / max(1, len(counters)),
    }
    hits = 100 * cached / max(1, prompt)
    return Figure(label, "prompt tokens that were cached", "share", Spread((hits,)), facts)


def type_one(service: Service, engine: CountedEngine, mode: InfillMode, keys: Sequence[Key]) -> Asked:
    num_requests = num_superseded = 0
    for key in keys:
        if key.steps is None:
            continue
        problem = Problem("typing", key.prefix, "", key.suffix)
        num_requests += 1
        engine.hold()
        infill = service.infill(call(problem, Hole(single_line=True), mode))
        engine.go(key.steps, infill.abort)
        for _ in infill:
            pass
        num_superseded += not infill.is_complete
    return Asked(len(keys), num_requests, num_superseded)
