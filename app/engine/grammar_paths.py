"""Paths through a block: what a grammar allows, where some positions are known and others are masked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable
from collections.abc import Sequence as Ids
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# Chosen, not measured: likely tokens that a path tries at a position, and paths kept.
NUM_BRANCHES = 4
NUM_PATHS = 6
UNLIKELY = -50.0  # the score of a token that only the witness has

Options = list[tuple[int, float]]  # token ids with their scores, the best first


class Matcher(Protocol):
    """A grammar's state after some tokens of a reply. Implemented outside of the engine."""

    def copy(self) -> Matcher: ...

    def consume(self, token_id: int) -> bool:
        """Go on by a token. False: the grammar does not allow it here, and the matcher is of no further use."""
        ...

    def allows(self, token_ids: Ids[int]) -> Iterable[bool]:
        """Whether each of these may come next; end tokens where the text so far is complete. Lazily."""
        ...

    def allowed(self) -> NDArray[np.bool_]:
        """The same for all tokens, [vocab]; takes longer."""
        ...

    @property
    def is_accepting(self) -> bool:
        """Whether the text so far is complete."""
        ...

    def forced(self) -> list[int]:
        """Tokens that must come next, because nothing else may; maybe fewer than there are."""
        ...

    def follows(self, token_ids: Ids[int]) -> bool:
        """Whether these may come next, one after another."""
        ...

    def closing(self, limit: int) -> list[int] | None:
        """Few tokens that complete the text, an end token the last of them; None: no more than `limit` do, as far as
        a short search can tell."""
        ...


@dataclass(frozen=True)
class Path:
    """Tokens for the positions from the first mask on. None after the end of the reply: any token may stand there."""

    matcher: Matcher
    token_ids: tuple[int | None, ...] = ()
    score: float = 0.0
    is_ended: bool = False


class Paths:
    """Finds paths through the rest of a block: `tail`, from its first mask on (None: masked)."""

    def __init__(
        self, end_token_ids: Collection[int], best: Callable[[int, NDArray[np.bool_]], tuple[int, float]]
    ) -> None:
        """`best(index, allowed)` is the likeliest allowed token of the masked position with this number."""
        self._ends, self.best = end_token_ids, best

    def find(
        self, matcher: Matcher, tail: Ids[int | None], options: Ids[Options], witness: Ids[int | None] = ()
    ) -> list[Path]:
        """The best ones that reach the end of the block. A `witness`, one that is known, is among those tried."""
        paths = [Path(matcher)]
        masked = 0
        for index, token_id in enumerate(tail):
            found: list[Path] = []
            for path in paths:
                if path.is_ended:
                    found.append(Path(path.matcher, (*path.token_ids, token_id), path.score, True))
                elif token_id is not None:
                    found += self._extend(path, [(token_id, 0.0)])
                else:
                    is_on = index < len(witness) and tuple(witness[:index]) == path.token_ids
                    known = witness[index] if is_on else None
                    found += self._extend(path, self._branches(path, masked, options[masked], known))
            masked += token_id is None
            found.sort(key=lambda path: -path.score)
            paths = found[:NUM_PATHS]
            paths += [path for path in found[NUM_PATHS:] if path.token_ids == tuple(witness[: index + 1])]
        return paths

    def _branches(self, path: Path, masked: int, options: Options, known: int | None) -> Options:
        allows = path.matcher.allows([token_id for token_id, _ in options])
        branches = list(itertools.islice(itertools.compress(options, allows), NUM_BRANCHES))
        if not branches and (allowed := path.matcher.allowed()).any():
            branches = [self.best(masked, allowed)]
        if known is not None and all(token_id != known for token_id, _ in branches):
            branches.append((known, UNLIKELY))  # `_extend` finds out whether it is allowed
        return branches

    def _extend(self, path: Path, branches: Options) -> list[Path]:
        found = []
        for token_id, score in branches:
            token_ids, total = (*path.token_ids, token_id), path.score + score
            if token_id in self._ends:
                if path.matcher.is_accepting:
                    found.append(Path(path.matcher, token_ids, total, True))
                continue
            matcher = path.matcher.copy()
            if matcher.consume(token_id):
                found.append(Path(matcher, token_ids, total))
        return found
