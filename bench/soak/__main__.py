"""`python -m bench.soak --minutes 2`: exit code 1 if a request was lost, something leaked or the server had an error.

With `--attack` instead: all attacks at full strength, and whether an ordinary client notices. Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import multiprocessing
import os
import random
import sys
import threading
import time
from collections.abc import Iterator

import httpx

from app.front.threads import Threads
from bench.server import HOST
from bench.soak import attacks, clients, report
from bench.soak.report import Measured, Sample
from bench.soak.target import SETTINGS, Target, running_target

HEALTH_S = 0.1  # between two questions
SAMPLE_S = 1.0
SETTLE_S = 60.0  # for requests of clients that have left, and of readers that do not read
WARM_S = 30.0  # before an attack
QUIET_S = 15.0  # after an attack: kept-alive connections and memory that the allocator gives back
OTHER_THREADS = 16  # of PyTorch, the engine, the loop and logging
MAX_HEALTH_MS = 250.0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, help="how long (2)")
    parser.add_argument("--clients", type=int, default=8, help="ordinary clients at once (8)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--attack", action="store_true", help="all attacks at full strength, and one ordinary client")
    options = parser.parse_args(arguments)
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    with running_target() as target:
        run = withstand if options.attack else soak
        measured = run(target, options.minutes * 60, options.clients, options.seed)
        measured.problems += [f"the log: {line[:200]}" for line in target.complaints()]
    print(report.as_text(measured))
    return 1 if report.faults(measured) else 0


def soak(target: Target, seconds: float, num_clients: int, seed: int) -> Measured:
    """Half of the time, five minutes at most, is the warm-up: until then the server fills memory that it keeps."""
    state = Run(target, seconds)
    threads = [state.start(state.be_a_client, random.Random(seed + number)) for number in range(num_clients)]
    threads.append(state.start(state.ask_health))
    with attacking(target, False, seed) as results:
        state.watch(warm_s=min(seconds / 2, 300.0))
        for thread in threads:
            thread.join(clients.TIMEOUT_S + 10)
            if thread.is_alive():
                state.measured.problems.append("a client has no answer")
    state.measured.attacks.update(results)
    state.settle()
    return state.measured


def withstand(target: Target, seconds: float, num_clients: int, seed: int) -> Measured:
    """An ordinary client before, during and after the attacks, and the memory before and after them."""
    state = Run(target, seconds)
    chance = random.Random(seed)
    state.fill()
    state.end_in(WARM_S)
    state.be_a_client(chance, {"chat, before": (clients.chat, 1)})
    state.measured.warm = target.usage()
    state.end_in(seconds)
    threads = [state.start(state.be_a_client, chance, {"chat": (clients.chat, 1)}), state.start(state.ask_health)]
    with attacking(target, True, seed) as results:
        state.watch(warm_s=0.0)
        for thread in threads:
            thread.join()
    state.measured.attacks.update(results)
    state.settle()
    time.sleep(QUIET_S)
    state.measure_last()
    state.measured.samples.clear()  # The growth counts, not a slope.
    p99 = report.percentile(state.measured.health_ms, 0.99)
    if p99 > MAX_HEALTH_MS:
        state.measured.problems.append(f"/health: p99 {p99:.0f} ms, {MAX_HEALTH_MS:.0f} are allowed")
    state.measured.problems += [
        f"{kind} was answered with {status}" for (kind, status) in state.measured.results if status != "200"
    ]
    return state.measured


@contextlib.contextmanager
def attacking(target: Target, at_full_strength: bool, seed: int) -> Iterator[dict[tuple[str, str], int]]:
    """The results are there after the block."""
    results: dict[tuple[str, str], int] = {}
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=attacks.attack, args=(target.port, at_full_strength, seed, theirs)
    )
    process.start()
    try:
        yield results
        ours.send("end")
        results.update(ours.recv() if ours.poll(60) else {("all", "hangs"): 1})
    finally:
        process.join(10)
        process.kill()


class Run:
    """One run's threads. Each appends to what the others do not touch, or under the lock."""

    def __init__(self, target: Target, seconds: float) -> None:
        self.url = f"http://{HOST}:{target.port}"
        self.measured = Measured(max_threads=_max_threads())
        self._target = target
        self.end_in(seconds)
        self._lock = threading.Lock()

    def end_in(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def start(self, function: object, *arguments: object) -> threading.Thread:
        assert callable(function)
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        thread.start()
        return thread

    def fill(self) -> None:
        """As many requests at once as the server takes: it then has most of what it ever needs."""
        number = SETTINGS.max_sequences + SETTINGS.max_queue
        with httpx.Client(base_url=self.url, timeout=None, limits=httpx.Limits(max_connections=number)) as client:
            threads = [
                self.start(self.send, "chat, before", clients.long_chat, client, random.Random(seed))
                for seed in range(number)
            ]
            for thread in threads:
                thread.join()

    def be_a_client(self, chance: random.Random, kinds: object = clients.KINDS) -> None:
        assert isinstance(kinds, dict)
        names = list(kinds)
        weights = [weight for _, weight in kinds.values()]
        with httpx.Client(base_url=self.url, timeout=clients.TIMEOUT_S, trust_env=False) as client:
            while time.monotonic() < self._end:
                (name,) = chance.choices(names, weights)
                self.send(name, kinds[name][0], client, chance)

    def send(self, name: str, kind: clients.Kind, client: httpx.Client, chance: random.Random) -> None:
        try:
            status = str(kind(client, chance))
        except (httpx.HTTPError, clients.WrongAnswer, OSError, ValueError, LookupError) as error:
            status = "lost"
            with self._lock:
                self.measured.problems.append(f"{name}: {type(error).__name__}: {error}")
        with self._lock:
            self.measured.results[name, status] += 1
        if status == "429":
            time.sleep(0.5)

    def ask_health(self) -> None:
        """Each time over a new connection, as a load balancer does."""
        while time.monotonic() < self._end:
            connection = http.client.HTTPConnection(HOST, self._target.port, timeout=30)
            began = time.monotonic()
            try:
                connection.request("GET", "/health")
                status = connection.getresponse().status
                if status != 200:
                    self.measured.problems.append(f"/health answered {status}")
            except (OSError, http.client.HTTPException) as error:
                self.measured.problems.append(f"/health: {type(error).__name__}: {error}")
            self.measured.health_ms.append(1000 * (time.monotonic() - began))
            connection.close()
            time.sleep(HEALTH_S)

    def watch(self, warm_s: float) -> None:
        warm_at = time.monotonic() + warm_s
        while time.monotonic() < self._end:
            time.sleep(SAMPLE_S)
            try:
                usage = self._target.usage()
            except OSError:
                self.measured.problems.append("the worker has ended")
                return
            if time.monotonic() >= warm_at:
                self.measured.samples.append(Sample(self.measured.num_requests, usage))

    def settle(self) -> None:
        """Wait until nothing runs, then look at what is left."""
        end = time.monotonic() + SETTLE_S
        while not self.measured.is_queue_empty and time.monotonic() < end:
            time.sleep(0.5)
            with contextlib.suppress(httpx.HTTPError):
                queue = json.loads(httpx.get(f"{self.url}/health", timeout=30, trust_env=False).text)["queue"]
                self.measured.is_queue_empty = queue["running"] == queue["waiting"] == 0
        time.sleep(5.0)  # Connections that the server closes last.
        if self.measured.samples:
            self.measured.warm = self.measured.warm or self.measured.samples[0].usage
        self.measure_last()

    def measure_last(self) -> None:
        """Not if the worker has ended, which the report then says."""
        self.measured.last = None
        with contextlib.suppress(OSError):
            self.measured.last = self._target.usage()


def _max_threads() -> int:
    return Threads.for_engine(SETTINGS.max_sequences, SETTINGS.max_queue).total + OTHER_THREADS


if __name__ == "__main__":
    sys.exit(main())
