"""The engine as it is served against the published loop: same weights and parameters; in float32, the same tokens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.messages.params import GenerationParams
from bench.baselines import published
from bench.context import Context
from bench.measure import Figure, interleave, ratios
from bench.models import Subject, transformers_model
from bench.workload import REQUESTS, Sample, agreement, chat_prompt, described, random_prompt, run_engine, speed, static

PROMPT_LENGTH = 100


@dataclass(frozen=True)
class Case:
    label: str
    prompt: list[int]
    params: GenerationParams


def measure(context: Context) -> list[Figure]:
    return [compare(context, subject, case) for subject in subjects(context) for case in cases(context, subject)]


def subjects(context: Context) -> Iterator[Subject]:
    """One at a time, so that a large one has the memory for itself."""
    for dtype in context.dtypes:
        yield context.checkpoint(dtype)
    for dtype in context.dtypes:
        yield context.random(dtype=dtype)
    for shape in context.more_shapes():
        yield context.random(shape)


def cases(context: Context, subject: Subject) -> list[Case]:
    """No threshold for random weights: their confidences never reach one."""
    if subject.tokenizer is None:
        prompt = random_prompt(subject, context.size(PROMPT_LENGTH, 10), context.options.seed)
        return [Case("1 token a step", prompt, static(context.size(32, 8)))]
    prompt = chat_prompt(subject, REQUESTS[0])
    length, block_length = context.size(128, 8), subject.diffusion.block_length
    return [
        Case("1 token a step", prompt, static(length, block_length)),
        Case("threshold 0.9", prompt, static(length, block_length, threshold=0.9)),
    ]


def compare(context: Context, subject: Subject, case: Case) -> Figure:
    engine = subject.engine(len(case.prompt) + case.params.gen_length, speculation="auto")
    model = transformers_model(subject)
    samples = interleave(
        {
            "engine": lambda: run_engine(engine, [case.prompt], case.params),
            "published": lambda: run_published(model, subject, case),
        },
        context.rounds,
        f"published: {subject}, {case.label}",
    )
    ours, theirs = samples["engine"], samples["published"]
    same = agreement(ours[-1].token_ids, theirs[-1].token_ids)
    context.expect_same(subject, same, f"published: {subject}, {case.label}")
    return Figure(
        f"{subject}, {case.label}",
        "the published loop",
        "speed",
        ratios([sample.seconds for sample in theirs], [sample.seconds for sample in ours]),
        {
            "tokens/s": speed(ours),
            "tokens/s of the loop": speed(theirs),
            "TPF": ours[-1].tokens_per_forward,
            "TPF of the loop": theirs[-1].tokens_per_forward,
            "reply": described(same),
        },
    )


def run_published(model: Any, subject: Subject, case: Case) -> Sample:
    diffusion = subject.diffusion
    start = time.perf_counter()
    reply = published.generate(model, case.prompt, case.params, diffusion.mask_token_id, diffusion.eos_token_ids)
    seconds = time.perf_counter() - start
    return Sample(seconds, seconds, (), (tuple(reply.token_ids),), forwards=reply.forwards)
