"""Log probabilities (natural) of a text's tokens, for callers that request them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.messages.events import Stepped, Token
from app.serving.infill.results import log_probability
from app.text.detokenizer import Detokenizer
from app.text.token_text import TokenText
from app.text.tokenizer import Tokenizer

Alternative = tuple[int, float]  # a token and its probability
NO_TEXT = "token_id:"


@dataclass(frozen=True)
class Scored:
    """A token with its probability."""

    id: int
    confidence: float  # the probability it was accepted with
    alternatives: tuple[Alternative, ...] = ()  # the most likely tokens at its position in that step


@dataclass(frozen=True)
class Entry:
    """One token of a text."""

    text: str
    offset: int  # of the token's text, in characters
    log_probability: float
    top: Mapping[str, float]  # log probabilities of the most likely tokens by their text; the token itself included
    is_special: bool


class Alternatives:
    """The alternatives at the positions where tokens became final, from watched steps.

    A token is looked up by its step and its id, because deletes shift positions. Final tokens that are removed from the
    canvas later come after an end token, so they are never looked up.
    """

    def __init__(self) -> None:
        self._sequence_id: int | None = None
        self._final: defaultdict[int, list[tuple[int, tuple[Alternative, ...]]]] = defaultdict(list)

    def take(self, event: Stepped) -> None:
        """Remember the alternatives of one step."""
        if event.sequence_id != self._sequence_id:  # the canvas started over, longer
            self._sequence_id = event.sequence_id
            self._final.clear()
        final = [proposal for proposal in event.proposals if proposal.is_final and not proposal.is_deleted]
        final.sort(key=lambda proposal: proposal.position)
        self._final[event.step] += [(proposal.token_id, proposal.alternatives) for proposal in final]

    def score(self, id: int, confidence: float | None, step: int | None) -> Scored:
        """The token with its alternatives. Call this once for each token, in the order of the text."""
        final = self._final[step] if step is not None else []
        at = next((at for at, (token_id, _) in enumerate(final) if token_id == id), None)
        alternatives = () if at is None else final.pop(at)[1]
        return Scored(id, 1.0 if confidence is None else confidence, alternatives)

    def score_all(self, tokens: Sequence[Token]) -> tuple[Scored, ...]:
        return tuple(self.score(token.id, token.confidence, token.step) for token in tokens)


class TokenLog:
    """The entries of one text. They are returned once the caller has received their text."""

    def __init__(self, tokenizer: Tokenizer, names: TokenText, offset: int) -> None:
        """The text starts at `offset`, in characters."""
        self._names = names
        self._detokenizer = Detokenizer(tokenizer.decode)
        self._end = offset
        self._waiting: list[Entry] = []

    def add(self, tokens: Sequence[Scored]) -> None:
        for token in tokens:
            text = self._detokenizer.add(token.id)
            name, value = text or self._name(token.id), log_probability(token.confidence)
            others = {self._name(id): log_probability(other) for id, other in token.alternatives if id != token.id}
            is_special = self._names.special(token.id) is not None
            self._waiting.append(Entry(name, self._end, value, {**others, name: value}, is_special))
            self._end += len(text)

    def take(self, shown: int, is_over: bool = False) -> list[Entry]:
        """Entries not yet returned whose text starts before offset `shown`; at the end, a special token there too."""
        entries = self._waiting if is_over else [entry for entry in self._waiting if entry.offset < shown]
        self._waiting = self._waiting[len(entries) :]
        return [entry for entry in entries if entry.offset < shown or (entry.is_special and entry.offset == shown)]

    def _name(self, token_id: int) -> str:
        """The token's text; its id if it is a part of a character, which has no text."""
        text = self._names.of(token_id)
        if text is None:
            return f"{NO_TEXT}{token_id}"
        return text or self._names.special(token_id) or ""


def has_text(name: str) -> bool:
    """Whether an entry's text is one, and not the id of a part of a character."""
    return not name.startswith(NO_TEXT)
