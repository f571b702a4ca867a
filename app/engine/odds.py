"""How often predictions of a block's next states come true: running counts, from which drafts get a probability."""

from __future__ import annotations

import itertools
from collections.abc import Sequence as Ids

from app.engine.drafts import NUM_KINDS, Draft, State
from app.messages.params import GenerationParams

# Before anything is counted: how often the next step goes as predicted (kind 0) or in one of the other ways, if its
# tokens are as predicted. Measured on the embedded model, see bench/LOG.md, "speculation".
PRIOR = (0.8, 0.12, 0.04, 0.01, 0.1, 0.05, 0.05, 0.05)
PRIOR_WEIGHT = 20.0  # predictions that the prior counts for
MEMORY = 500.0  # predictions after which old ones count half
MAX_DEPTH = 4  # later steps are counted together


class AcceptanceRates:
    """Counts by the depth of a prediction and by its kind (`drafts.choices`).

    A prediction comes true if the rule chooses the same positions, and if the tokens are the same. The latter is about
    as frequent as the model's own probability of them says, so what is counted is relative to that: a rate is the
    number of predictions that came true over the sum of their confidences.
    """

    def __init__(self) -> None:
        self.tried = [[0] * NUM_KINDS for _ in range(MAX_DEPTH)]
        self.came_true = [[0] * NUM_KINDS for _ in range(MAX_DEPTH)]
        self._hits = [[rate * PRIOR_WEIGHT for rate in PRIOR] for _ in range(MAX_DEPTH)]
        self._weights = [[PRIOR_WEIGHT] * NUM_KINDS for _ in range(MAX_DEPTH)]

    def probability(self, depth: int, kind: int, confidence: float) -> float:
        """That a step goes as predicted, at this many steps from the certain state."""
        depth = min(depth, MAX_DEPTH - 1)
        return min(1.0, confidence * self._hits[depth][kind] / self._weights[depth][kind])

    def learn(self, drafts: Ids[Draft], path: Ids[State]) -> None:
        """What became of predictions, evaluated or not, after a forward that went along `path`."""
        after = dict(itertools.pairwise(path))
        for draft in drafts:
            reached = after.get(draft.parent)
            if reached is None:  # the state that it follows was not reached, or it was the last one
                continue
            depth, kind = min(draft.depth, MAX_DEPTH) - 1, draft.kind
            is_true = reached == draft.state
            self.tried[depth][kind] += 1
            self.came_true[depth][kind] += is_true
            self._hits[depth][kind] += is_true
            self._weights[depth][kind] += draft.confidence
            if self._weights[depth][kind] > MEMORY:
                self._hits[depth][kind] /= 2
                self._weights[depth][kind] /= 2


class RatesByMode:
    """Rates of their own for each way of decoding: they differ widely."""

    def __init__(self) -> None:
        self._rates: dict[tuple[str, bool, bool], AcceptanceRates] = {}

    @property
    def all(self) -> list[AcceptanceRates]:
        return list(self._rates.values())

    def of(self, params: GenerationParams) -> AcceptanceRates:
        key = (params.mode, params.is_random, params.window is not None)
        return self._rates.setdefault(key, AcceptanceRates())
