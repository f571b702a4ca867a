"""A reply in progress: turns the events of a generation into text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.messages.events import Committed, Counters, Event, Finished, SequenceSnapshot, Stepped, Token
from app.messages.params import GenerationParams
from app.serving.backend import ModelInfo
from app.serving.generation import SILENCE, Generation, Silence
from app.serving.publisher import Publisher
from app.serving.updates import ChoiceFinishReason, Delta, Ended, Step, StepSnapshot
from app.serving.work import Usage
from app.text.stream import TextStream


@dataclass
class ReplyChoice:
    """One answer so far."""

    stream: TextStream
    max_tokens: int  # the most that are delivered
    text: str = ""
    tokens: list[Token] = field(default_factory=list)
    finish_reason: ChoiceFinishReason | None = None
    counters: Counters | None = None

    @property
    def token_ids(self) -> list[int]:
        return [token.id for token in self.tokens]

    @property
    def stop_string(self) -> str | None:
        """The stop string that ended it."""
        return self.stream.stop_string


class Reply:
    """Work on prompts without holes: iterate it for Delta and Ended, and for Step if it is watched.

    `choices` hold the output so far: the same number for each prompt, in the order of the prompts.
    """

    def __init__(
        self,
        generation: Generation,
        choices: Sequence[ReplyChoice],
        model: ModelInfo,
        params: GenerationParams,
        prompt_lens: Sequence[int],
        warnings: Sequence[str],
    ) -> None:
        """`params` are the first prompt's; `prompt_lens` are in tokens."""
        self._generation = generation
        self.publisher = Publisher(generation.watch)
        self.choices = list(choices)
        self.model = model
        self.params = params
        self.prompt_lens = list(prompt_lens)
        self.warnings = list(warnings)
        self._was_abandoned = False  # a choice was removed from the engine before its end

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
        return not self._was_abandoned and all(choice.counters is not None for choice in self.choices)

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        self._generation.is_gone = is_gone

    def abort(self) -> None:
        self._generation.abort()
        self.publisher.close()

    def usage(self) -> Usage:
        ended = [(choice, choice.counters) for choice in self.choices if choice.counters is not None]
        counters = tuple(each for _, each in ended)
        cached_tokens = self._cached_tokens()
        return Usage(
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_prompt_tokens=cached_tokens,
            cached_tokens=cached_tokens,
            tpf=sum(len(choice.tokens) for choice, _ in ended) / max(1, sum(each.forwards for each in counters)),
            total_ms=max((each.total_ms for each in counters), default=0.0),
            params=self.params,
            warnings=tuple(self.warnings),
            reply_counters=counters,
        )

    def _cached_tokens(self) -> int:
        """Each prompt counted once: the tokens that none of its choices had to compute."""
        n = len(self.choices) // len(self.prompt_lens)
        cached = [choice.counters.cached_tokens if choice.counters else None for choice in self.choices]
        groups = [cached[start : start + n] for start in range(0, len(cached), n)]
        return sum(min((each for each in group if each is not None), default=0) for group in groups)

    def progress(self) -> Mapping[str, int]:
        return {"tokens": self.completion_tokens, "max_tokens": sum(choice.max_tokens for choice in self.choices)}

    def finish_reasons(self) -> list[str]:
        return [choice.finish_reason for choice in self.choices if choice.finish_reason]

    @property
    def fell_behind(self) -> bool:
        return self._generation.fell_behind

    def texts(self) -> list[str | None]:
        return [choice.text for choice in self.choices]

    def __iter__(self) -> Iterator[Delta | Ended | Step | Silence]:
        with self.publisher.publishing():
            for item in self._generation.events():
                if item is SILENCE:
                    yield SILENCE
                else:
                    yield from self._for_caller(self._take(*item))

    def _for_caller(self, updates: Iterator[Delta | Ended | Step | StepSnapshot]) -> Iterator[Delta | Ended | Step]:
        """Publish all updates to subscribers; yield those for the caller."""
        for update in updates:
            self.publisher.publish(update)
            if not isinstance(update, StepSnapshot) and (update.kind == "result" or self.params.watch):
                yield update

    def _take(self, index: int, event: Event) -> Iterator[Delta | Ended | Step | StepSnapshot]:
        choice = self.choices[index]
        match event:
            case Finished():
                yield from self._take_end(index, choice, event)
            case _ if choice.finish_reason is not None:
                pass  # emitted before the abort reached the engine
            case Committed():
                yield from self._take_tokens(index, choice, event.tokens)
            case Stepped():
                yield Step(index, event)
            case SequenceSnapshot():
                yield StepSnapshot(index, event)

    def _take_end(self, index: int, choice: ReplyChoice, event: Finished) -> Iterator[Delta | Ended]:
        if choice.finish_reason is None:
            self._was_abandoned |= event.reason == "abort" and len(choice.tokens) < choice.max_tokens
            tail = choice.stream.flush()
            if tail.text:
                yield self._delta(index, choice, tail.text, ())
            choice.finish_reason = "stop" if tail.stopped or event.reason == "stop" else "length"
        choice.counters = event.counters
        yield Ended(index, choice.finish_reason, event.counters)

    def _take_tokens(self, index: int, choice: ReplyChoice, tokens: Sequence[Token]) -> Iterator[Delta]:
        """Take tokens up to `max_tokens`; that limit or a stop string may end the choice inside a block."""
        room = choice.max_tokens - len(choice.tokens)
        piece = choice.stream.add([token.id for token in tokens[:room]])
        text = piece.text
        if piece.stopped:
            choice.finish_reason = "stop"
        elif len(tokens) > room:
            tail = choice.stream.flush()
            text += tail.text
            choice.finish_reason = "stop" if tail.stopped else "length"
        if choice.finish_reason or len(tokens) == room:  # in the latter case the Finished event has the reason
            self._generation.abort(index)
        yield self._delta(index, choice, text, tokens[: len(piece.token_ids)])

    @staticmethod
    def _delta(index: int, choice: ReplyChoice, text: str, tokens: Sequence[Token]) -> Delta:
        choice.text += text
        choice.tokens.extend(tokens)
        return Delta(index, text, tuple(token.id for token in tokens), tuple(tokens))
