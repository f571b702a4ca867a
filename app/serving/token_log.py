"""How likely a text's tokens were, for callers who ask for log probabilities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.messages.events import Stepped, Token
from app.serving.infill.results import log_probability
from app.text.detokenizer import Detokenizer
from app.text.token_text import TokenText
from app.text.tokenizer import Tokenizer

Likely = tuple[tuple[int, float], ...]  # tokens and their probabilities, the likeliest first


@dataclass(frozen=True)
class Scored:
    """A token that was accepted with this probability, and the likeliest ones at its place in that step."""

    id: int
    confidence: float
    alternatives: Likely = ()


@dataclass(frozen=True)
class Entry:
    """`offset` is where the token's text begins, in characters; `top` has the token itself in any case."""

    text: str
    offset: int
    log_probability: float
    top: Mapping[str, float]
    is_special: bool


class Alternatives:
    """What watched steps told of the places where tokens became final.

    A token is found by its step and its id: positions move where tokens are deleted. Those that leave the canvas after
    all stand behind an end token, and so are never asked for.
    """

    def __init__(self) -> None:
        self._sequence_id: int | None = None
        self._final: defaultdict[int, list[tuple[int, Likely]]] = defaultdict(list)

    def take(self, event: Stepped) -> None:
        if event.sequence_id != self._sequence_id:  # a canvas that begins again, longer
            self._sequence_id = event.sequence_id
            self._final.clear()
        final = [told for told in event.proposals if told.is_final and not told.is_deleted]
        in_order = sorted(final, key=lambda told: told.position)
        self._final[event.step] += [(told.token_id, told.alternatives) for told in in_order]

    def score(self, id: int, confidence: float | None, step: int | None) -> Scored:
        """Each token is asked for once, in the order of the text."""
        told = self._final[step] if step is not None else []
        at = next((at for at, (token_id, _) in enumerate(told) if token_id == id), None)
        likely = () if at is None else told.pop(at)[1]
        return Scored(id, 1.0 if confidence is None else confidence, likely)

    def score_all(self, tokens: Sequence[Token]) -> tuple[Scored, ...]:
        return tuple(self.score(token.id, token.confidence, token.step) for token in tokens)


class TokenLog:
    """Of one text, token by token; what is told has its text in what the caller has been shown."""

    def __init__(self, tokenizer: Tokenizer, names: TokenText, offset: int) -> None:
        """The text begins at `offset`."""
        self._names = names
        self._detokenizer = Detokenizer(tokenizer.decode)
        self._end = offset
        self._waiting: list[Entry] = []

    def add(self, tokens: Sequence[Scored]) -> None:
        for token in tokens:
            text = self._detokenizer.add(token.id)
            name, logged = text or self._name(token.id), log_probability(token.confidence)
            others = {self._name(id): log_probability(likely) for id, likely in token.alternatives if id != token.id}
            is_special = self._names.special(token.id) is not None
            self._waiting.append(Entry(name, self._end, logged, {**others, name: logged}, is_special))
            self._end += len(text)

    def take(self, shown: int, is_over: bool = False) -> list[Entry]:
        """Entries whose text begins before `shown` and has not been told; at the end, end tokens there as well."""
        entries = self._waiting if is_over else [entry for entry in self._waiting if entry.offset < shown]
        self._waiting = self._waiting[len(entries) :]
        return [entry for entry in entries if entry.offset < shown or (entry.is_special and entry.offset == shown)]

    def _name(self, token_id: int) -> str:
        """A special token's own; a part of a character has no text, and so is named by its id."""
        text = self._names.of(token_id)
        if text is None:
            return f"token_id:{token_id}"
        return text or self._names.special(token_id) or ""
