"""The server's service over the measured model, and its infill modes and length methods as they are served."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app import create_service
from app.messages.decoding import Decoding
from app.messages.defaults import InfillMode
from app.messages.options import overrides
from app.messages.params import ModelSource, Speculation
from app.serving.backend import Backend, Frontend, load_backend
from app.serving.infill.infill import Infill
from app.serving.infill.requests import Hole, InfillRequest, LengthMethod
from app.serving.service import Service
from app.settings import Settings
from bench.context import Context
from bench.infill.counting import CountedEngine
from bench.infill.problems import Problem
from bench.infill.scores import Filling

# (problem, tokens in its middle, for the oracle only) -> filling
Method = Callable[[Problem, int], Filling]
ORACLE = "canvas, exact: told the true length"
STREAMS = 16


@contextmanager
def serving(context: Context, speculation: Speculation = 0) -> Iterator[tuple[Service, CountedEngine]]:
    """The service, in this process, with the checkpoint's request defaults as on the server."""
    path = Path(context.options.model)
    settings = Settings(
        model_path=str(path.resolve()) if path.exists() else str(path),
        device=str(context.device),
        dtype=str(context.dtype).removeprefix("torch."),
        num_threads=context.threads,
        max_sequences=STREAMS,
    )
    source = ModelSource(
        path=settings.model,
        device=settings.device,
        dtype=settings.dtype,
        num_threads=settings.num_threads,
        max_sequences=settings.max_sequences,
        prefix_cache_bytes=settings.prefix_cache_bytes,
        speculation=speculation,
    )
    counted: list[CountedEngine] = []

    def load() -> tuple[Backend, Frontend]:
        backend, frontend = load_backend(source)
        counted.append(CountedEngine(backend.engine))
        return replace(backend, engine=counted[0]), frontend

    service = create_service(settings, load)
    try:
        service.wait_until_ready()
        yield service, counted[0]
    finally:
        service.close()


def served_methods(service: Service, seed: int) -> dict[str, Method]:
    """The methods that a request can choose with this model: greedy, one token a step."""
    modes = service.infill_capabilities.modes
    methods: dict[str, Method] = {}
    if "both" in modes:
        methods["both"] = served(service, "both", None, seed)
    if "canvas" in modes:
        methods["canvas, delete"] = served(service, "canvas", "delete", seed)
        methods["canvas, several"] = served(service, "canvas", "several", seed)
        methods[ORACLE] = served(service, "canvas", "exact", seed)
    if "fim" in modes:
        methods["fim"] = served(service, "fim", None, seed)
    if "chat" in modes:
        methods["chat"] = served(service, "chat", None, seed)
    return methods


def served(service: Service, mode: InfillMode, length_method: LengthMethod | None, seed: int) -> Method:
    def fill(problem: Problem, length: int) -> Filling:
        hole = Hole(single_line=problem.is_single_line, length=length if length_method == "exact" else None)
        return finish(service.infill(call(problem, hole, mode, length_method, seed)))

    return fill


def call(
    problem: Problem, hole: Hole, mode: InfillMode, length_method: LengthMethod | None = None, seed: int = 0
) -> InfillRequest:
    return InfillRequest(
        texts=[problem.prefix, problem.suffix],
        holes=[hole],
        mode=mode,
        length_method=length_method,
        seed=seed,
        language=problem.language,
        decoding=overrides(Decoding, temperature=0.0),
    )


def finish(infill: Infill) -> Filling:
    """Run the infill to its end."""
    for _ in infill:
        pass
    usage = infill.usage()
    return Filling(infill.candidates[0].holes[0].text, usage.denoise_forwards, usage.total_ms)


def warm_up(service: Service, problem: Problem, seed: int) -> None:
    """Put prefix and suffix into the prefix cache, as an editor's earlier keystrokes would: a method's cost must not
    depend on its turn."""
    for mode in service.infill_capabilities.modes:
        length = 1 if mode == "canvas" else None
        hole = Hole(max_tokens=1, length=length)
        finish(service.infill(call(problem, hole, mode, "exact" if length else None, seed)))
