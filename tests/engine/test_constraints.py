"""Which calls a constraint gets, and when."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Ids

import pytest
import torch

from app.engine.constraints import Constraint, HoleBans
from app.engine.engine import Engine
from app.engine.proposals import Proposals
from app.engine.sampling import MaskedRows, propose
from app.messages.events import Committed
from app.messages.params import GenerationParams, Window
from tests.tiny import drain, run

PARAMS = GenerationParams(gen_length=4, steps=1, block_length=4, ignore_eos=True)
PROMPT = (40, 41, 42, 43)
LOGITS = torch.tensor([[2.0, -1.0, 0.5, 3.0], [0.0, 4.0, 1.0, 2.0]])  # of tokens 0 to 3; 3 is the mask token below


class Recorder(Constraint):
    """Bans token `banned`, admits the first `limit` proposals, and records its calls."""

    def __init__(self, affects_confidence: bool, banned: int = 0, limit: int = 9) -> None:
        self.affects_confidence = affects_confidence
        self.observed: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        self._banned, self._limit = banned, limit

    def mask(self, scores: torch.Tensor, positions: Ids[int]) -> None:
        assert scores.dtype == torch.float64
        assert len(scores) == len(positions)
        scores[:, self._banned] = -torch.inf

    def admit(self, proposals: Proposals, selected: list[int]) -> tuple[Proposals, list[int]]:
        return proposals, sorted(selected)[: self._limit]

    def observe(self, positions: Ids[int], token_ids: Ids[int]) -> None:
        self.observed.append((tuple(positions), tuple(token_ids)))


@pytest.mark.parametrize("affects_confidence", [False, True])
def test_a_mask_is_before_or_after_the_softmax(affects_confidence: bool) -> None:
    rows = MaskedRows((7, 8), 0, PARAMS, [Recorder(affects_confidence)])

    (proposals,) = propose(LOGITS, [rows], mask_token_id=3)

    assert proposals is not None
    assert proposals.token_ids == [2, 1]
    scores = LOGITS.double()
    if affects_confidence:
        scores[:, 0] = -torch.inf
    expected = torch.softmax(scores, dim=-1)
    assert proposals.confidences == [expected[0, 2].item(), expected[1, 1].item()]


def test_a_mask_is_for_its_own_sequence() -> None:
    first, second = propose(
        LOGITS, [MaskedRows((7,), 0, PARAMS), MaskedRows((9,), 0, PARAMS, [Recorder(False, banned=1)])], mask_token_id=3
    )

    assert first is not None
    assert second is not None
    assert (first.token_ids, second.token_ids) == ([0], [2])


def test_only_what_is_admitted_becomes_final(make_engine: Callable[..., Engine]) -> None:
    """The rule takes the whole block in one step; the constraint lets one position through at a time."""
    engine, constraint = make_engine(), Recorder(True, limit=1)
    sequence_id = engine.add(PROMPT, PARAMS)
    engine._sequences[sequence_id].constraints.append(constraint)

    events = drain(engine)[sequence_id]

    assert [positions for positions, _ in constraint.observed] == [(4,), (5,), (6,), (7,)]
    (committed,) = [event for event in events if isinstance(event, Committed)]
    assert committed.token_ids == tuple(token_ids[0] for _, token_ids in constraint.observed)
    assert [token.step for token in committed.tokens] == [0, 1, 2, 3]


def test_one_that_admits_nothing_fails_its_sequence(make_engine: Callable[..., Engine]) -> None:
    engine = make_engine(max_sequences=2)
    stuck = engine.add(PROMPT, PARAMS)
    engine._sequences[stuck].constraints.append(Recorder(True, limit=0))

    assert len(run(engine, PROMPT, PARAMS)[0]) == 4
    assert stuck not in engine._sequences
    assert engine.kv_cache.slots_held == 0


def test_a_waiting_sequence_holds_no_tensors(make_engine: Callable[..., Engine]) -> None:
    engine = make_engine(max_sequences=1)
    for _ in range(2):
        engine.add(PROMPT, GenerationParams(gen_length=4, steps=4, block_length=4, presence_penalty=1.0))
    engine.step()
    engine.step()

    running, waiting = (sequence.constraints[0] for sequence in engine._sequences.values())

    def holds_tensors(constraint: Constraint) -> bool:
        return any(isinstance(value, torch.Tensor) for value in vars(constraint).values())

    assert holds_tensors(running)
    assert not holds_tensors(waiting)
    drain(engine)


def test_bans_are_those_of_each_hole() -> None:
    window = Window((None, None, 50, None), (0, 0, None, 1))
    scores = torch.zeros(3, 4, dtype=torch.float64)

    HoleBans(((1,), (2, 3)), window.holes).mask(scores, (0, 1, 3))

    assert scores.isinf().tolist() == [
        [False, True, False, False],
        [False, True, False, False],
        [False, False, True, True],
    ]
