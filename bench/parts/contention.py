"""One core kept busy by another program against a quiet machine: the cost of running an editor or a build as well."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import torch

from app.engine.warmup import most_threads
from bench.context import Context
from bench.measure import Figure, interleave, ratios
from bench.workload import Sample, random_prompt, run_engine, speed, static

BASELINE = "1 thread, quiet"
SPIN = "print(flush=True)\nwhile True: pass"


def measure(context: Context) -> list[Figure]:
    """On a CPU only: work on a CUDA device does not compete for cores."""
    if context.device.type != "cpu":
        context.note(f"contention: nothing to measure on {context.device.type}")
        return []
    subject = context.checkpoint()
    prompt = random_prompt(subject, context.size(64, 8), context.options.seed)
    params = static(context.size(16, 4), subject.diffusion.block_length)
    engine = subject.engine(len(prompt) + params.gen_length)

    def contender(threads: int, is_busy: bool) -> Callable[[], Sample]:
        def run() -> Sample:
            with using_threads(threads), busy_core() if is_busy else nullcontext():
                return run_engine(engine, [prompt], params)

        return run

    contenders = {BASELINE: contender(1, is_busy=False)}
    for threads, name in thread_counts().items():
        contenders[f"{name}, quiet"] = contender(threads, is_busy=False)
        contenders[f"{name}, busy"] = contender(threads, is_busy=True)
    samples = interleave(contenders, context.rounds, f"contention: {subject}")
    return [figure(f"{subject}, {name}", samples[name], samples[BASELINE]) for name in contenders if name != BASELINE]


def thread_counts() -> dict[int, str]:
    """The default number of threads, and one thread per core if that is more."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    default = most_threads()
    return {cores: f"all cores ({cores} threads)", default: f"default ({default} thread{'s' if default > 1 else ''})"}


def figure(label: str, samples: list[Sample], alone: list[Sample]) -> Figure:
    gain = ratios([sample.seconds for sample in alone], [sample.seconds for sample in samples])
    return Figure(label, BASELINE, "speed", gain, {"tokens/s": speed(samples)})


@contextmanager
def using_threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def busy_core() -> Iterator[None]:
    """Another program that never waits, for as long as the block runs."""
    process = subprocess.Popen([sys.executable, "-c", SPIN], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # wait until it has started
        time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.communicate()
