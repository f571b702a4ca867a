"""The engine against decoding without a cache: a forward over the whole canvas for each token."""

from __future__ import annotations

import time

from app.messages.params import GenerationParams
from bench.baselines import recompute
from bench.context import Context
from bench.measure import Figure, interleave, ratios
from bench.models import Subject
from bench.workload import Sample, agreement, described, random_prompt, run_engine, speed, static


def measure(context: Context) -> list[Figure]:
    """Exact mode must give the same tokens; greedy trades some quality for a block per forward."""
    length = context.size(96, 32)
    exact = [compare(context, context.checkpoint(dtype), "exact, block 4", static(length)) for dtype in context.dtypes]
    greedy = compare(context, context.checkpoint(), "greedy, block 32", static(length, 32, decode_mode="greedy"))
    return [*exact, greedy]


def compare(context: Context, subject: Subject, label: str, params: GenerationParams) -> Figure:
    prompt = random_prompt(subject, context.size(100, 10), context.options.seed)
    engine = subject.engine(len(prompt) + params.gen_length)
    samples = interleave(
        {
            "engine": lambda: run_engine(engine, [prompt], params),
            "recompute": lambda: run_recompute(subject, prompt, params),
        },
        context.rounds,
        f"recompute: {subject}, {label}",
    )
    ours, theirs = samples["engine"], samples["recompute"]
    same = agreement(ours[-1].token_ids, theirs[-1].token_ids)
    if params.mode == "static":
        context.expect_same(subject, same, f"recompute: {subject}, {label}")
    return Figure(
        f"{subject}, {label}",
        "no cache, 1 token a step",
        "speed",
        ratios([sample.seconds for sample in theirs], [sample.seconds for sample in ours]),
        {
            "tokens/s": speed(ours),
            "tokens/s without a cache": speed(theirs),
            "canvas": len(prompt) + params.gen_length,
            "reply": described(same),
        },
    )


def run_recompute(subject: Subject, prompt: list[int], params: GenerationParams) -> Sample:
    start = time.perf_counter()
    reply = recompute.generate(subject.transformer, prompt, params, subject.diffusion.mask_token_id)
    seconds = time.perf_counter() - start
    return Sample(seconds, seconds, (), (tuple(reply),), forwards=len(reply))
