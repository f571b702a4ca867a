"""The decode modes against static with one token per step: speed, agreement and quality."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from app.messages.params import GenerationParams, round_lengths
from app.text.tokenizer import Tokenizer
from bench.context import Context
from bench.measure import Figure, interleave, ratios
from bench.models import Subject
from bench.quality import Quality, load_quality
from bench.workload import REQUESTS, Sample, agreement, chat_prompt, run_engine, speed

BASELINE = "static, 1 token a step"
BATCH = 16
MAX_PROMPT = 512


@dataclass(frozen=True)
class ModeReplies:
    token_ids: tuple[tuple[int, ...], ...]
    passed: float | None  # per cent


def settings(gen_length: int, block_length: int = 4) -> dict[str, GenerationParams]:
    """The modes by the name in the table. Replies end at the model's end token."""

    def params(tokens_per_step: int = 1, **fields: object) -> GenerationParams:
        length, steps = round_lengths(gen_length, gen_length // tokens_per_step, block_length)
        return GenerationParams(gen_length=length, steps=steps, block_length=block_length, **fields)  # type: ignore[arg-type]

    return {
        BASELINE: params(),
        "static, 2 tokens a step": params(2),
        "static, 4 tokens a step": params(4),
        **{f"threshold {value}": params(threshold=value) for value in (0.7, 0.8, 0.9, 0.95)},
        "adaptive 0.9": params(decode_mode="adaptive", threshold=0.9),
        **{f"factor {value}": params(decode_mode="factor", factor=value) for value in (0.5, 1.0)},
        **{f"entropy {value}": params(decode_mode="entropy", gamma=value) for value in (0.05, 0.1, 0.3)},
        "greedy": params(decode_mode="greedy"),
    }


def measure(context: Context) -> list[Figure]:
    """Speed with one request at a time; agreement and quality over more requests, in batches, untimed."""
    subject = context.checkpoint()
    block_length = subject.diffusion.block_length
    modes = settings(context.size(128, block_length), block_length)
    samples = time_modes(context, subject, modes)
    quality = load_quality(context.size(48, 2))
    if quality is None:
        context.note("modes: no quality column, because this copy of the program has no training.evaluation")
    replies = answer_all(context, subject, modes, quality)
    return [figure(subject, name, samples, replies) for name in modes if name != BASELINE]


def time_modes(context: Context, subject: Subject, modes: Mapping[str, GenerationParams]) -> dict[str, list[Sample]]:
    prompts = [chat_prompt(subject, request) for request in REQUESTS[: context.size(6, 1)]]
    engine = subject.engine(max(map(len, prompts)) + modes[BASELINE].gen_length)

    def run(params: GenerationParams) -> Sample:
        return joined([run_engine(engine, [prompt], params) for prompt in prompts])

    contenders = {name: (lambda params=params: run(params)) for name, params in modes.items()}
    return interleave(contenders, context.rounds, "modes: speed")


def joined(samples: list[Sample]) -> Sample:
    """Consecutive runs as one sample."""
    return Sample(
        seconds=sum(sample.seconds for sample in samples),
        first_block=samples[0].first_block,
        gaps=tuple(gap for sample in samples for gap in sample.gaps),
        token_ids=tuple(reply for sample in samples for reply in sample.token_ids),
        counters=tuple(counters for sample in samples for counters in sample.counters),
        forwards=sum(sample.forwards for sample in samples),
    )


def answer_all(
    context: Context, subject: Subject, modes: Mapping[str, GenerationParams], quality: Quality | None
) -> dict[str, ModeReplies]:
    """Each mode's replies to the same requests, in the same batches."""
    requests = quality.requests if quality else list(REQUESTS[: context.size(len(REQUESTS), 2)])
    prompts = [chat_prompt(subject, request)[:MAX_PROMPT] for request in requests]
    engine = subject.engine(MAX_PROMPT + modes[BASELINE].gen_length, BATCH)
    tokenizer = Tokenizer(subject.tokenizer)
    answered = {}
    for name, params in modes.items():
        replies = itertools.chain.from_iterable(
            run_engine(engine, prompts[first : first + BATCH], params).token_ids
            for first in range(0, len(prompts), BATCH)
        )
        token_ids = tuple(replies)
        texts = [tokenizer.decode(reply) for reply in token_ids]
        answered[name] = ModeReplies(token_ids, quality.passed(texts) if quality else None)
    return answered


def figure(
    subject: Subject, name: str, samples: Mapping[str, list[Sample]], replies: Mapping[str, ModeReplies]
) -> Figure:
    """Speed is in tokens per second, because replies differ in length."""
    ours, plain = samples[name], samples[BASELINE]
    same = agreement(replies[name].token_ids, replies[BASELINE].token_ids)
    facts: dict[str, str | float] = {
        "tokens/s": speed(ours),
        "TPF": ours[-1].tokens_per_forward,
        "same tokens as static %": 100 * same,
    }
    passed, plainly = replies[name].passed, replies[BASELINE].passed
    if passed is not None and plainly is not None:
        facts |= {"answers right %": passed, "right with static %": plainly}
    gain = ratios([sample.tokens_per_second for sample in ours], [sample.tokens_per_second for sample in plain])
    return Figure(f"{subject}, {name}", BASELINE, "speed", gain, facts)
