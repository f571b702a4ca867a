"""What metrics and logs cost, with 8 streams: `python -m bench.observing [ROUNDS]`.

Two servers take turns: one as users start it, scraped once a second, and one without metrics and logs. Wall time is
what clients see, but on a shared machine it is noise; the servers' CPU time is what the work costs.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from app.messages.params import GenerationParams
from app.settings import Settings
from bench.measure import Spread, interleave, ratios
from bench.server import HOST, run_clients, serving

STREAMS, PROMPT_LEN, REPLY_LEN, BLOCK_LEN = 8, 64, 96, 4
CPU_SECONDS = re.compile(r"^process_cpu_seconds_total ([\d.e+-]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu_seconds: float


def main(rounds: int) -> None:
    settings = Settings(host=HOST, port=0, num_threads=1, max_sequences=STREAMS, prefix_cache_bytes=0, speculation=0)
    with serving(settings) as observed, serving(settings, ("-m", "bench.observing", "--off")) as unobserved:
        contenders = {"on": lambda: scraped_run(observed), "off": lambda: run(unobserved)}
        samples = interleave(contenders, rounds, "metrics and logs")
        spares = interleave({"off": lambda: run(unobserved), "again": lambda: run(unobserved)}, rounds, "noise")
    compare("on against off", samples["on"], samples["off"])
    compare("noise: off against off", spares["again"], spares["off"])


def compare(name: str, runs: Sequence[Run], against: Sequence[Run]) -> None:
    """Ratios of speeds, and of 1 / CPU time. The least CPU time is that of the run that was disturbed least."""
    speed = ratios([each.seconds for each in against], [each.seconds for each in runs])
    mine, theirs = [each.cpu_seconds for each in runs], [each.cpu_seconds for each in against]
    cpu = ratios(theirs, mine)
    print(f"{name}: speed {described(speed)}, CPU {described(cpu)}, least CPU {min(theirs) / min(mine):.3f}")


def described(ratio: Spread) -> str:
    return f"{ratio.median:.3f} ({ratio.low:.3f} to {ratio.high:.3f})"


def run(port: int) -> Run:
    prompts = [[100 + (stream * 37 + at * 11) % 400 for at in range(PROMPT_LEN)] for stream in range(STREAMS)]
    params = GenerationParams(gen_length=REPLY_LEN, steps=REPLY_LEN, block_length=BLOCK_LEN, ignore_eos=True)
    before = cpu_seconds(port)
    seconds = run_clients(port, prompts, params).seconds
    return Run(seconds, cpu_seconds(port) - before)


def scraped_run(port: int) -> Run:
    with scraping(port):
        return run(port)


@contextmanager
def scraping(port: int) -> Iterator[None]:
    """Every second, which is more often than Prometheus does."""
    is_over = threading.Event()

    def scrape() -> None:
        while not is_over.wait(1.0):
            cpu_seconds(port)

    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def cpu_seconds(port: int) -> float:
    """Of the server's worker, so far."""
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics") as response:
        found = CPU_SECONDS.search(response.read().decode())
    assert found
    return float(found[1])


def serve_unobserved() -> int:
    """`serve`, with functions that do nothing in place of those that count and log."""
    from app.api.request_log import RequestRecord
    from app.cli import main
    from app.serving.metrics import Metrics

    for name in [name for name in vars(Metrics) if name.startswith("count_")]:
        setattr(Metrics, name, lambda *arguments: None)
    RequestRecord.write = lambda record: None  # type: ignore[assignment,method-assign]
    logging.getLogger("elbarto.request").disabled = True
    return main(["serve"])


if __name__ == "__main__":
    if sys.argv[1:] == ["--off"]:
        sys.exit(serve_unobserved())
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
