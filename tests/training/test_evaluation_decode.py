"""The decoders, with a model whose proposals are scripted."""

from types import SimpleNamespace

import pytest
import torch

from training.decode import fill_canvas, fill_suffix_first, generate
from training.tokenizer import (
    DELETE_ID,
    EOS_ID,
    FIM_END_ID,
    FIM_MIDDLE_ID,
    FIM_PREFIX_ID,
    FIM_SUFFIX_ID,
    MASK_ID,
)


class Scripted:
    """Proposes `propose(tokens before the mask, visible ids)` at each mask: a token and its score."""

    device = torch.device("cpu")

    def __init__(self, propose):
        self.propose, self.seen, self.past = propose, [], []

    def __call__(self, input_ids, position_ids, past_key_values, **others):
        ids, start = input_ids[0].tolist(), position_ids[0, 0].item()
        self.past[start:] = ids
        self.seen.append((start, ids))
        logits = torch.zeros(1, len(ids), 40)
        logits[..., MASK_ID] = 100.0  # must never be chosen
        for place, token in enumerate(ids):
            if token == MASK_ID:
                proposal, score = self.propose(self.past[: start + place], self.past)
                logits[0, place, proposal] = score
        return SimpleNamespace(logits=logits)


def test_deletes_leave_the_canvas_and_the_rest_closes_up():
    """Of five masks the second and third propose delete (most confidently); the others count up."""

    def propose(before, ids):
        masks_before, num_masks = before.count(MASK_ID), ids.count(MASK_ID)
        if num_masks + sum(token >= 30 for token in ids) > 3:
            return (DELETE_ID, 9.0) if masks_before == 1 else (33, 5.0)
        return 30 + before.count(MASK_ID) + sum(token >= 30 for token in before), 8.0 - masks_before

    model = Scripted(propose)
    assert fill_canvas(model, [10, 11, 12, 13, 14], [20, 21], 5, block_length=4) == [30, 31, 32]
    assert model.seen[0] == (0, [10, 11, 12, 13])
    windows = [ids for _, ids in model.seen[1:]]
    assert all(start == 4 for start, _ in model.seen[1:])
    assert windows[0] == [14, *[MASK_ID] * 5, 20, 21]
    assert windows[1] == [14, *[MASK_ID] * 4, 20, 21]
    assert windows[2] == [14, *[MASK_ID] * 3, 20, 21]
    assert len(windows) == 5


def test_everything_may_be_deleted():
    assert fill_canvas(Scripted(lambda *_: (DELETE_ID, 9.0)), [10], [20], 6) == []


def test_a_canvas_of_the_true_length_keeps_it():
    filled = fill_canvas(Scripted(lambda *_: (DELETE_ID, 9.0)), [10], [20], 6, may_delete=False)
    assert len(filled) == 6
    assert DELETE_ID not in filled


def test_most_confident_position_first():
    """Later positions are more confident here; each proposal is the number of remaining masks."""
    model = Scripted(lambda before, ids: (30 + ids.count(MASK_ID), 5.0 + len(before)))
    assert fill_canvas(model, [], [20], 3) == [31, 32, 33]


def test_generate_goes_block_by_block_and_keeps_the_delete_token():
    script = [30, 31, 32, DELETE_ID, 34, 35, EOS_ID, 37]
    model = Scripted(lambda before, ids: (script[len(before) - 5], 9.0 - len(before) / 9))
    assert generate(model, [10, 11, 12, 13, 14], 32, 4) == [30, 31, 32, DELETE_ID, 34, 35, EOS_ID]
    assert [start for start, _ in model.seen] == [0, *[4] * 4, *[8] * 4]  # the last block needs no commit


@pytest.mark.parametrize(("max_new_tokens", "expected"), [(3, [30, 30, 30]), (6, [30] * 6)])
def test_generate_ends_where_the_room_does(max_new_tokens, expected):
    assert generate(Scripted(lambda *_: (30, 5.0)), [10], max_new_tokens, 4) == expected


@pytest.mark.parametrize("end", [FIM_END_ID, EOS_ID])
def test_suffix_first(end):
    prompt = [FIM_SUFFIX_ID, 20, 21, FIM_PREFIX_ID, 10, FIM_MIDDLE_ID]
    script = [30, 31, end, 33, 34, 35]
    model = Scripted(lambda before, ids: (script[len(before) - len(prompt)], 9.0 - len(before) / 9))
    assert fill_suffix_first(model, [10], [20, 21]) == [30, 31]
    assert model.past[:6] == prompt
