"""The cost of step events: none for streams that nobody watches, and how much for watched ones."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from unittest import mock

from app.engine import denoise, sampling
from bench.context import Context
from bench.measure import Figure, interleave, ratios
from bench.models import Subject
from bench.workload import Sample, agreement, described, random_prompt, run_engine, speed, static

STREAMS = (1, 8)
ALTERNATIVES = 5  # as many as the page requests
COLLECTING = "[stepped(sequence, proposals, selected)] if sequence.is_watched else []"


def measure(context: Context) -> list[Figure]:
    subject = context.checkpoint()
    return [figure for num in STREAMS for figure in compare(context, subject, num)]


def compare(context: Context, subject: Subject, num: int) -> Iterator[Figure]:
    prompt_length, length = context.size(64, 8), context.size(128, 8)
    prompts = [random_prompt(subject, prompt_length, f"{context.options.seed}/{n}") for n in range(num)]
    bare = static(length, subject.diffusion.block_length)
    watched = replace(bare, watch=True)
    curious = replace(watched, alternatives=ALTERNATIVES)
    run = partial(run_engine, subject.engine(prompt_length + length, num), prompts)
    contenders: dict[str, Callable[[], Sample]] = {
        "stripped": lambda: run_stripped(partial(run, bare)),
        "nobody watches": partial(run, bare),
        "all are watched": partial(run, watched),
        f"all are watched, {ALTERNATIVES} alternatives": partial(run, curious),
    }
    if num > 1:
        contenders[f"one is watched, {ALTERNATIVES} alternatives"] = partial(run, [curious, *[bare] * (num - 1)])
    samples = interleave(contenders, context.rounds, f"steps: {subject}, {num}")
    label = f"{subject}, {num} stream{'s' if num > 1 else ''}"
    yield figure(f"{label}: nobody watches", samples["nobody watches"], "cut out of the engine", samples["stripped"])
    for name in list(contenders)[2:]:
        yield figure(f"{label}: {name}", samples[name], "nobody watches", samples["nobody watches"])


def figure(label: str, samples: list[Sample], against: str, others: list[Sample]) -> Figure:
    gain = ratios([sample.tokens_per_second for sample in samples], [sample.tokens_per_second for sample in others])
    same = described(agreement(samples[-1].token_ids, others[-1].token_ids))
    return Figure(label, against, "speed", gain, {"tokens/s": speed(samples), "reply": same})


def run_stripped(run: Callable[[], Sample]) -> Sample:
    with stripped():
        return run()


@contextmanager
def stripped() -> Iterator[None]:
    """An engine without step events: the code that collects them is cut out of its source."""
    source = inspect.getsource(denoise.finish_step)
    assert COLLECTING in source
    namespace = dict(vars(denoise))
    exec(source.replace(COLLECTING, "[]"), namespace)
    with (
        mock.patch.object(denoise, "finish_step", namespace["finish_step"]),
        mock.patch.object(sampling, "_add_alternatives"),
    ):
        yield
