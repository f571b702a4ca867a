"""Attention over the KV cache's slots against plain attention over a sequence's own keys, under the same limits."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
import torch

from app.engine.attention import BatchAttention, SpanAttention
from app.engine.kv_cache import KVCache
from app.engine.layout import Forward, Rows, Span
from app.engine.reference import PlainAttention
from app.models.config import ModelConfig, RopeScaling

NUM_SLOTS, MAX_LEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM = 7, 48, 2, 6, 2, 8
TOLERANCE = 2e-6
both = pytest.mark.parametrize("attention", [SpanAttention, BatchAttention])


@dataclass
class Heads:
    """Queries, keys and values [rows, heads, head_dim] of a whole sequence in one layer."""

    q: torch.Tensor
    k: torch.Tensor
    v: torch.Tensor


def make_cache(filled_with: float = 0.0) -> KVCache:
    config = ModelConfig(
        vocab_size=10,
        hidden_size=8,
        intermediate_size=8,
        num_layers=LAYERS,
        num_heads=HEADS,
        num_kv_heads=KV_HEADS,
        head_dim=HEAD_DIM,
        max_position=MAX_LEN,
        rms_norm_eps=1e-6,
        rope=RopeScaling(),
    )
    cache = KVCache(config, NUM_SLOTS, MAX_LEN, torch.device("cpu"), torch.float32)
    cache.keys.fill_(filled_with)
    cache.values.fill_(filled_with)
    return cache


def make_rows(num: int, generator: torch.Generator) -> Heads:
    q = torch.randn(num, HEADS, HEAD_DIM, generator=generator)
    k, v = torch.randn(2, num, KV_HEADS, HEAD_DIM, generator=generator)
    return Heads(q, k, v)


def block_limits(start: int, end: int, length: int) -> tuple[int, ...]:
    return tuple(min(end, (position // length + 1) * length) for position in range(start, end))


def random_spans(number: int) -> list[Span]:
    """Up to all slots, in any order, with gaps; spans of one block or several, some of them cut off.

    Places count from 0, positions from anywhere: attention must not mind them.
    """
    choose = random.Random(number)
    spans = []
    for slot in choose.sample(range(NUM_SLOTS), choose.randint(1, NUM_SLOTS)):
        length = choose.choice([1, 2, 4, 8])
        start = choose.randrange(5) * length
        num_rows = choose.randint(1, min(3 * length, MAX_LEN - start))
        limits = block_limits(start, start + num_rows, length) if num_rows > length else None
        shift = choose.choice([0, 0, 1, 17])
        spans.append(Span(slot, start + shift, num_rows, limits, first_place=start))
    return spans


def expected_rows(rows: Heads, span: Span) -> torch.Tensor:
    """Plain attention over the whole sequence; only the span's rows count."""
    first, end = span.places.start, span.places.stop
    limits = [end] * first + list(span.limits or [end] * span.num_rows)
    mask = torch.arange(end) < torch.tensor(limits)[:, None]
    return PlainAttention(mask)(0, rows.q, rows.k, rows.v)[first:]


def attend(attention: type, cache: KVCache, spans: list[Span], sequences: list[Heads], layer: int) -> torch.Tensor:
    """Runs the spans' rows; the keys and values before them were stored earlier."""
    for heads, span in zip(sequences, spans, strict=True):
        first = span.places.start
        cache.keys[layer, span.slot, :, :first] = heads.k[:first].transpose(0, 1)
        cache.values[layer, span.slot, :, :first] = heads.v[:first].transpose(0, 1)
    parts = [
        torch.cat([getattr(heads, name)[span.places.start :] for heads, span in zip(sequences, spans, strict=True)])
        for name in "qkv"
    ]
    rows = Rows.of([Forward("denoise", span, (0,) * span.num_rows) for span in spans])
    out: torch.Tensor = attention(cache, rows, rows.to(cache.keys.device)[0])(layer, *parts)
    return out


@both
@pytest.mark.parametrize("stale", [0.0, 1e4, -1e4])
@pytest.mark.parametrize("number", range(20))
def test_it_is_plain_attention_under_the_limits(attention: type, number: int, stale: float) -> None:
    """Stale contents of the slots: other sequences' keys and values, and those of masks."""
    spans = random_spans(number)
    generator = torch.Generator().manual_seed(number)
    sequences = [make_rows(span.places.stop, generator) for span in spans]
    cache = make_cache(stale)

    for layer in range(LAYERS):
        out = attend(attention, cache, spans, sequences, layer)

        expected = torch.cat([expected_rows(rows, span) for rows, span in zip(sequences, spans, strict=True)])
        assert (out - expected).abs().max() <= TOLERANCE


def test_the_random_spans_are_of_every_kind() -> None:
    drawn = [random_spans(number) for number in range(20)]
    slots = [[span.slot for span in spans] for spans in drawn]

    assert {len(spans) == 1 for spans in drawn} == {True, False}
    assert any(max(held) - min(held) + 1 > len(held) for held in slots)  # a gap
    assert any(held != sorted(held) for held in slots)
    assert {span.limits is None for spans in drawn for span in spans} == {True, False}
    assert {span.start == 0 for spans in drawn for span in spans} == {True, False}
    assert {span.start == span.places.start for spans in drawn for span in spans} == {True, False}


@both
def test_the_rows_are_stored_and_nothing_else_is_touched(attention: type) -> None:
    spans = [Span(4, 3, 5), Span(1, 0, 2)]
    sequences = [make_rows(span.end, torch.Generator().manual_seed(1)) for span in spans]
    cache = make_cache(7.0)

    attend(attention, cache, spans, sequences, layer=1)

    for rows, span in zip(sequences, spans, strict=True):
        assert cache.keys[1, span.slot, :, : span.end].equal(rows.k.transpose(0, 1))
        assert cache.values[1, span.slot, :, : span.end].equal(rows.v.transpose(0, 1))
        assert (cache.keys[1, span.slot, :, span.end :] == 7).all()
    assert (cache.keys[0] == 7).all()
    assert (cache.values[1, [0, 2, 3, 5, 6]] == 7).all()


@both
def test_a_denoising_step_is_written_over_by_the_next(attention: type) -> None:
    span, cache, generator = Span(2, 4, 4), make_cache(), torch.Generator().manual_seed(1)
    before = make_rows(8, generator)
    attend(attention, cache, [span], [before], layer=0)
    fresh = make_rows(8, generator)
    after = Heads(*(torch.cat((getattr(before, name)[:4], getattr(fresh, name)[4:])) for name in "qkv"))

    out = attend(attention, cache, [span], [after], layer=0)

    assert (out - expected_rows(after, span)).abs().max() <= TOLERANCE


def test_what_a_slot_beside_holds_does_not_matter() -> None:
    """A slot in a gap takes no part, even if it holds NaN."""
    spans = [Span(0, 4, 4), Span(2, 4, 4)]
    sequences = [make_rows(8, torch.Generator().manual_seed(number)) for number in range(2)]
    cache = make_cache()
    cache.keys[:, 1] = torch.nan
    cache.values[:, 1] = torch.inf

    out = attend(BatchAttention, cache, spans, sequences, layer=0)

    expected = torch.cat([expected_rows(rows, span) for rows, span in zip(sequences, spans, strict=True)])
    assert (out - expected).abs().max() <= TOLERANCE


def test_a_span_never_reads_beyond_its_end() -> None:
    cache = make_cache(torch.nan)
    spans = [Span(0, 0, 4), Span(3, 0, 9, block_limits(0, 9, 3))]
    sequences = [make_rows(span.end, torch.Generator().manual_seed(1)) for span in spans]

    assert attend(SpanAttention, cache, spans, sequences, layer=0).isfinite().all()
