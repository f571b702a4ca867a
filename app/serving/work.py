"""The common interface of requests in progress, and their cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.messages.defaults import InfillMode
from app.messages.events import Counters
from app.messages.params import GenerationParams
from app.serving.backend import ModelInfo


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The cost of an answer so far.

    The counters are those of finished sequences. An infill has more of them than candidates: also those of probes and
    of discarded candidates.
    """

    prompt_tokens: int
    completion_tokens: int  # delivered, of all choices together
    cached_prompt_tokens: int  # each prompt counted once: the tokens that none of its sequences had to compute
    cached_tokens: int
    tpf: float  # tokens per denoising forward; 0 until something is complete
    total_ms: float
    params: GenerationParams  # the first prompt's, after rounding
    varied_params: tuple[str, ...] = ()  # those of `params` that differ from sequence to sequence
    warnings: tuple[str, ...] = ()
    infill_mode: InfillMode | None = None  # None: no prompt had a hole
    reply_counters: tuple[Counters, ...] = ()
    infill_counters: tuple[Counters, ...] = ()

    @property
    def counters(self) -> tuple[Counters, ...]:
        return (*self.reply_counters, *self.infill_counters)

    @property
    def denoise_forwards(self) -> int:
        return sum(each.forwards for each in self.counters)

    @property
    def drafts_tried(self) -> int:
        return sum(each.drafts_tried for each in self.counters)

    @property
    def drafts_accepted(self) -> int:
        return sum(each.drafts_accepted for each in self.counters)

    @property
    def restarts(self) -> int:
        return sum(each.restarts for each in self.counters)

    @property
    def prefill_forwards(self) -> int:
        return sum(each.prefill_forwards for each in self.counters)

    @property
    def prefill_tokens(self) -> int:
        return sum(each.prefill_tokens for each in self.counters)

    @property
    def queue_ms(self) -> float:
        """The longest sequence's; likewise `first_block_ms`."""
        return max((each.queue_ms for each in self.counters), default=0.0)

    @property
    def steps(self) -> int:
        """Of replies only; likewise `fused_commits` and `first_block_ms`."""
        return sum(each.steps for each in self.reply_counters)

    @property
    def fused_commits(self) -> int:
        return sum(each.fused_commits for each in self.reply_counters)

    @property
    def first_block_ms(self) -> float | None:
        times = [each.first_block_ms for each in self.reply_counters if each.first_block_ms is not None]
        return max(times, default=None)


class Work(Protocol):
    """A request in progress: iterate it for its results, with SILENCE in between, until it is complete.

    Iterating raises EngineFailed or ShuttingDown. The other methods may be called at any time and from any thread.
    """

    @property
    def model(self) -> ModelInfo: ...

    @property
    def is_complete(self) -> bool:
        """Whether the answer is complete. Aborted work never is."""

    def __iter__(self) -> Iterator[Any]: ...

    def abort(self) -> None:
        """Remove its sequences from the engine. Further calls, and calls after the end, do nothing."""

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        """Abort before the first step at which `is_gone` returns true."""

    def usage(self) -> Usage: ...

    def progress(self) -> Mapping[str, int]:
        """`tokens` of `max_tokens` for replies; `holes_filled` of `holes` for infills, of the candidate with most."""

    def finish_reasons(self) -> list[str]:
        """Of the choices or holes of a complete answer."""

    @property
    def fell_behind(self) -> bool:
        """Whether it was aborted because its caller read too slowly."""

    def texts(self) -> list[str | None]:
        """The text so far of a reply's choices, or of the holes of an infill's first candidate (None: not filled)."""


def combined_usage(usages: Sequence[Usage], completion_tokens: int) -> Usage:
    """The usage of several parts of one request, of whose tokens `completion_tokens` were delivered."""
    first, *others = usages
    counters = [each for usage in usages for each in usage.counters]
    return Usage(
        prompt_tokens=sum(each.prompt_tokens for each in usages),
        completion_tokens=completion_tokens,
        cached_prompt_tokens=sum(each.cached_prompt_tokens for each in usages),
        cached_tokens=sum(each.cached_tokens for each in usages),
        tpf=completion_tokens / max(1, sum(each.forwards for each in counters)) if others else first.tpf,
        total_ms=max(each.total_ms for each in usages),
        params=first.params,
        varied_params=first.varied_params,
        warnings=tuple(dict.fromkeys(text for each in usages for text in each.warnings)),
        infill_mode=next((each.infill_mode for each in usages if each.infill_mode), None),
        reply_counters=tuple(each for usage in usages for each in usage.reply_counters),
        infill_counters=tuple(each for usage in usages for each in usage.infill_counters),
    )
