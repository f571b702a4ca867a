"""Completions: plain prompts are continued, prompts with a hole are infilled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.errors import Unsupported
from app.messages.defaults import InfillMode
from app.serving.completion_parts import CompletionChoice, CompletionDelta, CompletionEnded, InfillPart, Part, ReplyPart
from app.serving.generation import Silence
from app.serving.infill.infill import Infill
from app.serving.infill.requests import ContextFile, Hole, InfillRequest, LengthMethod
from app.serving.reply import Reply
from app.serving.requests import PromptRequest
from app.serving.work import Usage, combined_usage
from app.text.fim_dialects import DIALECTS, FimPrompt, parse_fim

DIALECT_NAMES = tuple(DIALECTS)
# Sent instead of an empty suffix by clients whose usual servers reject one.
NO_SUFFIX = ("<|endoftext|>",)

# Fields that only prompts with a hole use, and only prompts without one.
FOR_HOLES = ("infill_mode", "length_method", "context")
FOR_REPLIES = ("ignore_eos", "steps_per_block", "stop_token_ids")


@dataclass(frozen=True, kw_only=True)
class CompletionRequest(PromptRequest):
    """A validated completion. None: the default. `watch` yields every denoising step of each part.

    With a `suffix`, or if `is_fim`, each prompt is the text before a hole. Other prompts are searched for the
    fill-in-the-middle sentinels of `fim_dialects`; one without any is continued.
    """

    best_of: int | None = None  # replies generated for each prompt; the `n` best are returned
    scored: bool = False  # report log probabilities of the tokens, and the `alternatives` to each
    suffix: str | None = None  # the text after the hole; "" is a suffix too
    fim_dialects: Collection[str] | None = None  # None: all of them
    is_fim: bool = False
    # For prompts with a hole only:
    context: Sequence[ContextFile] = ()
    language: str = "python"
    infill_mode: InfillMode | None = None
    length_method: LengthMethod | None = None
    min_indent: int = 0  # the text ends before a line that is indented by fewer characters
    soft_budget_ms: int | None = None  # as in InfillRequest: does not cut a hole's first line

    @property
    def num_generated(self) -> int:
        """Replies for each prompt."""
        return max(self.n, self.best_of or 0)


class Completion:
    """Work on prompts, with or without holes: iterate it for CompletionDelta and CompletionEnded.

    `choices` are complete once the iteration ends: n for each prompt, in the prompts' order.
    """

    def __init__(self, request: CompletionRequest, parts: Sequence[Part], prompts: Sequence[str]) -> None:
        """`prompts` are the texts of the prompts, for clients that request an echo."""
        self.request, self.parts, self.prompts = request, parts, prompts
        self.model = parts[0].work.model

    @property
    def works(self) -> list[Reply | Infill]:
        return [part.work for part in self.parts]

    @property
    def choices(self) -> list[CompletionChoice]:
        choices = {index: choice for part in self.parts for index, choice in part.choices.items()}
        return [choices[index] for index in sorted(choices)]

    @property
    def is_complete(self) -> bool:
        return all(part.is_complete for part in self.parts)

    def prompt_of(self, index: int) -> str:
        return self.prompts[index // self.request.n]

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        for work in self.works:
            work.watch_client(is_gone)

    def abort(self) -> None:
        for work in self.works:
            work.abort()

    def usage(self) -> Usage:
        num_tokens = sum(len(choice.tokens) for choice in self.choices)
        return combined_usage([work.usage() for work in self.works], num_tokens)

    def progress(self) -> Mapping[str, int]:
        progress = Counter[str]()
        for work in self.works:
            progress.update(work.progress())
        return progress

    def finish_reasons(self) -> list[str]:
        return [choice.finish_reason for choice in self.choices if choice.finish_reason]

    @property
    def fell_behind(self) -> bool:
        return any(work.fell_behind for work in self.works)

    def texts(self) -> list[str | None]:
        return [text for work in self.works for text in work.texts()]

    def __iter__(self) -> Iterator[CompletionDelta | CompletionEnded | Silence]:
        """Part by part; the engine works on all of them at once."""
        for part in self.parts:
            yield from part


class Sequences(Protocol):
    """The part of the service that completions use."""

    def check_number(self, num_prompts: int, n: int) -> None: ...

    def complete(self, request: PromptRequest) -> Reply: ...

    def infill(self, request: InfillRequest) -> Infill: ...

    def detokenize(self, token_ids: Sequence[int], param: str) -> str: ...


def begin_completion(service: Sequences, request: CompletionRequest) -> Completion:
    """Queue all prompts or none. Raises RequestError, PromptTooLong, QueueFull or Unavailable."""
    service.check_number(len(request.prompts), request.num_generated)
    holes = [_hole_of(service, request, prompt) for prompt in request.prompts]
    plain = [number for number, hole in enumerate(holes) if hole is None]
    parts: list[Part] = []
    try:
        if plain:
            reply = service.complete(_plain_request(request, [request.prompts[number] for number in plain]))
            parts.append(ReplyPart(reply, [_indexes(request, number) for number in plain]))
        for number, hole in enumerate(holes):
            if hole is not None:
                infill = service.infill(_infill_request(request, hole))
                parts.append(InfillPart(infill, _indexes(request, number), request.min_indent))
    except Exception:
        for part in parts:
            part.work.abort()
        raise
    return Completion(request, parts, [_text(service, prompt) for prompt in request.prompts])


def _indexes(request: CompletionRequest, prompt: int) -> list[int]:
    return list(range(prompt * request.n, (prompt + 1) * request.n))


def _hole_of(service: Sequences, request: CompletionRequest, prompt: str | Sequence[int]) -> FimPrompt | None:
    """The text before and after the hole; None if the prompt has none."""
    if request.suffix is not None or request.is_fim:
        suffix = "" if request.suffix in NO_SUFFIX else request.suffix or ""
        return FimPrompt(_text(service, prompt), suffix, tuple(request.context), None, "")
    return parse_fim(prompt, request.fim_dialects) if isinstance(prompt, str) else None


def _text(service: Sequences, prompt: str | Sequence[int]) -> str:
    return prompt if isinstance(prompt, str) else service.detokenize(prompt, "prompt")


def _plain_request(request: CompletionRequest, prompts: Sequence[str | Sequence[int]]) -> PromptRequest:
    """Log probabilities are taken from the steps, so these are watched for them."""
    unused = [f"{name} has no effect on a prompt without a hole." for name in FOR_HOLES if getattr(request, name)]
    return replace(
        request,
        prompts=prompts,
        n=request.num_generated,
        watch=request.watch or request.scored,
        warnings=[*request.warnings, *unused],
    )


def _infill_request(request: CompletionRequest, hole: FimPrompt) -> InfillRequest:
    """A client that stops at a line break wants one line, so the hole is limited to one."""
    if request.grammar is not None:
        param = request.grammar.param
        raise Unsupported(f"{param} is not supported for a hole; it needs a prompt without a suffix.", param)
    unused = [f"{name} has no effect on a hole." for name in FOR_REPLIES if getattr(request, name)]
    wants_line = not {"\n", "\r\n"}.isdisjoint(request.stop)
    return InfillRequest(
        texts=[hole.prefix, hole.suffix],
        holes=[Hole(max_tokens=request.max_tokens or request.gen_length, single_line=wants_line)],
        mode=request.infill_mode,
        length_method=request.length_method,
        n=request.num_generated,
        seed=request.seed,
        stop=request.stop,
        language=request.language,
        filename=hole.filename,
        context=hole.context,
        steps=request.steps,
        block_length=request.block_length,
        time_budget_ms=request.time_budget_ms,
        soft_budget_ms=request.soft_budget_ms,
        speculation=request.speculation,
        decoding=request.decoding,
        logit_bias=request.logit_bias,
        watch=request.watch,
        scored=request.scored,
        alternatives=request.alternatives,
        warnings=[*request.warnings, *unused],
    )
