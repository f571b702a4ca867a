"""What the model proposes for the masked positions of one sequence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from collections.abc import Sequence as Ids
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Proposals:
    """One entry for each masked position of a sequence, in order.

    `confidences` decide which proposals become final first. They are the `probabilities` of the proposed tokens,
    unless remasking is random. `entropies` (nats) and `alternatives` (the most likely tokens with their probabilities)
    are empty unless requested. `ahead` are the proposals of the following steps as they would be if the model's
    probabilities stayed as they are: given only where random numbers, which are known, make them differ.
    """

    positions: tuple[int, ...]
    token_ids: list[int]
    confidences: list[float]
    entropies: list[float]
    probabilities: list[float] = field(default_factory=list)
    alternatives: list[list[tuple[int, float]]] = field(default_factory=list)
    ahead: tuple[Proposals, ...] = ()

    def pick(self, indices: Ids[int]) -> Proposals:
        """The entries at `indices`, without alternatives."""
        columns = (self.token_ids, self.confidences, self.entropies, self.probabilities)
        token_ids, confidences, entropies, probabilities = ([col[i] for i in indices] if col else [] for col in columns)
        positions = tuple(self.positions[index] for index in indices)
        ahead = tuple(proposals.pick(indices) for proposals in self.ahead)
        return Proposals(positions, token_ids, confidences, entropies, probabilities, [], ahead)  # type: ignore[arg-type]

    def with_token(self, index: int, token_id: int) -> Proposals:
        """The proposals with this token, as the only possible one, instead of the one at `index`."""
        token_ids, probabilities = list(self.token_ids), list(self.probabilities)
        token_ids[index], probabilities[index] = token_id, 1.0
        return replace(self, token_ids=token_ids, probabilities=probabilities)

    def positions_of(self, indices: Ids[int], token_id: int | None) -> tuple[int, ...]:
        """The positions at which this token is proposed, of the entries at `indices`."""
        return tuple(self.positions[index] for index in indices if self.token_ids[index] == token_id)

    def without(self, indices: Ids[int], removed: Collection[int] = ()) -> Proposals:
        """What is to be expected in the next step, if the entries at `indices` become final in this one, and these
        positions leave the canvas."""
        gone = {*indices, *(index for index, position in enumerate(self.positions) if position in removed)}
        rest = self.later().pick([index for index in range(len(self.positions)) if index not in gone])
        return rest.moved(sorted(removed)) if removed else rest

    def moved(self, removed: Ids[int]) -> Proposals:
        """The same proposals after these positions (rising) have left the canvas."""
        positions = tuple(position - bisect_left(removed, position) for position in self.positions)
        return replace(self, positions=positions, ahead=tuple(later.moved(removed) for later in self.ahead))

    def later(self) -> Proposals:
        """The proposals of the next step, as they would be if the model's probabilities stayed as they are."""
        return replace(self.ahead[0], ahead=self.ahead[1:]) if self.ahead else self
