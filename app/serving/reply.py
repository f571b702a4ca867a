"""A reply while it is being made: events of a generation turned into text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from app.messages.events import Committed, Counters, Event, Finished, Seen, Stepped, Token
from app.messages.params import GenerationParams
from app.serving.backend import ModelInfo
from app.serving.feed import Feed
from app.serving.generation import SILENCE, Generation, Silence
from app.serving.requests import Delta, Ended, Sight, Step
from app.text.stream import TextStream


@dataclass
class Choice:
    """One of the answers, so far; at most `max_tokens` of it are delivered."""

    stream: TextStream
    max_tokens: int
    text: str = ""
    tokens: list[Token] = field(default_factory=list)
    finish_reason: str | None = None
    counters: Counters | None = None

    @property
    def token_ids(self) -> list[int]:
        return [token.id for token in self.tokens]


class Reply:
    """Iterate it for Delta and Ended, with SILENCE in between; raises EngineFailed or ShuttingDown.

    Where it is watched, a Step comes before what it made final. `choices` hold what was delivered so far, and all of it
    once the iteration is over, in the order of the prompts, and for each prompt as many. `abort` may come at any time,
    from any thread, and again.
    """

    def __init__(
        self,
        generation: Generation,
        choices: Sequence[Choice],
        model: ModelInfo,
        params: GenerationParams,
        prompt_lens: Sequence[int],
        warnings: Sequence[str],
        ignored: Sequence[str] = (),
    ) -> None:
        """`params` are the first prompt's; `prompt_lens` are tokens."""
        self._generation = generation
        self.feed = Feed(generation.watch)
        self.choices = list(choices)
        self.model = model
        self.params = params
        self.prompt_lens = list(prompt_lens)
        self.warnings = list(warnings)
        self.ignored = list(ignored)
        self.was_abandoned = False  # a choice was taken out of the engine before it was at its end

    @property
    def max_tokens(self) -> int:
        """Of the first prompt's replies."""
        return self.choices[0].max_tokens

    @property
    def prompt_tokens(self) -> int:
        return sum(self.prompt_lens)

    @property
    def completion_tokens(self) -> int:
        return sum(len(choice.tokens) for choice in self.choices)

    @property
    def is_complete(self) -> bool:
        return all(choice.counters is not None for choice in self.choices)

    @property
    def tokens_per_forward(self) -> float:
        """TPF: delivered tokens a forward after prefill, of the choices that are complete; 0 before."""
        tokens = sum(len(choice.tokens) for choice in self.choices if choice.counters)
        return tokens / max(1, self.total("steps"))

    @property
    def cached_tokens(self) -> int:
        """Of the prompts, each of which is counted once: what no choice had to compute."""
        n = len(self.choices) // len(self.prompt_lens)
        cached = [choice.counters.cached_tokens if choice.counters else None for choice in self.choices]
        groups = [cached[start : start + n] for start in range(0, len(cached), n)]
        return sum(min((each for each in group if each is not None), default=0) for group in groups)

    def total(self, counter: str) -> int:
        """A counter summed over the choices that are complete."""
        return sum(getattr(choice.counters, counter) for choice in self.choices if choice.counters)

    def longest_ms(self, counter: str) -> float | None:
        times = [getattr(choice.counters, counter) for choice in self.choices if choice.counters]
        known = [time for time in times if time is not None]
        return round(max(known), 1) if known else None

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        """Abort before the first step that finds the client gone."""
        self._generation.is_abandoned = is_gone

    def abort(self) -> None:
        self._generation.abort()
        self.feed.end()

    def __iter__(self) -> Iterator[Delta | Ended | Step | Silence]:
        with self.feed.told():
            for item in self._generation.events():
                if item is SILENCE:
                    yield SILENCE
                else:
                    yield from self._own(self._take(*item))

    def _own(self, items: Iterator[Delta | Ended | Step | Sight]) -> Iterator[Delta | Ended | Step]:
        """What the caller asked for; followers hear everything."""
        for item in items:
            self.feed.tell(item)
            if not isinstance(item, Step | Sight) or (isinstance(item, Step) and self.params.watch):
                yield item

    def _take(self, index: int, event: Event) -> Iterator[Delta | Ended | Step | Sight]:
        choice = self.choices[index]
        if isinstance(event, Committed):
            if choice.finish_reason is None:  # else: committed before the abort reached the engine
                yield from self._take_tokens(index, choice, event.tokens)
        elif isinstance(event, Stepped):
            if choice.finish_reason is None:
                yield Step(index, event)
        elif isinstance(event, Seen):
            if choice.finish_reason is None:
                yield Sight(index, event)
        elif isinstance(event, Finished):
            if choice.finish_reason is None:
                self.was_abandoned |= event.reason == "abort" and len(choice.tokens) < choice.max_tokens
                tail = choice.stream.flush()
                if tail.text:
                    yield self._delta(index, choice, tail.text, ())
                choice.finish_reason = "stop" if tail.stopped or event.reason == "stop" else "length"
            choice.counters = event.counters
            yield Ended(index, choice.finish_reason, event.counters)

    def _take_tokens(self, index: int, choice: Choice, tokens: Sequence[Token]) -> Iterator[Delta]:
        """Tokens up to the budget; a stop string or the budget may end the choice inside a block."""
        room = choice.max_tokens - len(choice.tokens)
        piece = choice.stream.add([token.id for token in tokens[:room]])
        text = piece.text
        if piece.stopped:
            choice.finish_reason = "stop"
        elif len(tokens) > room:
            tail = choice.stream.flush()
            text += tail.text
            choice.finish_reason = "stop" if tail.stopped else "length"
        if choice.finish_reason or len(tokens) == room:  # in the latter case the engine's end says why
            self._generation.abort(index)
        yield self._delta(index, choice, text, tokens[: len(piece.token_ids)])

    @staticmethod
    def _delta(index: int, choice: Choice, text: str, tokens: Sequence[Token]) -> Delta:
        choice.text += text
        choice.tokens.extend(tokens)
        return Delta(index, text, tuple(token.id for token in tokens), tuple(tokens))
