"""Bits per byte of models with known losses, and the trigram."""

import math
import random

import pytest
import torch

from training.evaluation.nelbo import Text, bits_per_byte, drawn_plan, exact_plan, model_scorer, supervised_blocks
from training.evaluation.trigram import Trigram
from training.model import build_model
from training.tokenizer import MASK_ID

VOCAB_SIZE = 50
TEXTS = [Text(tuple(range(9, 9 + length)), given, 3 * (length - given)) for length, given in ((23, 5), (17, 0), (9, 8))]


def uniform(ids, start, block_length, masks):
    return torch.full(masks.shape, math.log(VOCAB_SIZE)) * masks


def dear_when_alone(ids, start, block_length, masks):
    """A loss per masked position of one nat for each masked position in its block."""
    places = (torch.arange(masks.shape[1]) + start) // block_length
    return masks * (masks.float() @ (places[:, None] == places[None, :]).float())


@pytest.mark.parametrize("block_length", [1, 3, 4, 16, 32])
def test_uniform_model_needs_log_of_the_vocabulary_for_every_token(block_length):
    bits = bits_per_byte(uniform, TEXTS, block_length, 8, random.Random(0))
    assert bits.value == pytest.approx(math.log2(VOCAB_SIZE) / 3)
    assert bits.error == pytest.approx(0, abs=1e-6)
    assert bits.draw_error == pytest.approx(0, abs=1e-6)


def test_model_that_knows_needs_nothing():
    assert bits_per_byte(lambda *_: torch.zeros(()), TEXTS, 4, 8, random.Random(0)).value == 0


def test_exact_value_by_hand_and_the_estimate_beside_it():
    """Filling m positions in any order costs m + (m - 1) + ... + 1 here: 10 for four, 3 for two."""
    text = Text(tuple(range(9, 27)), 4, 1)  # three whole blocks of four, and two more tokens
    exact = bits_per_byte(dear_when_alone, [text], 4, 0, random.Random(0))
    assert exact.value == pytest.approx((10 + 10 + 10 + 3) / math.log(2))
    long = Text(tuple(range(9, 9 + 48)), 0, 1)
    estimate = bits_per_byte(dear_when_alone, [long], 16, 2000, random.Random(0))
    wanted = 3 * (16 * 17 / 2) / math.log(2)
    assert 0 < estimate.draw_error < 0.02 * wanted
    assert abs(estimate.value - wanted) < 4 * estimate.draw_error


def test_standard_error_over_texts():
    def costs_a_nat_where_first_is_odd(ids, start, block_length, masks):
        return masks * (ids[0] % 2)

    texts = [Text((number, 9), 1, 1) for number in range(10, 30)]
    bits = bits_per_byte(costs_a_nat_where_first_is_odd, texts, 4, 0, random.Random(0))
    assert bits.value == pytest.approx(0.5 / math.log(2))
    assert bits.error == pytest.approx(math.sqrt(0.25 / 19) / math.log(2))


def test_given_tokens_are_never_masked():
    blocks = supervised_blocks(TEXTS[0], 4)
    assert blocks == [range(5, 8), range(8, 12), range(12, 16), range(16, 20), range(20, 23)]
    for plan in (exact_plan(blocks, 4), drawn_plan(blocks, 4, 30, random.Random(1))):
        assert plan.masks.shape[1] == 19
        assert not plan.masks[:, 0].any()
        assert plan.masks[:, 1:].any(0).all()
        assert not plan.weights[~plan.masks].any()
        assert (plan.weights[plan.masks] > 0).all()


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = build_model(64, layers=2, feed_forward=64)
    for parameter in model.parameters():
        if parameter.ndim == 2:
            torch.nn.init.normal_(parameter, std=0.1)
    return model


@torch.no_grad()
def test_scorer_sees_the_block_with_its_masks_and_the_clean_past(model):
    """Compared with one plain forward per block, over the clean past and the noisy block."""
    rng, block_length, start = random.Random(0), 4, 4
    ids = [rng.randrange(9, 64) for _ in range(14)]
    masks = torch.rand(3, 10, generator=torch.Generator().manual_seed(1)) < 0.5
    losses = model_scorer(model)(ids, start, block_length, masks)
    for row in range(3):
        for begin in range(start, 14, block_length):
            end = min(14, begin + block_length)
            noisy = [MASK_ID if masks[row, place - start] else ids[place] for place in range(begin, end)]
            blocks = torch.arange(end) // block_length
            visible = blocks[None, :] <= blocks[:, None]
            output = model(
                input_ids=torch.tensor([ids[:begin] + noisy]), attention_mask={"full_attention": visible[None, None]}
            )
            for place in range(begin, end):
                expected = -output.logits[0, place].log_softmax(-1)[ids[place]] * masks[row, place - start]
                assert losses[row, place - start].item() == pytest.approx(expected.item(), abs=1e-4)


def test_trigram_gives_probabilities():
    rng = random.Random(0)
    trigram = Trigram(20, [[rng.randrange(12) for _ in range(200)]])
    for before in ([], [3], [3, 4], [15, 16], [1, 15], [2, 7, 3]):
        probabilities = [trigram.probability(token, before) for token in range(20)]
        assert sum(probabilities) == pytest.approx(1)
        assert min(probabilities) > 0
    assert trigram.nats([5, 3, 4], 1) == pytest.approx(
        -math.log(trigram.probability(3, [5])) - math.log(trigram.probability(4, [5, 3]))
    )


def test_trigram_learns():
    text = [1, 2, 3, 4, 1, 2, 5, 6]
    trigram = Trigram(20, [text] * 30)
    assert trigram.num_tokens == 240
    assert trigram.probability(4, [2, 3]) > 0.9
    assert trigram.nats(text) < Trigram(20).nats(text) == pytest.approx(8 * math.log(20))
    assert trigram.generate([], 3) == [1, 2, 3]
    assert trigram.generate([9, 9, 5], 5, ends=(1,)) == [
        6,
        1,
    ]  # unseen: backs off to the token before, then to all tokens
    with pytest.raises(ValueError, match="no text"):
        Trigram(20).generate([], 1)
