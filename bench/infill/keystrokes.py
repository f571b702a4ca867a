"""What typing costs: someone types a held-out function, and the editor calls POST /v1/infill at every pause and closes
the connection at the next key.

Requests pass through the whole HTTP layer, each with its socket, but within this process: so the client can disconnect
during a certain step, and everything that follows is counted.
"""

from __future__ import annotations

import random
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tqdm import tqdm

from app.api import HttpConfig, create_flask
from app.messages.defaults import InfillMode
from app.serving.service import Service
from bench.context import Context
from bench.infill.counting import CountedEngine
from bench.infill.held_out import held_out_functions
from bench.infill.scores import Facts
from bench.infill.served import serving
from bench.measure import Figure, Spread

SEED = 7_000_003
DEBOUNCE_MS = 150.0  # of silence before an editor sends a request
STEP_MS = 10.0  # assumed duration of a denoising step: determines how many fit into a pause
FILES = {"a short file": 1, "a long file": 12}  # functions before and after the one that is typed
TYPED = 6  # functions, in a full run
THINKS = " \n(,:"  # after which people pause
OK, CLIENT_CLOSED_REQUEST = 200, 499


@dataclass(frozen=True)
class Key:
    """The text around the cursor after a keystroke, and the time until the next one."""

    prefix: str
    suffix: str
    gap_ms: float

    @property
    def steps(self) -> int | None:
        """Denoising steps before the next key; None if the editor sends no request."""
        return max(1, int((self.gap_ms - DEBOUNCE_MS) / STEP_MS)) if self.gap_ms > DEBOUNCE_MS else None


@dataclass(frozen=True)
class TypingCounts:
    num_keys: int
    num_requests: int
    num_superseded: int


def typing_trace(before: str, code: str, after: str, rng: random.Random) -> list[Key]:
    """Character by character from the end of the first line; the editor inserts indentation."""
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
    several = (code for code in held_out_functions(SEED) if code.count("\n") > 2)
    figures = []
    for name, around in FILES.items():
        traces = list(islice(draw_traces(several, around), context.size(TYPED, 1)))
        for mode in modes:
            with serving(context) as (service, engine):
                figures.append(type_all(Editor(service, engine, mode), f"typing in {name}: {mode}", traces))
    return figures


def draw_traces(functions: Iterator[str], around: int) -> Iterator[list[Key]]:
    rng = random.Random(SEED)
    while True:
        codes = list(islice(functions, 2 * around + 1))
        if len(codes) <= 2 * around:
            return
        before, after = "\n\n".join(codes[:around]), "\n\n".join(codes[around + 1 :])
        yield typing_trace(f"{before}\n\n", codes[around], f"\n\n{after}", rng)


def type_all(editor: Editor, label: str, traces: Sequence[Sequence[Key]]) -> Figure:
    counts = [type_one(editor, keys) for keys in tqdm(traces, desc=label, leave=False, disable=None)]
    num_keys = sum(item.num_keys for item in counts)
    counters, leaves = editor.engine.counters, editor.engine.leaves
    cached, prompt = sum(item.cached_tokens for item in counters), sum(item.prompt_tokens for item in counters)
    num_requests = sum(item.num_requests for item in counts)
    forwards = sum(item.forwards + item.prefill_forwards for item in counters)
    facts: Facts = {
        "keystrokes": str(num_keys),
        "requests": str(num_requests),
        "superseded": str(sum(item.num_superseded for item in counts)),
        "forwards a request": forwards / max(1, num_requests),
        "forwards a keystroke": forwards / num_keys,
        "prefilled tokens a keystroke": sum(item.prefill_tokens for item in counters) / num_keys,
        "prompt tokens a request": prompt / max(1, len(counters)),
    }
    if leaves:
        facts["steps from the closed connection on, median"] = str(statistics.median_low(leaves))
        facts["at most"] = str(max(leaves))
    hits = 100 * cached / max(1, prompt)
    return Figure(label, "prompt tokens that were cached", "share", Spread((hits,)), facts)


def type_one(editor: Editor, keys: Sequence[Key]) -> TypingCounts:
    pauses = [(key, key.steps) for key in keys if key.steps is not None]
    answered = [editor.ask(key.prefix, key.suffix, steps) for key, steps in pauses]
    return TypingCounts(len(keys), len(answered), answered.count(False))


class Editor:
    """A client of POST /v1/infill that may disconnect before the answer."""

    def __init__(self, service: Service, engine: CountedEngine, mode: InfillMode) -> None:
        self.engine, self._service, self._mode = engine, service, mode
        self._client = create_flask(service, HttpConfig()).test_client()

    def ask(self, prefix: str, suffix: str, num_steps: int) -> bool:
        """Whether the answer came before the connection was closed, during step `num_steps` (from 1)."""
        body = {"segments": [prefix, {"hole": {"single_line": True}}, suffix], "infill_mode": self._mode, "seed": 0}
        theirs, ours = socket.socketpair()
        with theirs, ours:
            self.engine.interrupt(num_steps, theirs.close)
            environ = {"gunicorn.socket": ours}
            response = self._client.post("/v1/infill", json=body, environ_overrides=environ, buffered=True)
        while self._service.engine.queue_lengths != (0, 0):  # an aborted sequence is removed before the next request
            time.sleep(0.001)
        if response.status_code not in (OK, CLIENT_CLOSED_REQUEST):
            raise RuntimeError(f"POST /v1/infill answered {response.status_code}: {response.text[:500]}")
        return response.status_code == OK
