"""Which replica gets a sequence."""

from __future__ import annotations

from app.cluster.routing import Candidate, SentPrefixes, choose, prefix_hashes

PROMPT = list(range(100))


def candidate(name: str, load: int = 0, num_known: int = 0, num_assigned: int = 0) -> Candidate:
    return Candidate(name, load, num_known, num_assigned)


def test_prefixes_are_whole_blocks_and_not_short() -> None:
    assert len(prefix_hashes(PROMPT, 4)) == 6  # of 16 tokens
    assert len(prefix_hashes(PROMPT, 12)) == 4  # of 24
    assert len(prefix_hashes(PROMPT, 64)) == 1
    assert prefix_hashes(PROMPT[:15], 4) == []


def test_a_prefix_is_known_up_to_the_first_difference() -> None:
    sent = SentPrefixes()
    sent.add(prefix_hashes(PROMPT, 4))
    other = [*PROMPT[:50], 7, *PROMPT[51:]]

    assert sent.num_known(prefix_hashes(PROMPT, 4)) == 6
    assert sent.num_known(prefix_hashes(other, 4)) == 3
    assert sent.num_known(prefix_hashes([7, *PROMPT], 4)) == 0
    assert sent.num_known([]) == 0


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    sent = SentPrefixes(max_prefixes=3)
    sent.add([1, 2])
    sent.add([3])
    sent.add([1])
    sent.add([4])

    assert [sent.num_known([each]) for each in (1, 2, 3, 4)] == [1, 0, 1, 1]


def test_the_longest_prefix_wins() -> None:
    candidates = [candidate("a", 0), candidate("b", 2, num_known=1), candidate("c", 2, num_known=3)]

    assert choose(candidates, bound=2).name == "c"


def test_unless_its_replica_is_too_busy() -> None:
    candidates = [candidate("a", 1), candidate("b", 3, num_known=1), candidate("c", 4, num_known=3)]

    assert choose(candidates, bound=2).name == "b"
    assert choose(candidates, bound=1).name == "a"


def test_otherwise_the_least_loaded_and_among_equals_the_one_that_got_least() -> None:
    assert choose([candidate("a", 2), candidate("b", 1)], bound=2).name == "b"
    assert choose([candidate("a", 1, num_assigned=9), candidate("b", 1, num_assigned=8)], bound=2).name == "b"
