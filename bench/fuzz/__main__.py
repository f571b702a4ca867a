"""`python -m bench.fuzz --requests 100000`: exit code 1 after a 5xx, a hang, a reset or an undocumented answer.

A seed always makes the same cases. `--only KIND --case NUMBER` sends one of them again, and shows it. Linux only.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

import httpx

from bench.fuzz import bodies, broken, documented, editor, sockets
from bench.fuzz.contract import Contract
from bench.fuzz.report import Tally, Verdict, as_text
from bench.fuzz.target import SETTINGS
from bench.server import HOST
from bench.soak.report import SPARE_DESCRIPTORS
from bench.soak.target import Target, Usage, running_target

# Kinds of cases, with how many of 100. "messages" and "framing" are the language server's.
SHARES = {"bodies": 60, "broken": 8, "sockets": 8, "messages": 16, "framing": 2, "documented": 6}
THREADS = {"bodies": 4, "broken": 16, "sockets": 16}
BATCH = 5000
SETTLE_S = 60.0
MAX_GROWTH_MB = 50.0  # by what is sent again
Case = bodies.Case | broken.Bytes | sockets.Conversation


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="how many (2000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=SHARES, help="one kind of cases")
    parser.add_argument("--case", type=int, help="send this one of `bodies`, `broken` or `sockets`, and show it")
    options = parser.parse_args(arguments)
    if options.case is not None and options.only not in THREADS:
        parser.error("--case needs --only bodies, broken or sockets")
    with running_target(SETTINGS) as target:
        fuzzer = Fuzzer(target, options.seed)
        if options.case is not None:
            print(fuzzer.show(options.only, options.case))
            return 0
        shares = {options.only: 100} if options.only else SHARES
        try:
            usage = fuzzer.run({kind: options.requests * share // 100 for kind, share in shares.items()})
        except (OSError, httpx.HTTPError) as error:
            fuzzer.tally.add("server", Verdict("ended", f"does not answer any more: {error}"))
            usage = {}
    print(as_text(fuzzer.tally, usage))
    return 1 if fuzzer.tally.faults else 0


class Fuzzer:
    def __init__(self, target: Target, seed: int) -> None:
        self._target, self._seed = target, seed
        self._url = f"http://{HOST}:{target.port}"
        self._contract = Contract(httpx.get(f"{self._url}/openapi.json", trust_env=False).json())
        self._cases = bodies.Cases(self._contract)
        self._began = time.monotonic()
        self.tally = Tally()

    def run(self, numbers: Mapping[str, int]) -> dict[str, tuple[float, float]]:
        """Returns what the server held before the first cases are sent again, and at the end, by name."""
        self._check_service()
        for kind, number in numbers.items():
            self._fuzz(kind, number)
        # Every new length and every larger body takes memory that is kept. What has been sent before may take none.
        warm = self._target.usage()
        for kind in THREADS.keys() & numbers.keys():
            self._send_all(kind, 0, min(numbers[kind], BATCH))
        self._settle()
        last = self._target.usage()
        self._judge_usage(warm, last)
        for line in self._target.complaints():
            self.tally.add("server", Verdict("log", f"in the log: {line[:200]}"))
        names = ("rss_mb", "descriptors", "threads", "children")
        return {name: (float(getattr(warm, name)), float(getattr(last, name))) for name in names}

    def _fuzz(self, kind: str, number: int) -> None:
        others = {"documented": documented.fuzz, "messages": editor.fuzz_messages, "framing": editor.fuzz_framing}
        if kind in others:
            others[kind](self._url, number, self._seed, self.tally)
            self._say(f"{kind} to {number}")
        for begin in range(0, number, BATCH) if kind in THREADS else ():
            self._send_all(kind, begin, min(number, begin + BATCH))

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self._began:5.0f} s, {self._target.usage().rss_mb:.0f} MB: {what}", flush=True)

    def _send_all(self, kind: str, begin: int, end: int) -> None:
        step = THREADS[kind]
        threads = [threading.Thread(target=self._send_every, args=(kind, begin + i, end, step)) for i in range(step)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._say(f"{kind} to {end}")

    def _send_every(self, kind: str, begin: int, end: int, step: int) -> None:
        """Every `step`th case, on one connection where that can be."""
        send = self._sender(kind)
        for index in range(begin, end, step):
            case = self._case(kind, index)
            verdict = send(case)
            again = f"python -m bench.fuzz --seed {self._seed} --only {kind} --case {index}"
            shown = case.reproduction(self._target.port) if verdict.fault else ""
            self.tally.add(kind, verdict, f"{again}\n    {shown}" if shown else again)

    def _case(self, kind: str, index: int) -> Case:
        makers: dict[str, Callable[[random.Random], Case]]
        makers = {"bodies": self._cases.make, "broken": broken.make, "sockets": sockets.make}
        return makers[kind](random.Random(f"{self._seed}/{kind}/{index}"))

    def _sender(self, kind: str) -> Callable[..., Verdict]:
        port, contract = self._target.port, self._contract
        if kind == "bodies":
            return bodies.Sender(port, contract).send
        send: Callable[..., Verdict] = broken.send if kind == "broken" else sockets.converse
        return partial(send, port, contract=contract)

    def show(self, kind: str, index: int) -> str:
        case = self._case(kind, index)
        began = time.monotonic()
        verdict = self._sender(kind)(case)
        return f"{case}\n{verdict} after {time.monotonic() - began:.1f} s"

    def _check_service(self) -> None:
        """A request as it should be."""
        body = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}
        answer = httpx.post(f"{self._url}/v1/chat/completions", json=body, timeout=30, trust_env=False)
        if answer.status_code != 200:
            self.tally.add("server", Verdict(str(answer.status_code), f"a good chat was refused: {answer.text[:200]}"))

    def _settle(self) -> None:
        """Nothing may run or wait any more, a little after the last client has left."""
        end, queue = time.monotonic() + SETTLE_S, {"running": -1}
        while any(queue.values()) and time.monotonic() < end:
            time.sleep(0.5)
            health = json.loads(httpx.get(f"{self._url}/health", timeout=30, trust_env=False).text)
            queue = {name: health["queue"][name] for name in ("running", "waiting")}
        if any(queue.values()):
            self.tally.add("server", Verdict("queue", f"still there: {queue}"))
        self._check_service()
        if left := httpx.get(f"{self._url}/v1/generations", timeout=30, trust_env=False).json()["data"]:
            self.tally.add("server", Verdict("list", f"still listed as running: {left[0]}"))
        follower = sockets.converse(self._target.port, sockets.follower(), self._contract)
        if follower.status != "101 4404":
            self.tally.add("server", Verdict("seat", f"a follower of nothing gets {follower}"))
        time.sleep(5.0)  # Connections that the server closes last.

    def _judge_usage(self, warm: Usage, last: Usage) -> None:
        for name, spare in (("descriptors", SPARE_DESCRIPTORS), ("children", 1), ("rss_mb", MAX_GROWTH_MB)):
            before, after = getattr(warm, name), getattr(last, name)
            if after > before + spare:
                self.tally.add("server", Verdict("leak", f"{name}: {before:.0f}, then {after:.0f}"))


if __name__ == "__main__":
    sys.exit(main())
