"""Completions: prompts that are gone on from, and prompts with a hole in them, each answered as what it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from app.serving.completion_parts import Choice, End, InfillPart, Part, ReplyPart, Text
from app.serving.generation import Silence
from app.serving.infill.requests import ContextFile, Hole, InfillRequest, LengthMethod
from app.serving.requests import InfillMode, PromptRequest
from app.serving.service import SAMPLING_FIELDS, Service
from app.text.fim_dialects import DIALECTS, FimPrompt, parse_fim

DIALECT_NAMES = tuple(DIALECTS)
# What clients send instead of an empty suffix, because their own servers refuse one.
NO_SUFFIX = ("<|endoftext|>",)


@dataclass(frozen=True)
class CompletionRequest(PromptRequest):
    """A validated completion; None: the default. `best_of` are made for each prompt, and the `n` best of them told.

    With a `suffix`, or where `is_fim` says so, each prompt is the text before a hole; else one that is written in any
    of `fim_dialects` (None: all) is taken apart. The fields below `is_fim` are for those alone. `min_indent`: the text
    ends before a line that is indented by fewer characters. `soft_budget_ms` does not cut a hole's first line.
    """

    best_of: int | None = None
    suffix: str | None = None
    fim_dialects: Collection[str] | None = None
    is_fim: bool = False
    context: Sequence[ContextFile] = ()
    language: str = "python"
    infill_mode: InfillMode | None = None
    length_method: LengthMethod | None = None
    min_indent: int = 0
    soft_budget_ms: int | None = None

    @property
    def num_made(self) -> int:
        return max(self.n, self.best_of or 0)


class Completion:
    """Iterate it for Text and End, with SILENCE in between; raises EngineFailed or ShuttingDown.

    `choices` are all there once the iteration is over: n for each prompt, in the prompts' order. `abort` may come at
    any time, from any thread, and again.
    """

    def __init__(self, request: CompletionRequest, parts: Sequence[Part], prompts: Sequence[str]) -> None:
        """`prompts` are texts, for those who want them echoed."""
        self.request, self.parts, self.prompts = request, parts, prompts
        self.model = parts[0].model

    @property
    def choices(self) -> list[Choice]:
        made = {index: choice for part in self.parts for index, choice in part.choices.items()}
        return [made[index] for index in sorted(made)]

    @property
    def is_complete(self) -> bool:
        return all(part.is_complete for part in self.parts)

    @property
    def num_tokens(self) -> int:
        return sum(len(choice.tokens) for choice in self.choices)

    def prompt_of(self, index: int) -> str:
        return self.prompts[index // self.request.n]

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        """Abort before the first step that finds the client gone."""
        for part in self.parts:
            part.watch_client(is_gone)

    def abort(self) -> None:
        for part in self.parts:
            part.abort()

    def __iter__(self) -> Iterator[Text | End | Silence]:
        """One part after the other: they run side by side all the same."""
        for part in self.parts:
            yield from part


def begin_completion(service: Service, request: CompletionRequest) -> Completion:
    """Queue it, all prompts or none. Raises RequestError, PromptTooLong, QueueFull or Unavailable."""
    holes = [hole_of(service, request, prompt) for prompt in request.prompts]
    plain = [number for number, hole in enumerate(holes) if hole is None]
    parts: list[Part] = []
    try:
        if plain:
            wanted = replace(request, prompts=[request.prompts[number] for number in plain], n=request.num_made)
            parts.append(ReplyPart(service.complete(wanted), [_indexes(request, number) for number in plain]))
        for number, hole in enumerate(holes):
            if hole is not None:
                infill = service.infill(infill_request(request, hole))
                parts.append(InfillPart(infill, _indexes(request, number), request.min_indent))
    except Exception:
        for part in parts:
            part.abort()
        raise
    return Completion(request, parts, [_text(service, prompt) for prompt in request.prompts])


def _indexes(request: CompletionRequest, prompt: int) -> list[int]:
    return list(range(prompt * request.n, (prompt + 1) * request.n))


def hole_of(service: Service, request: CompletionRequest, prompt: str | Sequence[int]) -> FimPrompt | None:
    """What is before and after the hole; None where the prompt has none."""
    if request.suffix is not None or request.is_fim:
        suffix = "" if request.suffix in NO_SUFFIX else request.suffix or ""
        return FimPrompt(_text(service, prompt), suffix, tuple(request.context), None, "")
    return parse_fim(prompt, request.fim_dialects) if isinstance(prompt, str) else None


def _text(service: Service, prompt: str | Sequence[int]) -> str:
    return prompt if isinstance(prompt, str) else service.detokenize(prompt, "prompt")


def infill_request(request: CompletionRequest, hole: FimPrompt) -> InfillRequest:
    """Who stops at a line break wants one line, and need not wait for others to be filled on the canvas."""
    return InfillRequest(
        [hole.prefix, hole.suffix],
        [Hole(max_tokens=request.max_tokens or request.gen_length, single_line="\n" in request.stop)],
        mode=request.infill_mode,
        length_method=request.length_method,
        n=request.num_made,
        seed=request.seed,
        stop=request.stop,
        language=request.language,
        filename=hole.filename,
        context=hole.context,
        steps=request.steps,
        block_length=request.block_length,
        time_budget_ms=request.time_budget_ms,
        soft_budget_ms=request.soft_budget_ms,
        sampling={name: getattr(request, name) for name in SAMPLING_FIELDS},
        scored=request.watch,
        alternatives=request.alternatives,
    )
