"""Time to the first block: a prompt in the prefix cache against a new one."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from app.engine.engine import Engine
from bench.context import Context
from bench.measure import Figure, interleave, ratios
from bench.models import Subject
from bench.workload import Sample, random_prompt, run_engine, static

LENGTHS = (100, 250, 500, 1000, 1500)
CACHE_BYTES = 2**28


class Probe:
    """Prompts of one length: `cold` runs a new one, `hit` the same one again."""

    def __init__(self, subject: Subject, engine: Engine, length: int, seed: int) -> None:
        self._subject, self._engine, self._length, self._seed = subject, engine, length, seed
        self._num_prompts = 0
        self._prompt: list[int] = []

    def cold(self) -> Sample:
        self._num_prompts += 1
        self._prompt = random_prompt(self._subject, self._length, f"{self._seed}/{self._length}/{self._num_prompts}")
        return self._ask(cached=0)

    def hit(self) -> Sample:
        return self._ask(cached=self._length // self._block_length * self._block_length)

    def _ask(self, cached: int) -> Sample:
        """Raises RuntimeError unless exactly `cached` tokens came from the prefix cache."""
        sample = run_engine(self._engine, [self._prompt], static(self._block_length, self._block_length))
        if sample.counters[0].cached_tokens != cached:
            raise RuntimeError(f"{sample.counters[0].cached_tokens} tokens came from the prefix cache, not {cached}")
        return sample

    @property
    def _block_length(self) -> int:
        return self._subject.diffusion.block_length


def measure(context: Context) -> list[Figure]:
    return list(compare(context, context.checkpoint()))


def compare(context: Context, subject: Subject) -> Iterator[Figure]:
    lengths = LENGTHS if not context.options.quick else LENGTHS[:2]
    engine = subject.engine(max(lengths) + subject.diffusion.block_length, prefix_cache_bytes=CACHE_BYTES)
    contenders = {}
    for length in lengths:
        probe = Probe(subject, engine, length, context.options.seed)
        contenders[f"{length} cold"], contenders[f"{length} hit"] = probe.cold, probe.hit
    samples = interleave(contenders, context.rounds, f"prefix: {subject}")
    for length in lengths:
        cold = [sample.first_block for sample in samples[f"{length} cold"]]
        hit = [sample.first_block for sample in samples[f"{length} hit"]]
        facts = {"ms": 1000 * statistics.median(hit), "ms without": 1000 * statistics.median(cold)}
        yield Figure(f"{subject}, prompt of {length}, cached", "not cached", "speed", ratios(cold, hit), facts)
