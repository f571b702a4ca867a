"""The parts of a completion: replies to plain prompts, and infills, as texts with their tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from app.messages.events import Stepped
from app.serving.backend import ModelInfo
from app.serving.generation import SILENCE, Silence
from app.serving.infill.infill import Infill
from app.serving.infill.requests import Candidate, FilledHole, HoleDelta, HoleDone, Outcome, WindowStep
from app.serving.infill.results import log_probability
from app.serving.reply import Reply
from app.serving.requests import Delta, Ended, Step
from app.serving.token_log import Alternatives, Scored
from app.text.indentation import IndentationLimit


@dataclass(frozen=True)
class Text:
    """New text of one choice, or the tokens behind text that came before, or both."""

    index: int
    text: str
    tokens: tuple[Scored, ...] = ()


@dataclass(frozen=True)
class End:
    """One choice is complete. `finish_reason` is OpenAI's: stop or length."""

    index: int
    finish_reason: str


@dataclass
class Choice:
    """So far."""

    text: str = ""
    tokens: list[Scored] = field(default_factory=list)
    finish_reason: str | None = None

    @property
    def score(self) -> float:
        """The mean log probability of its tokens."""
        return sum(log_probability(token.confidence) for token in self.tokens) / max(1, len(self.tokens))


class Part:
    """Some of a completion's choices, by their indexes in the whole."""

    model: ModelInfo

    def __init__(self, indexes: Sequence[int]) -> None:
        self.choices: dict[int, Choice] = {index: Choice() for index in indexes}

    def __iter__(self) -> Iterator[Text | End | Silence]:
        for event in self._events():
            if isinstance(event, Text):
                choice = self.choices[event.index]
                choice.text += event.text
                choice.tokens += event.tokens
            elif isinstance(event, End):
                self.choices[event.index].finish_reason = event.finish_reason
            yield event

    @property
    def is_complete(self) -> bool:
        return all(choice.finish_reason is not None for choice in self.choices.values())

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        """Abort before the first step that finds the client gone."""
        raise NotImplementedError

    def abort(self) -> None:
        raise NotImplementedError

    def _events(self) -> Iterator[Text | End | Silence]:
        raise NotImplementedError

    @staticmethod
    def _all_of(index: int, choice: Choice) -> Iterator[Text | End]:
        yield Text(index, choice.text, tuple(choice.tokens))
        yield End(index, choice.finish_reason or "length")


class ReplyPart(Part):
    """Plain prompts. Where more are made for a prompt than are asked for, the likeliest are told, at the end."""

    def __init__(self, reply: Reply, indexes: Sequence[Sequence[int]]) -> None:
        """`indexes` are those of each prompt."""
        super().__init__([index for own in indexes for index in own])
        self.reply, self.model = reply, reply.model
        self._indexes = indexes
        self._made = [Choice() for _ in reply.choices]
        self._alternatives = [Alternatives() for _ in reply.choices]

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        self.reply.watch_client(is_gone)

    def abort(self) -> None:
        self.reply.abort()

    def _events(self) -> Iterator[Text | End | Silence]:
        if len(self._made) > len(self.choices):
            for event in self._run():
                if event is SILENCE:
                    yield SILENCE
            yield from self._best()
        else:
            order = list(self.choices)
            for event in self._run():
                yield event if event is SILENCE else _moved(event, order[event.index])

    def _run(self) -> Iterator[Text | End | Silence]:
        for item in self.reply:
            if isinstance(item, Delta):
                tokens = self._alternatives[item.index].score_all(item.tokens)
                made = self._made[item.index]
                made.text += item.text
                made.tokens += tokens
                yield Text(item.index, item.text, tokens)
            elif isinstance(item, Ended):
                self._made[item.index].finish_reason = item.finish_reason
                yield End(item.index, item.finish_reason)
            elif isinstance(item, Step):
                self._alternatives[item.index].take(item.event)
            else:
                yield SILENCE

    def _best(self) -> Iterator[Text | End]:
        num_made = len(self._made) // len(self._indexes)
        for number, indexes in enumerate(self._indexes):
            made = self._made[number * num_made : (number + 1) * num_made]
            best = sorted(made, key=lambda choice: -choice.score)
            for index, choice in zip(indexes, best, strict=False):
                yield from self._all_of(index, choice)


class InfillPart(Part):
    """A prompt with a hole. One candidate is told as it is filled, several in their order, the best first."""

    def __init__(self, infill: Infill, indexes: Sequence[int], min_indent: int = 0) -> None:
        super().__init__(indexes)
        self.infill, self.model = infill, infill.model
        self._indexes, self._min_indent = list(indexes), min_indent
        self._alternatives = Alternatives()

    @property
    def outcome(self) -> Outcome:
        assert self.infill.outcome is not None
        return self.infill.outcome

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        self.infill.watch_client(is_gone)

    def abort(self) -> None:
        self.infill.abort()

    def _events(self) -> Iterator[Text | End | Silence]:
        yield from self._single() if self.infill.request.n == 1 else self._several()

    def _single(self) -> Iterator[Text | End | Silence]:
        index, limit, finish_reason = self._indexes[0], IndentationLimit(self._min_indent), "stop"
        for event in self.infill:
            if isinstance(event, HoleDelta):
                text = limit.add(event.text)
                if text:
                    yield Text(index, text)
            elif isinstance(event, HoleDone):
                rest = limit.flush()
                yield Text(index, rest, self._tokens(event.filled, self.choices[index].text + rest))
                # The end is told below, when the outcome with its counters is there.
                finish_reason = "stop" if limit.is_over else _finish_reason(event.filled)
            elif isinstance(event, WindowStep | Stepped):
                self._alternatives.take(event.event if isinstance(event, WindowStep) else event)
            else:
                yield SILENCE
        if self.infill.is_complete:
            yield End(index, finish_reason)

    def _several(self) -> Iterator[Text | End | Silence]:
        for event in self.infill:
            if event is SILENCE:
                yield SILENCE
        if self.infill.is_complete:
            candidates = self.outcome.candidates
            for number, index in enumerate(self._indexes):  # too few are distinct: they come again
                yield from self._all_of(index, self._choice(candidates[number % len(candidates)]))

    def _choice(self, candidate: Candidate) -> Choice:
        (hole,), limit = candidate.holes, IndentationLimit(self._min_indent)
        text = limit.add(hole.text) + limit.flush()
        return Choice(text, list(self._tokens(hole, text)), "stop" if limit.is_over else _finish_reason(hole))

    def _tokens(self, hole: FilledHole, told: str) -> tuple[Scored, ...]:
        """Those of the text that is told of the hole: others may have been cut off at either end."""
        scored = [self._alternatives.score(token.id, token.confidence, token.step) for token in hole.tokens]
        texts = [token.text for token in hole.tokens]
        start = max(0, "".join(texts).find(hole.text))
        end = start + len(told)
        kept, at = [], 0
        for token, text in zip(scored, texts, strict=True):
            if at < end and at + len(text) > start:
                kept.append(token)
            at += len(text)
        return tuple(kept)


def _moved(event: Text | End, index: int) -> Text | End:
    if isinstance(event, Text):
        return Text(index, event.text, event.tokens)
    return End(index, event.finish_reason)


def _finish_reason(hole: FilledHole) -> str:
    """OpenAI has no word for a hole that a deadline ended."""
    return "stop" if hole.finish_reason == "stop" else "length"
