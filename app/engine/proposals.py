"""What the model proposes for the masked positions of one sequence."""

from __future__ import annotations

from collections.abc import Sequence as Ids
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Proposals:
    """One entry for each masked position of a sequence, in order.

    `confidences` decide which proposals become final first. They are the `probabilities` of the proposed tokens,
    unless remasking is random. `entropies` (nats) and `alternatives` (the most likely tokens with their probabilities)
    are empty unless requested.
    """

    positions: tuple[int, ...]
    token_ids: list[int]
    confidences: list[float]
    entropies: list[float]
    probabilities: list[float] = field(default_factory=list)
    alternatives: list[list[tuple[int, float]]] = field(default_factory=list)

    def pick(self, indices: Ids[int]) -> Proposals:
        """The entries at `indices`, without alternatives."""
        columns = (self.token_ids, self.confidences, self.entropies, self.probabilities)
        token_ids, confidences, entropies, probabilities = ([col[i] for i in indices] if col else [] for col in columns)
        positions = tuple(self.positions[index] for index in indices)
        return Proposals(positions, token_ids, confidences, entropies, probabilities)  # type: ignore[arg-type]
