"""Proposals of the next steps, as far as those of this step tell."""

from __future__ import annotations

from app.engine.proposals import Proposals

DELETE = 99


def proposals(token_ids: list[int], ahead: tuple[Proposals, ...] = ()) -> Proposals:
    """At positions 4, 5, ...; every column differs from entry to entry."""
    num = len(token_ids)
    columns = ([base + index / 100 for index in range(num)] for base in (0.1, 2.0, 0.5))
    confidences, entropies, probabilities = columns
    alternatives = [[(token_id, 0.5)] for token_id in token_ids]
    return Proposals(tuple(range(4, 4 + num)), token_ids, confidences, entropies, probabilities, alternatives, ahead)


def test_pick_takes_the_entries_of_every_column_in_the_given_order() -> None:
    picked = proposals([70, 71, 72, 73]).pick([3, 1])

    assert picked == Proposals((7, 5), [73, 71], [0.13, 0.11], [2.03, 2.01], [0.53, 0.51])


def test_pick_leaves_empty_columns_empty() -> None:
    assert Proposals((4, 5), [70, 71], [0.1, 0.2], []).pick([1]) == Proposals((5,), [71], [0.2], [])


def test_pick_takes_the_same_entries_of_later_steps() -> None:
    picked = proposals([70, 71, 72], (proposals([80, 81, 82]), proposals([90, 91, 92]))).pick([2, 0])

    assert picked.token_ids == [72, 70]
    assert [later.token_ids for later in picked.ahead] == [[82, 80], [92, 90]]
    assert [later.positions for later in picked.ahead] == [(6, 4), (6, 4)]


def test_positions_of_a_token_are_among_the_given_entries() -> None:
    some = proposals([DELETE, 71, DELETE, DELETE])

    assert some.positions_of([3, 1, 0], DELETE) == (7, 4)
    assert some.positions_of([1], DELETE) == ()
    assert some.positions_of([0, 1, 2, 3], None) == ()  # there is no delete token


def test_later_proposals_are_the_same_unless_random_numbers_make_them_differ() -> None:
    some = proposals([70, 71])

    assert some.later() == some


def test_later_proposals_are_those_of_the_next_step() -> None:
    first, second = proposals([80, 81]), proposals([90, 91])
    now = proposals([70, 71], (first, second))

    later = now.later()

    assert later.token_ids == [80, 81]
    assert [step.token_ids for step in later.ahead] == [[90, 91]]
    assert later.later().token_ids == [90, 91]
    assert later.later().later().token_ids == [90, 91]  # the last ones known hold for all steps after them


def test_what_became_final_is_not_proposed_again() -> None:
    rest = proposals([70, 71, 72, 73]).without([2, 0])

    assert (rest.positions, rest.token_ids, rest.confidences) == ((5, 7), [71, 73], [0.11, 0.13])


def test_the_next_step_is_expected_to_propose_what_its_random_numbers_say() -> None:
    rest = proposals([70, 71, 72], (proposals([80, 81, 82]), proposals([90, 91, 92]))).without([1])

    assert (rest.positions, rest.token_ids) == ((4, 6), [80, 82])
    assert [(later.positions, later.token_ids) for later in rest.ahead] == [((4, 6), [90, 92])]


def test_nothing_is_left_after_all_became_final() -> None:
    assert proposals([70, 71]).without([0, 1]).positions == ()


def test_positions_after_deleted_ones_move_up() -> None:
    rest = proposals([70, DELETE, 72, DELETE, 74]).without([0, 1, 3], removed=(7, 5))

    assert (rest.positions, rest.token_ids) == ((5, 6), [72, 74])


def test_masks_that_leave_the_canvas_with_others_are_not_proposed_again() -> None:
    """After the end of a hole, although nothing was chosen there."""
    rest = proposals([70, 71, 72, 73]).without([1], removed={5, 6})

    assert (rest.positions, rest.token_ids) == ((4, 5), [70, 73])


def test_positions_of_later_steps_move_too() -> None:
    rest = proposals([70, 71, 72], (proposals([80, 81, 82]), proposals([90, 91, 92]))).without([0], removed=(4,))

    assert (rest.positions, rest.token_ids) == ((4, 5), [81, 82])
    assert [later.positions for later in rest.ahead] == [(4, 5)]


def test_moved_counts_the_removed_positions_before_each() -> None:
    moved = proposals([70, 71, 72, 73], (proposals([80, 81, 82, 83]),)).moved([0, 1, 5])

    assert moved.positions == moved.ahead[0].positions == (2, 3, 3, 4)  # 5 itself is not moved as one after it
    assert moved.token_ids == [70, 71, 72, 73]
