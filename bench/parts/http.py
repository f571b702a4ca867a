"""The same work through a server in a separate process, against the bare engine in this one."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from app.settings import Settings
from bench.context import Context
from bench.measure import Figure, interleave, ratios
from bench.models import Subject
from bench.server import HOST, run_clients, serving
from bench.workload import Sample, agreement, described, random_prompt, run_engine, speed, static

CLIENTS = (1, 8)


def measure(context: Context) -> list[Figure]:
    with serving(server_settings(context)) as port:
        return list(compare(context, context.checkpoint(), port))


def server_settings(context: Context) -> Settings:
    """The settings of the bare engine, without defaults from the checkpoint that would change the work.

    Without a prefix cache, because the prompts repeat.
    """
    path = Path(context.options.model)
    return Settings(
        model_path=str(path.resolve()) if path.exists() else str(path),
        generation_config="none",
        host=HOST,
        port=0,
        device=str(context.device),
        dtype=str(context.dtype).removeprefix("torch."),
        num_threads=context.threads,
        max_sequences=max(CLIENTS),
        prefix_cache_bytes=0,
    )


def compare(context: Context, subject: Subject, port: int) -> Iterator[Figure]:
    prompts = [random_prompt(subject, context.size(64, 8), f"{context.options.seed}/{n}") for n in range(max(CLIENTS))]
    params = static(context.size(128, 8), subject.diffusion.block_length)
    engine = subject.engine(subject.config.max_position, max(CLIENTS), speculation="auto")
    contenders = {}
    for num in CLIENTS:
        contenders[f"engine {num}"] = partial(run_engine, engine, prompts[:num], params)
        contenders[f"http {num}"] = partial(run_clients, port, prompts[:num], params)
    samples = interleave(contenders, context.rounds, f"http: {subject}")
    for num in CLIENTS:
        label = f"{subject}, {num} client{'s' if num > 1 else ''}"
        yield from figures(label, samples[f"http {num}"], samples[f"engine {num}"])


def figures(label: str, served: list[Sample], bare: list[Sample]) -> Iterator[Figure]:
    facts: dict[str, str | float] = {
        "tokens/s": speed(served),
        "tokens/s of the engine": speed(bare),
        "reply": described(agreement(served[-1].token_ids, bare[-1].token_ids)),
    }
    gain = ratios([sample.seconds for sample in bare], [sample.seconds for sample in served])
    yield Figure(f"{label}: all tokens", "the bare engine", "speed", gain, facts)
    first = [sample.first_block for sample in served]
    wait = ratios(first, [sample.first_block for sample in bare])
    facts = {"ms": 1000 * statistics.median(first)}
    yield Figure(f"{label}: first block", "the bare engine", "time", wait, facts)
