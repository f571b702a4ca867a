"""Clients take turns for the places in the batch."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from app.engine.turns import Turns
from tests.engine.test_batching import GREEDY, MakeEngine


def drain(turns: Turns[str]) -> list[str]:
    order = []
    while turns:
        order.append(turns.next)
        assert turns.take() == order[-1]
    return order


def test_clients_take_turns_and_keep_their_own_order() -> None:
    turns: Turns[str] = Turns()
    for item in ("a1", "a2", "a3", "b1", "c1", "b2"):
        turns.add(item, item[0])
    assert drain(turns) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_comes_late_waits_for_one_of_each() -> None:
    turns: Turns[str] = Turns()
    for item in ("a1", "a2", "a3", "a4", "b1", "b2"):
        turns.add(item, item[0])
    assert turns.take() == "a1"
    turns.add("c1", "c")
    assert drain(turns) == ["b1", "a2", "c1", "b2", "a3", "a4"]


def test_items_that_leave() -> None:
    turns: Turns[str] = Turns()
    for item in ("a1", "a2", "b1", "c1"):
        turns.add(item, item[0])
    turns.remove("a1")
    turns.remove("b1")
    assert turns.lengths == {"a": 1, "c": 1}
    assert drain(turns) == ["a2", "c1"]
    assert turns.lengths == {}
    with pytest.raises(ValueError, match="not in"):
        turns.remove("a1")


def test_nobody_waits_for_more_than_one_of_each_other() -> None:
    """Whatever comes and goes: between two turns of a client that waits, no other has two."""
    chance, turns = random.Random(3), Turns[str]()
    since: dict[str, Counter[str]] = {}
    for number in range(3000):
        client = chance.choice("aaaabc")
        if chance.random() < 0.5 or not turns:
            turns.add(f"{client}{number}", client)
            since.setdefault(client, Counter())
            continue
        taken = turns.take()[0]
        since[taken] = Counter()
        if taken not in turns._lines:
            del since[taken]
        for others in since.values():
            others[taken] += 1
            assert max(others.values()) <= 2
        for client in since:
            assert since[client].pop(client, 0) <= 1


def test_sequences_of_clients_take_turns(make_engine: MakeEngine) -> None:
    engine = make_engine(max_sequences=1)
    order = "aaabacb"
    ids = {
        engine.add((40 + number,), replace(GREEDY, gen_length=4, steps=4), client=client): f"{client}{number}"
        for number, client in enumerate(order)
    }
    seen: list[str] = []
    while engine.has_work:
        seen += [ids[event.sequence_id] for event in engine.step() if ids[event.sequence_id] not in seen]
    assert seen == ["a0", "b3", "c5", "a1", "b6", "a2", "a4"]
