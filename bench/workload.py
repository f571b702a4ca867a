"""Prompts, and a run of the engine over them that times every block."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Sequence as Ids
from dataclasses import dataclass

from app.engine.engine import Engine
from app.messages.events import Committed, Counters, Event, Failed, Finished
from app.messages.params import GenerationParams, round_lengths
from app.text.tokenizer import Tokenizer
from bench.models import Subject

REQUESTS = (
    "Write a Python function that adds two numbers.",
    "Write a Python function that returns the larger of two values.",
    "Write a Python function that counts the vowels in a string.",
    "Write a Python function that reverses a list.",
    "Write a Python function that checks whether a number is prime.",
    "Write a Python function that joins words with a comma.",
    "Write a Python function that sums the squares of a list of numbers.",
    "Write a Python function that removes duplicates from a list and keeps its order.",
)


@dataclass(frozen=True)
class Sample:
    """One run over all streams. Times are in seconds; `gaps` are between blocks of the same stream."""

    seconds: float
    first_block: float
    gaps: tuple[float, ...]
    token_ids: tuple[tuple[int, ...], ...]
    counters: tuple[Counters, ...] = ()
    forwards: int = 0

    @property
    def num_tokens(self) -> int:
        return sum(map(len, self.token_ids))

    @property
    def tokens_per_second(self) -> float:
        return self.num_tokens / self.seconds

    @property
    def tokens_per_forward(self) -> float:
        return self.num_tokens / max(1, self.forwards)

    @property
    def drafts_per_forward(self) -> float:
        return sum(counters.drafts_tried for counters in self.counters) / max(1, self.forwards)

    @property
    def share_accepted(self) -> float:
        """Of the drafts, in per cent; 0 without any."""
        tried = sum(counters.drafts_tried for counters in self.counters)
        return 100 * sum(counters.drafts_accepted for counters in self.counters) / max(1, tried)


def static(gen_length: int, block_length: int = 4, **fields: object) -> GenerationParams:
    """One token per step and no early end, so that the work does not depend on the tokens."""
    length, steps = round_lengths(gen_length, gen_length, block_length)
    values: dict[str, object] = {"ignore_eos": True, **fields}
    return GenerationParams(gen_length=length, steps=steps, block_length=block_length, **values)  # type: ignore[arg-type]


def random_prompt(subject: Subject, length: int, seed: int | str) -> list[int]:
    """Random token ids other than mask and end tokens."""
    rng = random.Random(seed)
    return [rng.randrange(16, subject.config.vocab_size) for _ in range(length)]


def chat_prompt(subject: Subject, request: str) -> list[int]:
    return Tokenizer(subject.tokenizer).encode_chat([{"role": "user", "content": request}], {})


def run_engine(engine: Engine, prompts: Ids[Ids[int]], params: GenerationParams | Ids[GenerationParams]) -> Sample:
    """Run all prompts at once, to their end; `params` are for each or for all. Raises RuntimeError if one fails."""
    each = [params] * len(prompts) if isinstance(params, GenerationParams) else params
    start = time.perf_counter()
    streams = {
        engine.add(prompt, stream_params): _Stream() for prompt, stream_params in zip(prompts, each, strict=True)
    }
    while engine.has_work:
        events = engine.step()
        now = time.perf_counter() - start
        for event in events:
            streams[event.sequence_id].take(event, now)
    seconds = time.perf_counter() - start
    runs = list(streams.values())
    counters = tuple(stream.counters for stream in runs if stream.counters)
    return Sample(
        seconds,
        first_block=max(stream.times[0] for stream in runs),
        gaps=tuple(gap for stream in runs for gap in stream.gaps),
        token_ids=tuple(tuple(stream.token_ids) for stream in runs),
        counters=counters,
        forwards=sum(item.forwards for item in counters),
    )


class _Stream:
    def __init__(self) -> None:
        self.times: list[float] = []
        self.token_ids: list[int] = []
        self.counters: Counters | None = None

    @property
    def gaps(self) -> list[float]:
        return [late - early for early, late in itertools.pairwise(self.times)]

    def take(self, event: Event, now: float) -> None:
        if isinstance(event, Failed):
            raise RuntimeError("a sequence failed; the engine's log has the cause")
        if isinstance(event, Committed):
            self.times.append(now)
            self.token_ids += event.token_ids
        elif isinstance(event, Finished):
            self.counters = event.counters


def agreement(replies: Ids[Ids[int]], others: Ids[Ids[int]]) -> float:
    """The share of positions with the same token in both; a position that one reply lacks counts as different."""
    same = longest = 0
    for reply, other in zip(replies, others, strict=True):
        same += sum(a == b for a, b in zip(reply, other, strict=False))
        longest += max(len(reply), len(other))
    return same / max(1, longest)


def speed(samples: Ids[Sample]) -> float:
    """Tokens per second, the median."""
    return statistics.median(sample.tokens_per_second for sample in samples)


def described(share: float) -> str:
    """An agreement as text."""
    return "same tokens" if share == 1 else f"{100 * share:.1f}% same tokens"
