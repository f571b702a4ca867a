"""People who chat and people who type, as SimPy processes.

The keystrokes are those of bench/traces. No trace of chats exists: they are drawn from the distributions of `Traffic`,
which are assumptions. Everyone has a random generator of their own, so that all policies get the same people.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import simpy

from bench.cluster_sim.machines import BLOCK_LENGTH
from bench.cluster_sim.prefixes import Chain
from bench.cluster_sim.replica import Kind, Request
from bench.typist import Trace, read

TRACE = Path(__file__).parents[1] / "traces" / "typing.json"
CHARACTERS_PER_TOKEN = 3
PIECE = BLOCK_LENGTH * CHARACTERS_PER_TOKEN  # characters of typed text that make a block
# What pieces of text are named after: no two kinds have the same names.
SYSTEM_PROMPT, MESSAGE, FILE, TYPED = range(4)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A log-normal distribution."""

    median: float
    sigma: float

    def draw(self, rng: random.Random) -> float:
        return self.median * math.exp(self.sigma * rng.gauss(0, 1))


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Numbers of people for each replica, and what they do. Lengths are in tokens, times in seconds."""

    chats: int = 100
    editors: int = 6
    # Chats. The n-th system prompt is used in proportion to 1/n.
    system_prompts: int = 300
    system_len: Spread = Spread(median=800, sigma=0.7)
    message_len: Spread = Spread(median=120, sigma=1.0)
    reply_len: Spread = Spread(median=250, sigma=0.7)
    think_s: Spread = Spread(median=15, sigma=0.8)
    turns: float = 5  # on average
    # Editors. A file has its suffix in front of its prefix, so that what is typed comes last.
    file_len: Spread = Spread(median=1200, sigma=0.5)
    debounce_s: float = 0.15
    filling_len: Spread = Spread(median=16, sigma=0.5)
    break_s: Spread = Spread(median=20, sigma=0.8)  # between two traces


@dataclass(frozen=True)
class Pause:
    """A pause in which an editor asks. `before_s` from the pause before; `patience_s` until the next key."""

    before_s: float
    patience_s: float
    pieces: tuple[int, ...]  # names of the typed text's whole blocks


def pauses(trace: Trace, debounce_s: float) -> list[Pause]:
    """The pauses of a trace that are longer than the debounce."""
    names: dict[str, int] = {}
    found: list[Pause] = []
    text, waited_s = "", 0.0
    for (ms, key), (next_ms, _) in itertools.pairwise(trace.keys):
        text = text[:key] if isinstance(key, int) else text + key
        waited_s += ms / 1000
        left_s = next_ms / 1000 - debounce_s
        if left_s > 0:
            ends = range(PIECE, len(text) + 1, PIECE)
            typed = tuple(names.setdefault(text[:end], len(names)) for end in ends)
            found.append(Pause(waited_s + debounce_s, left_s, typed))
            waited_s = -debounce_s
    return found


Send = Callable[[Request], None]


class People:
    """`send` and `abort` are the front's; prompts and replies fit into `max_len`."""

    def __init__(
        self, env: simpy.Environment, traffic: Traffic, max_len: int, seed: int, send: Send, abort: Send
    ) -> None:
        self._env, self._traffic, self._max_len, self._seed = env, traffic, max_len, seed
        self._send, self._abort = send, abort
        self._names = itertools.count()
        rng = random.Random(f"{seed}/system prompts")
        limit = max_len // 2
        self._system = [
            Chain().add(hash((SYSTEM_PROMPT, number)), min(limit, traffic.system_len.draw(rng)))
            for number in range(traffic.system_prompts)
        ]
        self._popularity = list(itertools.accumulate(1 / (rank + 1) for rank in range(traffic.system_prompts)))
        self._pauses = pauses(read(TRACE), traffic.debounce_s)

    def start(self, num_replicas: int) -> None:
        num_chats, num_editors = self._traffic.chats * num_replicas, self._traffic.editors * num_replicas
        for person in range(num_chats):
            self._env.process(self._chat(person, random.Random(f"{self._seed}/chat/{person}")))
        for person in range(num_editors):
            self._env.process(self._edit(person, random.Random(f"{self._seed}/editor/{person}")))

    def _chat(self, person: int, rng: random.Random) -> Generator[simpy.Event, Any, None]:
        """One chat after another. The first one begins within a usual pause."""
        traffic = self._traffic
        yield self._env.timeout(rng.random() * 2 * traffic.think_s.median)
        while True:
            prompt = rng.choices(self._system, cum_weights=self._popularity)[0]
            is_going_on = True
            while is_going_on:
                reply_len = min(traffic.reply_len.draw(rng), self._max_len / 4)
                prompt = prompt.add(self._name(MESSAGE), min(traffic.message_len.draw(rng), self._max_len / 8))
                if prompt.num_tokens + reply_len > self._max_len - 2 * BLOCK_LENGTH:
                    break
                request = self._request("chat", person, prompt, reply_len)
                yield request.done
                prompt = prompt.add(request.reply, request.reply_tokens)
                yield self._env.timeout(traffic.think_s.draw(rng))
                is_going_on = rng.random() > 1 / traffic.turns

    def _edit(self, person: int, rng: random.Random) -> Generator[simpy.Event, Any, None]:
        """One trace after another, each in a new file. The first one begins somewhere in the middle."""
        trace: Sequence[Pause] = self._pauses[rng.randrange(len(self._pauses)) :]
        yield self._env.timeout(rng.random())
        while True:
            file = Chain().add(self._name(FILE), min(self._traffic.file_len.draw(rng), self._max_len / 2))
            for pause in trace:
                yield self._env.timeout(pause.before_s)
                prompt = file
                for piece in pause.pieces:
                    prompt = prompt.add(hash((TYPED, piece)), BLOCK_LENGTH)
                request = self._request("editor", person, prompt, self._traffic.filling_len.draw(rng))
                started = self._env.now
                yield request.done | self._env.timeout(pause.patience_s)
                if not request.done.triggered:
                    self._abort(request)
                yield self._env.timeout(max(0.0, started + pause.patience_s - self._env.now))
            trace = self._pauses
            yield self._env.timeout(self._traffic.break_s.draw(rng))

    def _request(self, kind: Kind, person: int, prompt: Chain, reply_len: float) -> Request:
        tokens = max(1, round(reply_len))
        request = Request(kind, person, prompt, self._name(MESSAGE), tokens, self._env.now, self._env.event())
        self._send(request)
        return request

    def _name(self, kind: int) -> int:
        return hash((kind, next(self._names)))
