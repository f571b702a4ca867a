"""Drafts against none: the same tokens in fewer forwards, which have more rows.

Each case runs with `ELBARTO_SPECULATION` off, auto and two fixed numbers, in turn, on engines that keep what they have
learned about their drafts, as a server does. Streams begin together, so waits are those of a full batch.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from app.engine.engine import Engine
from app.engine.odds import PRIOR, AcceptanceRates
from app.messages.params import GenerationParams, Speculation
from bench.context import Context
from bench.infill.held_out import load_holes
from bench.infill.served import ORACLE, served_methods, serving, warm_up
from bench.measure import Figure, Spread, interleave, percentile, ratios
from bench.models import Subject
from bench.parts.modes import joined
from bench.quality import load_quality
from bench.workload import REQUESTS, Sample, agreement, chat_prompt, described, random_prompt, run_engine, speed, static

OFF = "off"
LIMITS: Mapping[str, Speculation] = {OFF: 0, "auto": "auto", "4 drafts": 4, "8 drafts": 8}
STREAMS = (1, 4, 8, 16)
BLOCK_LENGTHS = (4, 8, 16)
MAX_PROMPT = 256
ONE_LINE = ("held-out, one line, the name tells", "held-out, one line")
KINDS = ("as predicted", "2nd position", "3rd position", "4th position", "one more", "two more", "all", "one fewer")


@dataclass(frozen=True)
class Case:
    """`prompts` run as many at once as there are `streams`."""

    label: str
    prompts: list[list[int]]
    params: GenerationParams
    streams: int = 1


def measure(context: Context) -> list[Figure]:
    figures: list[Figure] = []
    subject = context.checkpoint(context.dtypes[0])
    prompts = held_out_prompts(context, subject)
    engines: list[Engine] = []
    for case in cases(context, prompts, subject.diffusion.block_length):
        figures += compare(context, subject, case, engines)
    figures += acceptance(engines)
    figures += infills(context)
    for shape in ("125M", *context.more_shapes()):
        figures += never_accepted(context, shape)
    return figures


def held_out_prompts(context: Context, subject: Subject) -> list[list[int]]:
    """Chat requests that the embedded model was not trained on, or some plain ones if this copy lacks them."""
    quality = load_quality(context.size(16, 2))
    requests = quality.requests if quality else list(REQUESTS)
    return [chat_prompt(subject, request)[:MAX_PROMPT] for request in requests]


def cases(context: Context, prompts: list[list[int]], block_length: int) -> Iterator[Case]:
    """One token a step by streams and by block length, then the other modes with one stream. Replies end by themselves,
    except where streams are compared."""
    length = context.size(96, 8)
    some = prompts[: context.size(8, 1)]
    modes: dict[str, dict[str, object]] = {
        "threshold 0.9": {"threshold": 0.9},
        "adaptive": {"decode_mode": "adaptive"},
        "factor 1": {"decode_mode": "factor"},
        "entropy 0.1": {"decode_mode": "entropy"},
        "temperature 1": {"temperature": 1.0, "seed": 1},
        "random remasking": {"remasking": "random", "seed": 1},
    }
    for size in dict.fromkeys((block_length, *BLOCK_LENGTHS)):
        yield Case(f"block {size}, 1 token a step", some, static(length // size * size or size, size, ignore_eos=False))
    for name, fields in modes.items():
        yield Case(name, some, static(length, block_length, ignore_eos=False, **fields))
    for streams in STREAMS[1 : context.size(len(STREAMS), 2)]:
        together = (prompts * streams)[:streams]
        yield Case(f"{streams} streams, 1 token a step", together, static(length, block_length), streams)


def compare(context: Context, subject: Subject, case: Case, engines: list[Engine]) -> Iterator[Figure]:
    """Adds the engine with the most drafts to `engines`."""
    longest = MAX_PROMPT + case.params.gen_length
    by_name = {name: subject.engine(longest, case.streams, speculation=limit) for name, limit in LIMITS.items()}
    engines.append(list(by_name.values())[-1])
    samples = interleave(
        {name: partial(run_case, engine, case) for name, engine in by_name.items()},
        context.rounds,
        f"speculation: {case.label}",
    )
    label = f"{subject}, {case.label}"
    for name in LIMITS:
        if name != OFF:
            same = agreement(samples[name][-1].token_ids, samples[OFF][-1].token_ids)
            context.expect_same(subject, same, f"speculation: {label}, {name}")
            yield from figures_of(f"{label}: {name}", samples[name], samples[OFF], same)


def run_case(engine: Engine, case: Case) -> Sample:
    groups = [case.prompts[first : first + case.streams] for first in range(0, len(case.prompts), case.streams)]
    samples = [run_engine(engine, prompts, case.params) for prompts in groups]
    return samples[0] if len(samples) == 1 else joined(samples)


def figures_of(label: str, samples: list[Sample], plain: list[Sample], same: float) -> Iterator[Figure]:
    last = samples[-1]
    facts: dict[str, str | float] = {
        "tokens/s": speed(samples),
        "TPF": last.tokens_per_forward,
        "TPF without": plain[-1].tokens_per_forward,
        "drafts a forward": last.drafts_per_forward,
        "reached %": last.share_accepted,
        "reply": described(same),
    }
    gain = ratios([sample.seconds for sample in plain], [sample.seconds for sample in samples])
    yield Figure(label, OFF, "speed", gain, facts)
    waits = {
        "first block": [[sample.first_block for sample in each] for each in (samples, plain)],
        "between blocks, p99": [[percentile(sample.gaps, 99) for sample in each] for each in (samples, plain)],
    }
    for name, (ours, theirs) in waits.items():
        facts = {"ms": 1000 * statistics.median(ours)}
        yield Figure(f"{label}, {name}", OFF, "time", ratios(ours, theirs), facts)


def acceptance(engines: list[Engine]) -> Iterator[Figure]:
    """How often predictions came true, by depth and kind, over all cases of one token a step and the modes."""
    rates = [rates for engine in engines for rates in engine.speculator.odds.all]
    for depth in range(len(AcceptanceRates().tried)):
        for kind in range(len(PRIOR)):
            tried = sum(each.tried[depth][kind] for each in rates)
            if tried:
                share = 100 * sum(each.came_true[depth][kind] for each in rates) / tried
                label = f"accepted: step {depth + 1} ahead, {KINDS[kind]}"
                yield Figure(label, "predicted", "share", Spread((share,)), {"predictions": float(tried)})


def infills(context: Context) -> Iterator[Figure]:
    """Forwards for each token of one-line holes, by counting."""
    problems = [hole for hole in load_holes(context.size(16, 1)) if hole.group in ONE_LINE]
    counts: dict[str, dict[str, int]] = {}
    num_tokens = 0
    for name, limit in LIMITS.items():
        with serving(context, limit) as (service, _):
            if "canvas" not in service.infill_capabilities.modes:
                context.note("speculation: this model cannot fill canvases")
                return
            methods = {way: served_methods(service, context.options.seed)[way] for way in ("canvas, delete", ORACLE)}
            lengths = [len(service.tokenizer.encode_plain(problem.middle)) for problem in problems]
            num_tokens = sum(lengths)
            for problem, length in zip(problems, lengths, strict=True):
                warm_up(service, problem, context.options.seed)
                for way, method in methods.items():
                    count = counts.setdefault(way, dict.fromkeys(LIMITS, 0))
                    count[name] += method(problem, length).forwards
    for way, count in counts.items():
        for name in LIMITS:
            if name != OFF:
                facts = {"forwards a token": count[name] / num_tokens, "without": count[OFF] / num_tokens}
                fewer = Spread((count[name] / count[OFF],))
                yield Figure(f"one-line holes, {way}: {name}, forwards", OFF, "time", fewer, facts)


def never_accepted(context: Context, shape: str) -> Iterator[Figure]:
    """Random weights, whose drafts are never reached: `auto` must not cost anything."""
    subject = context.random(shape, context.dtypes[0])
    params = static(context.size(16, 8))
    for streams in (1, context.size(8, 2)):
        prompts = [random_prompt(subject, context.size(64, 8), f"{context.options.seed}/{n}") for n in range(streams)]
        engines = {name: subject.engine(64 + 64, streams, speculation=LIMITS[name]) for name in (OFF, "auto")}
        samples = interleave(
            {name: partial(run_engine, engine, prompts, params) for name, engine in engines.items()},
            context.rounds,
            f"speculation: {subject}, {streams} streams",
        )
        same = agreement(samples["auto"][-1].token_ids, samples[OFF][-1].token_ids)
        context.expect_same(subject, same, f"speculation: {subject}, {streams} streams")
        (figure, *_) = figures_of(f"{subject}, {streams} streams: auto", samples["auto"], samples[OFF], same)
        yield figure
