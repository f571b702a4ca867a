"""The parts of a completion: replies to plain prompts, and infills, as text with its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.messages.events import Stepped
from app.serving.generation import SILENCE, Silence
from app.serving.infill.infill import Infill
from app.serving.infill.requests import Candidate, FilledHole, HoleDelta, HoleDone, WindowStep
from app.serving.infill.results import log_probability, tokens_shown
from app.serving.reply import Reply
from app.serving.token_log import Alternatives, Scored
from app.serving.updates import ChoiceFinishReason, Delta, Ended, Step
from app.text.indentation import IndentationLimit


@dataclass(frozen=True)
class CompletionDelta:
    """New text of one choice, tokens of its earlier text, or both."""

    index: int
    text: str
    tokens: tuple[Scored, ...] = ()


@dataclass(frozen=True)
class CompletionEnded:
    """One choice is complete."""

    index: int
    finish_reason: ChoiceFinishReason
    stopping_word: str = ""  # the stop string that ended it


@dataclass
class CompletionChoice:
    """One choice so far."""

    text: str = ""
    tokens: list[Scored] = field(default_factory=list)
    finish_reason: ChoiceFinishReason | None = None
    stopping_word: str = ""

    @property
    def score(self) -> float:
        """The mean log probability of its tokens."""
        return sum(log_probability(token.confidence) for token in self.tokens) / max(1, len(self.tokens))


class Part:
    """Some of a completion's choices, by their indexes in the completion."""

    def __init__(self, work: Reply | Infill, indexes: Sequence[int]) -> None:
        self.work = work
        self.choices: dict[int, CompletionChoice] = {index: CompletionChoice() for index in indexes}

    def __iter__(self) -> Iterator[CompletionDelta | CompletionEnded | Silence]:
        for event in self._events():
            if isinstance(event, CompletionDelta):
                choice = self.choices[event.index]
                choice.text += event.text
                choice.tokens += event.tokens
            elif isinstance(event, CompletionEnded):
                choice = self.choices[event.index]
                choice.finish_reason, choice.stopping_word = event.finish_reason, event.stopping_word
            yield event

    @property
    def is_complete(self) -> bool:
        return self.work.is_complete and all(choice.finish_reason for choice in self.choices.values())

    def _events(self) -> Iterator[CompletionDelta | CompletionEnded | Silence]:
        raise NotImplementedError

    @staticmethod
    def _all_of(index: int, choice: CompletionChoice) -> Iterator[CompletionDelta | CompletionEnded]:
        yield CompletionDelta(index, choice.text, tuple(choice.tokens))
        yield CompletionEnded(index, choice.finish_reason or "length", choice.stopping_word)


class ReplyPart(Part):
    """Plain prompts. If `best_of` is above n, the most likely choices are yielded at the end."""

    def __init__(self, reply: Reply, indexes: Sequence[Sequence[int]]) -> None:
        """`indexes` are those of the choices, one list for each prompt."""
        super().__init__(reply, [index for of_prompt in indexes for index in of_prompt])
        self._reply = reply
        self._indexes = indexes
        self._generated = [CompletionChoice() for _ in reply.choices]
        self._alternatives = [Alternatives() for _ in reply.choices]

    def _events(self) -> Iterator[CompletionDelta | CompletionEnded | Silence]:
        if len(self._generated) > len(self.choices):
            for event in self._run():
                if event is SILENCE:
                    yield SILENCE
            yield from self._best()
        else:
            order = list(self.choices)
            for event in self._run():
                yield event if event is SILENCE else _with_index(event, order[event.index])

    def _run(self) -> Iterator[CompletionDelta | CompletionEnded | Silence]:
        for item in self._reply:
            match item:
                case Silence():
                    yield SILENCE
                case Delta():
                    tokens = self._alternatives[item.index].score_all(item.tokens)
                    choice = self._generated[item.index]
                    choice.text += item.text
                    choice.tokens += tokens
                    yield CompletionDelta(item.index, item.text, tokens)
                case Step():
                    self._alternatives[item.index].take(item.event)
                case Ended():
                    choice = self._generated[item.index]
                    choice.finish_reason = item.finish_reason
                    choice.stopping_word = self._reply.choices[item.index].stop_string or ""
                    yield CompletionEnded(item.index, item.finish_reason, choice.stopping_word)

    def _best(self) -> Iterator[CompletionDelta | CompletionEnded]:
        size = len(self._generated) // len(self._indexes)  # choices of a prompt
        for number, indexes in enumerate(self._indexes):
            choices = self._generated[number * size : (number + 1) * size]
            best = sorted(choices, key=lambda choice: -choice.score)
            for index, choice in zip(indexes, best, strict=False):
                yield from self._all_of(index, choice)


class InfillPart(Part):
    """A prompt with a hole. One candidate is yielded while it is filled, several at the end, the best first."""

    def __init__(self, infill: Infill, indexes: Sequence[int], min_indent: int = 0) -> None:
        super().__init__(infill, indexes)
        self._infill = infill
        self._indexes, self._min_indent = list(indexes), min_indent
        self._alternatives = Alternatives()

    def _events(self) -> Iterator[CompletionDelta | CompletionEnded | Silence]:
        yield from self._single() if self._infill.request.n == 1 else self._several()

    def _single(self) -> Iterator[CompletionDelta | CompletionEnded | Silence]:
        index, limit = self._indexes[0], IndentationLimit(self._min_indent)
        finish_reason: ChoiceFinishReason = "stop"
        stopping_word = ""
        for item in self._infill:
            match item:
                case Silence():
                    yield SILENCE
                case HoleDelta():
                    text = limit.add(item.text)
                    if text:
                        yield CompletionDelta(index, text)
                case HoleDone():
                    rest = limit.flush()
                    yield CompletionDelta(index, rest, self._tokens(item.filled, self.choices[index].text + rest))
                    # The end is reported below, when the infill is complete and has its counters.
                    finish_reason = "stop" if limit.is_over else _finish_reason(item.filled)
                    stopping_word = "" if limit.is_over else item.filled.stopping_word
                case WindowStep():
                    self._alternatives.take(item.event)
                case Stepped():
                    self._alternatives.take(item)
        if self._infill.is_complete:
            yield CompletionEnded(index, finish_reason, stopping_word)

    def _several(self) -> Iterator[CompletionDelta | CompletionEnded | Silence]:
        for event in self._infill:
            if event is SILENCE:
                yield SILENCE
        if self._infill.is_complete:
            candidates = self._infill.candidates
            for number, index in enumerate(self._indexes):  # candidates repeat if too few are distinct
                yield from self._all_of(index, self._choice(candidates[number % len(candidates)]))

    def _choice(self, candidate: Candidate) -> CompletionChoice:
        (hole,), limit = candidate.holes, IndentationLimit(self._min_indent)
        text = limit.add(hole.text) + limit.flush()
        tokens = list(self._tokens(hole, text))
        if limit.is_over:
            return CompletionChoice(text, tokens, "stop")
        return CompletionChoice(text, tokens, _finish_reason(hole), hole.stopping_word)

    def _tokens(self, hole: FilledHole, shown: str) -> tuple[Scored, ...]:
        scored = [self._alternatives.score(token.id, token.confidence, token.step) for token in hole.tokens]
        return tuple(scored[tokens_shown(hole, shown)])


def _with_index(event: CompletionDelta | CompletionEnded, index: int) -> CompletionDelta | CompletionEnded:
    if isinstance(event, CompletionDelta):
        return CompletionDelta(index, event.text, event.tokens)
    return CompletionEnded(index, event.finish_reason, event.stopping_word)


def _finish_reason(hole: FilledHole) -> ChoiceFinishReason:
    """OpenAI has no reason for a deadline."""
    return "stop" if hole.finish_reason == "stop" else "length"
