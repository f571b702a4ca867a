"""A replica: a queue, a batch, a prefix cache, and steps as the engine takes them."""

from __future__ import annotations

import heapq
import itertools
import math
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Literal

import simpy

from bench.cluster_sim.machines import BLOCK_LENGTH, Machine
from bench.cluster_sim.prefixes import Chain, PrefixCache

Kind = Literal["chat", "editor"]


@dataclass(eq=False, slots=True)
class Request:
    """`reply` names the reply's text; times are in seconds, None until they come."""

    kind: Kind
    person: int
    prompt: Chain
    reply: int
    reply_tokens: int
    sent: float
    done: simpy.Event
    front: int = 0
    replica: int = 0
    first_block: float | None = None
    cached_tokens: int | None = None  # None: not admitted yet
    prefilled: int = 0
    is_aborted: bool = False


class Replica:
    """Runs from its creation on. `ended` is called with each request that is done."""

    def __init__(self, env: simpy.Environment, machine: Machine, ended: Callable[[Request], None]) -> None:
        self.env, self.machine = env, machine
        self.cache = PrefixCache(machine.cache_tokens)
        self._ended = ended
        self._waiting: deque[Request] = deque()
        self._prefilling: list[Request] = []
        self._denoising: set[Request] = set()
        self._due: list[tuple[int, int, Request]] = []  # a heap: the denoising step, a number, the request
        self._aborted: list[Request] = []
        self._numbers = itertools.count()
        self._steps = 0  # denoising steps taken
        self._wake = env.event()
        env.process(self._run())

    def submit(self, request: Request) -> None:
        self._waiting.append(request)
        if not self._wake.triggered:
            self._wake.succeed()

    def abort(self, request: Request) -> None:
        """It leaves before the next step."""
        request.is_aborted = True
        self._aborted.append(request)

    @property
    def num_running(self) -> int:
        return len(self._prefilling) + len(self._denoising)

    def _run(self) -> Generator[simpy.Event, Any, None]:
        while True:
            self._drop_aborted()
            self._admit()
            if not self.num_running:
                self._wake = self.env.event()
                yield self._wake
                continue
            seconds, prefilled, denoises = self._plan()
            yield self.env.timeout(seconds)
            if denoises:
                self._take_step()
            for request in prefilled:
                self._finish_prefill(request)

    def _drop_aborted(self) -> None:
        """Unlike in the engine, what a prompt has of its prefill is lost."""
        for request in self._aborted:
            for group in (self._waiting, self._prefilling, self._denoising):
                if request in group:
                    group.remove(request)
        self._aborted.clear()

    def _admit(self) -> None:
        while self._waiting and self.num_running < self.machine.max_sequences:
            request = self._waiting.popleft()
            request.cached_tokens = request.prefilled = self.cache.load(request.prompt)
            if request.prefilled < request.prompt.num_tokens:
                self._prefilling.append(request)
            else:
                self._start(request)

    def _plan(self) -> tuple[float, list[Request], bool]:
        """A step: its seconds, the prompts that it finishes, and whether it denoises."""
        machine, left, context = self.machine, self.machine.prefill_chunk, 0
        for request in self._prefilling:
            if left <= 0:
                break
            size = min(left, request.prompt.num_tokens - request.prefilled)
            request.prefilled += size
            left -= size
            context += request.prefilled
        milliseconds = machine.step_ms
        if self._prefilling:
            milliseconds += machine.forward(machine.prefill_chunk - left, context)
        if self._denoising:
            rows = len(self._denoising) * machine.rows_per_sequence
            context = sum(request.prompt.num_tokens for request in self._denoising)
            milliseconds += machine.forward(rows, context)
        done = [request for request in self._prefilling if request.prefilled == request.prompt.num_tokens]
        return milliseconds / 1000, done, bool(self._denoising)

    def _finish_prefill(self, request: Request) -> None:
        self.cache.store(request.prompt)
        self._prefilling.remove(request)
        self._start(request)

    def _start(self, request: Request) -> None:
        self._denoising.add(request)
        first = min(BLOCK_LENGTH, request.reply_tokens)
        for num_tokens in (first, request.reply_tokens):
            step = self._steps + math.ceil(num_tokens / self.machine.tokens_per_step)
            heapq.heappush(self._due, (step, next(self._numbers), request))

    def _take_step(self) -> None:
        self._steps += 1
        while self._due and self._due[0][0] <= self._steps:
            request = heapq.heappop(self._due)[2]
            if request.is_aborted:
                continue
            if request.first_block is None:
                request.first_block = self.env.now
            else:
                self._denoising.remove(request)
                self.cache.store(request.prompt.add(request.reply, request.reply_tokens))
                self._ended(request)
