"""Several streams in one batch against one stream: total throughput, and the latency of each stream."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from bench.context import Context
from bench.measure import Figure, interleave, percentile, ratios
from bench.models import Subject
from bench.workload import Sample, random_prompt, run_engine, speed, static

STREAMS = (1, 2, 4, 8, 16)
WAITS: Mapping[str, Callable[[Sample], float]] = {
    "first block of the last stream": lambda sample: sample.first_block,
    "between blocks, p50": lambda sample: percentile(sample.gaps, 50),
    "between blocks, p99": lambda sample: percentile(sample.gaps, 99),
}


def measure(context: Context) -> list[Figure]:
    return [figure for subject, length in subjects(context) for figure in compare(context, subject, length)]


def subjects(context: Context) -> Iterator[tuple[Subject, int]]:
    """The models, each with the length of its replies (tokens)."""
    yield context.checkpoint(), context.size(64, 8)
    yield context.random(), context.size(12, 8)
    for shape in context.more_shapes():
        yield context.random(shape), context.size(64, 8)


def compare(context: Context, subject: Subject, length: int) -> Iterator[Figure]:
    prompt_length = context.size(64, 8)
    prompts = [random_prompt(subject, prompt_length, f"{context.options.seed}/{n}") for n in range(max(STREAMS))]
    engine = subject.engine(prompt_length + length, max(STREAMS))
    params = static(length, subject.diffusion.block_length)
    contenders = {str(num): partial(run_engine, engine, prompts[:num], params) for num in STREAMS}
    samples = interleave(contenders, context.rounds, f"concurrency: {subject}")
    alone = samples["1"]
    for num in STREAMS[1:]:
        yield from figures(f"{subject}, {num} streams", samples[str(num)], alone)


def figures(label: str, samples: list[Sample], alone: list[Sample]) -> Iterator[Figure]:
    gain = ratios([sample.tokens_per_second for sample in samples], [sample.tokens_per_second for sample in alone])
    yield Figure(f"{label}: all tokens", "1 stream", "speed", gain, {"tokens/s": speed(samples)})
    for name, wait in WAITS.items():
        seconds = [wait(sample) for sample in samples]
        longer = ratios(seconds, [wait(sample) for sample in alone])
        yield Figure(f"{label}: {name}", "1 stream", "time", longer, {"ms": 1000 * statistics.median(seconds)})
