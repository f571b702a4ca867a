"""Runs the parts one after another and saves their figures."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from tqdm import tqdm

from app.engine.warmup import most_threads
from app.errors import ConfigError
from app.models.device import choose_device, choose_dtype
from bench import machine, plot, registry, report
from bench.context import Context, Options
from bench.measure import Figure
from bench.models import SHAPES


def run(options: Options) -> bool:
    """Return False if two exact ways to decode gave different tokens.

    Raises ConfigError for an unknown part or shape, and CheckpointError if the model cannot be loaded.
    """
    start = time.monotonic()
    parts = registry.choose(options.parts)
    unknown = next((shape for shape in options.shapes if shape not in SHAPES), None)
    if unknown is not None:
        raise ConfigError(f"there is no shape {unknown!r}; the shapes are {', '.join(SHAPES)}")
    registry.check_repeats(options.repeats)
    context = make_context(options)
    described = machine.describe(context)
    _print("\n".join(f"{name}: {value}" for name, value in described.items()))
    if machine.is_busy():
        context.note(f"other programs were running: the load was {described['load before']} before the first part")
        _print(f"warning: {context.notes[-1]}")
    options.out.mkdir(parents=True, exist_ok=True)
    results: dict[str, list[Figure]] = {}
    for name in tqdm(parts, desc="benchmark", unit="part", disable=None):
        results[name] = run_part(name, context, described)
        text = report.markdown(results, described, context.notes)
        (options.out / "results.md").write_text(text, encoding="utf-8")
    _print(text)
    _print(f"written to {options.out} after {time.monotonic() - start:.0f} s")
    return not context.failures


def make_context(options: Options) -> Context:
    threads = options.threads or most_threads()
    torch.set_num_threads(threads)
    device = choose_device(options.device)
    return Context(options, device, choose_dtype(options.dtype, device), threads)


def run_part(name: str, context: Context, described: report.Machine) -> list[Figure]:
    """Measure one part and save its figures at once, so that a later failure loses none."""
    num_notes = len(context.notes)
    start = time.monotonic()
    figures = registry.load(name)(context)
    notes = context.notes[num_notes:]
    report.save_json(context.options.out / f"{name}.json", name, figures, described, notes, time.monotonic() - start)
    draw(name, figures, context.options.out / f"{name}.png", context)
    return figures


def draw(name: str, figures: Sequence[Figure], path: Path, context: Context) -> None:
    try:
        plot.save(name, figures, path)
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        note = "no plots: matplotlib is not installed (requirements-dev.txt has it)"
        if note not in context.notes:
            context.note(note)


def _print(text: str) -> None:
    tqdm.write(text, file=sys.stdout)
