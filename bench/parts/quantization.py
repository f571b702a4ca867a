"""Quantized layers against unquantized ones: speed, memory, and the effect on the replies."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from app.engine.runner import Runner
from app.errors import StartError
from app.messages.params import GenerationParams
from app.models.quantization import check_quantization, quantize_linears, weight_bytes
from app.settings import EMBEDDED_MODEL
from app.text.tokenizer import Tokenizer
from bench.context import Context
from bench.measure import Figure, interleave, ratios
from bench.models import Subject, transformers_model
from bench.parts.floor import kv_cache, time_forward
from bench.quality import load_bits, load_quality
from bench.workload import REQUESTS, agreement, chat_prompt, run_engine, static

SCHEMES = ("int8", "int4", "fp8")
ROWS = (4, 32)  # a block of one reply, and of eight replies
BATCH = 16
MAX_PROMPT = 512

Facts = dict[str, str | float]


@dataclass(frozen=True)
class SchemeReplies:
    token_ids: tuple[tuple[int, ...], ...]
    passed: float | None  # per cent


def measure(context: Context) -> list[Figure]:
    schemes = available(context)
    quantized = [context.checkpoint(quantization=scheme) for scheme in schemes]
    agreement = judge(context, context.checkpoint(), quantized)
    figures = compare(context, [context.checkpoint(dtype) for dtype in reversed(context.dtypes)], quantized, agreement)
    for shape in ("125M", *context.options.shapes):
        dtypes = context.dtypes if shape == "125M" else [context.dtype]  # two copies of a large one are enough
        plain = [context.random(shape, dtype) for dtype in reversed(dtypes)]
        figures += compare(context, plain, [context.random(shape, quantization=scheme) for scheme in schemes], {})
    return figures


def available(context: Context) -> list[str]:
    """The schemes that this device supports; the reasons against the others become notes."""
    schemes = []
    for scheme in SCHEMES:
        try:
            check_quantization(scheme, context.device, context.dtype)
            schemes.append(scheme)
        except StartError as error:
            context.note(f"quantization: {error}")
    return schemes


def compare(
    context: Context, plain: list[Subject], quantized: list[Subject], agreed: Mapping[str, Facts]
) -> list[Figure]:
    """Forwards of a few rows after a context, the head included. `plain` is in the server's dtype, then in float32."""
    figures = []
    for rows in ROWS:
        contenders = {
            str(subject): partial(time_forward, context, Runner(subject.served, kv_cache(subject)), subject, rows)
            for subject in (*plain, *quantized)
        }
        seconds = interleave(contenders, context.rounds, f"quantization: {plain[0].name}, {rows} rows")
        for subject in quantized:
            ours = seconds[str(subject)]
            facts: Facts = {"ms": 1000 * statistics.median(ours), "MB": weight_bytes(subject.transformer) / 1e6}
            for other in plain:
                theirs = seconds[str(other)]
                facts[f"{other.dtype_name} ms"] = 1000 * statistics.median(theirs)
                facts[f"{other.dtype_name} MB"] = weight_bytes(other.transformer) / 1e6
            facts |= agreed.get(subject.quantization, {})
            gain = ratios(seconds[str(plain[0])], ours)
            figures.append(Figure(f"{subject}, forward of {rows} rows", str(plain[0]), "speed", gain, facts))
    return figures


def judge(context: Context, plain: Subject, quantized: list[Subject]) -> dict[str, Facts]:
    """For each scheme: the agreement of its greedy replies with the unquantized model's, and their quality."""
    quality = load_quality(context.size(96, 2))
    requests = quality.requests if quality else list(REQUESTS)
    params = static(context.size(128, plain.diffusion.block_length), plain.diffusion.block_length, ignore_eos=False)

    def answer(subject: Subject) -> SchemeReplies:
        token_ids = answers(subject, [chat_prompt(subject, request)[:MAX_PROMPT] for request in requests], params)
        decode = Tokenizer(subject.tokenizer).decode
        return SchemeReplies(token_ids, quality.passed([decode(reply) for reply in token_ids]) if quality else None)

    base = answer(plain)
    bits = bits_per_byte(context, plain, [subject.quantization for subject in quantized])
    facts: dict[str, Facts] = {}
    for subject in quantized:
        replies = answer(subject)
        alike = [ours == theirs for ours, theirs in zip(replies.token_ids, base.token_ids, strict=True)]
        facts[subject.quantization] = {
            "same tokens %": 100 * agreement(replies.token_ids, base.token_ids),
            "same replies %": 100 * sum(alike) / len(alike),
        }
        if replies.passed is not None and base.passed is not None:
            facts[subject.quantization] |= {"answers right %": replies.passed, "right unquantized %": base.passed}
        if bits:
            facts[subject.quantization] |= {"bits/byte": bits[subject.quantization], "bits/byte before": bits["none"]}
    return facts


def answers(subject: Subject, prompts: list[list[int]], params: GenerationParams) -> tuple[tuple[int, ...], ...]:
    engine = subject.engine(MAX_PROMPT + params.gen_length, BATCH)
    batches = (prompts[first : first + BATCH] for first in range(0, len(prompts), BATCH))
    return tuple(itertools.chain.from_iterable(run_engine(engine, batch, params).token_ids for batch in batches))


def bits_per_byte(context: Context, plain: Subject, schemes: list[str]) -> dict[str, str]:
    """By scheme, including "none": transformers' model with its linear layers replaced by ours.

    Its projections are not fused, but weights are rounded per output, so the numbers equal those of our engine.
    """
    if context.options.model != str(EMBEDDED_MODEL) or context.device.type != "cpu":
        context.note(
            "quantization: no bits per byte; the held-out text needs the embedded model's tokenizer and the CPU"
        )
        return {}
    score = load_bits(context.options.model, context.size(90, 3))
    if score is None:
        return {}
    bits = {}
    for scheme in ("none", *schemes):
        model = transformers_model(plain)
        if scheme != "none":
            quantize_linears(model.model, scheme)
        bits[scheme] = f"{score(model):.4f}"
    return bits
