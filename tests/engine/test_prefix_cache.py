"""The prefix cache's lookups, copies and evictions, against a dict of all prefixes ever stored."""

from __future__ import annotations

import itertools
import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch

from app.engine.engine import Engine
from app.engine.kv_cache import KVCache
from app.engine.layout import Forward
from app.engine.prefix_cache import PrefixCache
from app.engine.runner import Runner
from app.messages.events import Failed
from app.messages.params import GenerationParams
from app.models.config import ModelConfig, RopeScaling
from tests.tiny import Runs, committed, drain, run

MakeEngine = Callable[..., Engine]

LAYERS, KV_HEADS, HEAD_DIM, MAX_LEN = 2, 2, 4, 64
TOKEN_BYTES = 2 * LAYERS * KV_HEADS * HEAD_DIM * 4  # keys and values, float32
A, B, C, D = (tuple(range(start, start + 4)) for start in (100, 200, 300, 400))  # blocks of four

GREEDY = GenerationParams(gen_length=12, steps=12, block_length=4, ignore_eos=True)
SYSTEM = tuple(range(100, 130))
CACHE = 2**22


class Bench:
    """A prefix cache, and slots whose content is a function of the tokens up to the block's end."""

    def __init__(self, max_tokens: int) -> None:
        config = ModelConfig(
            vocab_size=10,
            hidden_size=8,
            intermediate_size=8,
            num_layers=LAYERS,
            num_heads=KV_HEADS,
            num_kv_heads=KV_HEADS,
            head_dim=HEAD_DIM,
            max_position=MAX_LEN,
            rms_norm_eps=1e-6,
            rope=RopeScaling(),
        )
        self.kv_cache = KVCache(config, 2, MAX_LEN, torch.device("cpu"), torch.float32)
        self.cache = PrefixCache(self.kv_cache, max_tokens * TOKEN_BYTES)

    def store(self, *blocks: tuple[int, ...]) -> None:
        token_ids = [token_id for block in blocks for token_id in block]
        keys, values = contents(token_ids, len(blocks[0]))
        self.kv_cache.keys[:, 0, :, : len(token_ids)] = keys
        self.kv_cache.values[:, 0, :, : len(token_ids)] = values
        self.cache.store(token_ids, len(blocks[0]), slot=0)
        self.cache.check_integrity()

    def load(self, *blocks: tuple[int, ...]) -> int:
        """The number of tokens found; checks that their keys and values are bit-identical."""
        token_ids = [token_id for block in blocks for token_id in block]
        self.kv_cache.keys[:, 1] = self.kv_cache.values[:, 1] = -1.0
        num_found = self.cache.load(token_ids, len(blocks[0]), slot=1)
        self.cache.check_integrity()
        keys, values = contents(token_ids[:num_found], len(blocks[0]))
        assert self.kv_cache.keys[:, 1, :, :num_found].equal(keys)
        assert self.kv_cache.values[:, 1, :, :num_found].equal(values)
        assert (self.kv_cache.keys[:, 1, :, num_found:] == -1).all()
        return num_found


def contents(token_ids: Sequence[int], block_length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Keys and values [layers, kv_heads, tokens, head_dim]: as a model's, they depend on all tokens up to the block."""
    ends = [position // block_length * block_length + block_length for position in range(len(token_ids))]
    numbers = [zlib.crc32(repr((block_length, i, token_ids[:end])).encode()) / 3 for i, end in enumerate(ends)]
    rows = torch.tensor(numbers, dtype=torch.float32)[None, None, :, None]
    places = torch.arange(LAYERS * KV_HEADS * HEAD_DIM).view(LAYERS, KV_HEADS, 1, HEAD_DIM)
    return rows / (1 + places), rows / (100 + places)


def test_nothing_is_found_in_an_empty_cache() -> None:
    assert Bench(100).load(A, B) == 0


def test_the_longest_known_beginning_is_found() -> None:
    bench = Bench(100)
    bench.store(A, B, C)

    assert bench.load(A, B, C) == 12
    assert bench.load(A, B, C, D) == 12
    assert bench.load(A, B) == 8
    assert bench.load(A, B, D) == 8
    assert bench.load(A, D, C) == 4
    assert bench.load(B, C) == 0


def test_a_hit_is_whole_blocks() -> None:
    bench = Bench(100)
    bench.store(A, B)

    assert bench.load(A, (*B[:3], 999)) == 4
    assert bench.load((*A[:3], 999)) == 0
    assert bench.load(A, B[:2]) == 4  # not a block


def test_a_block_length_has_a_tree_of_its_own() -> None:
    bench = Bench(100)
    bench.store(A, B)

    assert bench.load((*A, *B)) == 0  # one block of eight
    bench.store((*A, *B))
    assert bench.load((*A, *B)) == 8
    assert bench.load(A, B) == 8
    assert bench.cache.num_bytes == 16 * TOKEN_BYTES


def test_what_is_shared_is_stored_once() -> None:
    bench = Bench(100)
    bench.store(A, B, C)
    bench.store(A, B, D)  # cuts the edge
    bench.store(A, B, C)
    bench.store(A)

    assert bench.cache.num_bytes == 16 * TOKEN_BYTES
    assert (bench.load(A, B, C), bench.load(A, B, D)) == (12, 12)
    bench.store(A, D)
    assert (bench.load(A, B, C), bench.load(A, B, D), bench.load(A, D)) == (12, 12, 8)


def test_what_was_used_longest_ago_goes_first() -> None:
    bench = Bench(12)
    for block in (A, B, C):
        bench.store(block)
    bench.load(A)

    bench.store(D)

    assert [bench.load(block) for block in (A, B, C, D)] == [4, 0, 4, 4]


def test_storing_again_is_using() -> None:
    bench = Bench(12)
    for block in (A, B, C, A, D):
        bench.store(block)

    assert [bench.load(block) for block in (A, B, C, D)] == [4, 0, 4, 4]


def test_the_end_of_a_prefix_goes_before_its_beginning() -> None:
    bench = Bench(16)
    bench.store(A, B)
    bench.store(A, C)
    bench.load(A)

    bench.store(D)
    assert (bench.load(A, B), bench.load(A, C), bench.load(D)) == (8, 8, 4)
    bench.store((1, 2, 3, 4))

    assert bench.load(A) == 4
    assert bench.load(A, B) == 4  # the oldest leaf
    assert bench.load(A, C) == 8


def test_what_is_larger_than_the_cache_costs_it_nothing() -> None:
    bench = Bench(8)
    bench.store(A, B)

    bench.store(C, D, A)

    assert bench.load(C) == 0
    assert bench.load(A, B) == 8


def test_no_bytes_is_off() -> None:
    bench = Bench(0)
    bench.store(A)

    assert bench.load(A) == 0
    assert bench.cache.num_bytes == 0


@pytest.mark.parametrize("max_tokens", [0, 8, 40, 200, 10_000])
@pytest.mark.parametrize("number", range(3))
def test_any_sequence_of_stores_and_loads(number: int, max_tokens: int) -> None:
    """Few different blocks, so that prefixes are shared; two block lengths. `known` never evicts."""
    choose = random.Random(number)
    bench = Bench(max_tokens)
    known: set[tuple[tuple[int, ...], ...]] = set()
    num_hits = 0
    for _ in range(300):
        length = choose.choice([2, 4])
        blocks = tuple((choose.randrange(3),) * length for _ in range(choose.randint(1, 6)))
        if choose.random() < 0.5:
            bench.store(*blocks)
            known |= {blocks[:num] for num in range(1, len(blocks) + 1)}
            if len(blocks) * length <= max_tokens:
                assert bench.load(*blocks) == len(blocks) * length
        else:
            longest = max((num for num in range(1, len(blocks) + 1) if blocks[:num] in known), default=0)
            found = bench.load(*blocks)
            assert found <= longest * length
            assert found == longest * length or max_tokens < 10_000
            num_hits += found > 0
        assert bench.cache.num_bytes <= max_tokens * TOKEN_BYTES
    assert (num_hits > 0) == (max_tokens > 0)


@pytest.mark.parametrize("number", range(3))
def test_blocks_counted_from_elsewhere(number: int) -> None:
    """The first block is shorter. A hit needs the same offset, and holds the same keys and values to the bit."""
    choose = random.Random(number)
    bench = Bench(10_000)
    cache, kv_cache = bench.cache, bench.kv_cache
    known: dict[tuple[int, ...], set[int]] = {}
    num_hits = 0
    for _ in range(200):
        offset = choose.randrange(4)
        token_ids = [choose.randrange(2) for _ in range(offset + 4 * choose.randrange(4))]
        if choose.random() < 0.5:
            for length in range(offset, len(token_ids) + 1, 4):
                known.setdefault(tuple(token_ids[:length]), set()).add(offset)
            kv_cache.keys[:, 0, :, : len(token_ids)], kv_cache.values[:, 0, :, : len(token_ids)] = of_offset(
                token_ids, offset
            )
            cache.store(token_ids, 4, 0, offset)
        else:
            kv_cache.keys[:, 1] = kv_cache.values[:, 1] = -1.0
            found = cache.load(token_ids, 4, 1, offset)
            lengths = [length for length in range(offset, len(token_ids) + 1, 4) if length]
            assert found == max((n for n in lengths if offset in known.get(tuple(token_ids[:n]), ())), default=0)
            keys, values = of_offset(token_ids[:found], offset)
            assert kv_cache.keys[:, 1, :, :found].equal(keys)
            assert kv_cache.values[:, 1, :, :found].equal(values)
            assert (kv_cache.keys[:, 1, :, found:] == -1).all()
            num_hits += found > 0
        cache.check_integrity()
    assert num_hits > 10


def of_offset(token_ids: Sequence[int], offset: int) -> tuple[torch.Tensor, torch.Tensor]:
    """`contents` for blocks of four that are counted from `offset`."""
    pad = -offset % 4
    keys, values = contents([-1] * pad + list(token_ids), 4)
    return keys[:, :, pad:], values[:, :, pad:]


# In the engine


def test_the_same_prompt_again_is_not_prefilled(make_engine: MakeEngine, runs: Runs) -> None:
    engine = make_engine(prefix_cache_bytes=CACHE)
    first, cold = run(engine, SYSTEM, GREEDY)
    runs.clear()

    second, warm = run(engine, SYSTEM, GREEDY)

    assert second == first == run(make_engine(), SYSTEM, GREEDY)[0]
    assert (cold.counters.cached_tokens, cold.counters.prefill_tokens) == (0, 28)
    assert (warm.counters.cached_tokens, warm.counters.prefill_tokens, warm.counters.prefill_forwards) == (28, 0, 0)
    assert runs[0][0].kind == "denoise"


def test_two_chats_share_their_system_prompt(make_engine: MakeEngine) -> None:
    engine = make_engine(prefix_cache_bytes=CACHE)
    run(engine, (*SYSTEM, 500, 501, 502, 503, 504, 505), GREEDY)
    other = (*SYSTEM, 600, 601, 602, 603, 604, 605)

    token_ids, finished = run(engine, other, GREEDY)

    assert (finished.counters.cached_tokens, finished.counters.prefill_tokens) == (28, 8)
    assert token_ids == run(make_engine(), other, GREEDY)[0]


def test_a_second_turn_finds_the_first_turns_reply(make_engine: MakeEngine) -> None:
    engine = make_engine(prefix_cache_bytes=CACHE)
    reply, _ = run(engine, SYSTEM, GREEDY)
    turn = (*SYSTEM, *reply, 700, 701, 702)

    token_ids, finished = run(engine, turn, GREEDY)

    assert finished.counters.cached_tokens == 40  # of 42; the last block was never committed
    assert token_ids == run(make_engine(), turn, GREEDY)[0]


def test_another_block_length_finds_nothing(make_engine: MakeEngine) -> None:
    engine = make_engine(prefix_cache_bytes=CACHE)
    run(engine, SYSTEM, GREEDY)
    wider = replace(GREEDY, gen_length=16, steps=16, block_length=2)

    token_ids, finished = run(engine, SYSTEM, wider)

    assert finished.counters.cached_tokens == 0
    assert token_ids == run(make_engine(), SYSTEM, wider)[0]


def test_who_runs_beside_shares_too(make_engine: MakeEngine) -> None:
    """A prefilled prompt is available to others at once, not only when the reply is complete."""
    engine = make_engine(max_sequences=2, prefix_cache_bytes=CACHE)
    first = engine.add(SYSTEM, replace(GREEDY, gen_length=40, steps=40))
    engine.step()

    second = engine.add(SYSTEM, GREEDY)
    events = drain(engine)

    assert events[second][-1].counters.cached_tokens == 28
    assert events[first][-1].counters.cached_tokens == 0


def test_choices_of_one_prompt_prefill_it_once(make_engine: MakeEngine) -> None:
    """They arrive together; all but the first wait until the prefix is cached."""
    engine = make_engine(max_sequences=4, prefix_cache_bytes=CACHE, prefill_chunk=8)
    prompt = SYSTEM[:24]
    params = [replace(GREEDY, temperature=1.0, seed=seed) for seed in range(3)]
    ids = [engine.add(prompt, choice) for choice in params]
    other = engine.add(prompt, replace(GREEDY, block_length=6, steps=12))

    events = drain(engine)

    counters = [events[sequence_id][-1].counters for sequence_id in (*ids, other)]
    assert [(one.prefill_tokens, one.cached_tokens) for one in counters] == [(24, 0), (0, 24), (0, 24), (24, 0)]
    for sequence_id, choice in zip(ids, params, strict=True):
        assert committed(events[sequence_id]) == run(make_engine(), prompt, choice)[0]


def test_off_is_off_in_the_engine(make_engine: MakeEngine) -> None:
    engine = make_engine()
    run(engine, SYSTEM, GREEDY)

    assert run(engine, SYSTEM, GREEDY)[1].counters.cached_tokens == 0


def test_an_abort_at_any_time_leaves_what_is_right(make_engine: MakeEngine) -> None:
    prompt = tuple(range(200, 250))
    expected = run(make_engine(), prompt, GREEDY)[0]
    for num_steps in itertools.count():
        engine = make_engine(max_sequences=2, prefill_chunk=16, prefix_cache_bytes=CACHE)
        sequence_id = engine.add(prompt, GREEDY)
        for _ in range(num_steps):
            engine.step()
        if not engine.has_work:
            break
        engine.abort(sequence_id)
        engine.prefix_cache.check_integrity()
        assert engine.kv_cache.slots_held == 0

        token_ids, finished = run(engine, (*prompt, *expected), GREEDY)

        assert token_ids == run(make_engine(), (*prompt, *expected), GREEDY)[0]
        assert finished.counters.cached_tokens >= min(48, 16 * num_steps)
    assert num_steps > 12


def test_what_a_failed_sequence_computed_is_not_kept(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = Runner.run
    num_runs = itertools.count()

    def fail_later(self: Runner, forwards: list[Forward]) -> torch.Tensor | None:
        if next(num_runs) == 2:
            raise RuntimeError("no memory left")
        return healthy(self, forwards)

    monkeypatch.setattr(Runner, "run", fail_later)
    engine = make_engine(prefill_chunk=8, prefix_cache_bytes=CACHE)
    sequence_id = engine.add(SYSTEM, GREEDY)

    assert drain(engine)[sequence_id] == [Failed(sequence_id)]
    engine.prefix_cache.check_integrity()
    assert engine.prefix_cache.num_bytes == 0
    assert run(engine, SYSTEM, GREEDY)[1].counters.cached_tokens == 0


def test_the_budget_is_kept_while_sequences_run(make_engine: MakeEngine) -> None:
    engine = make_engine(max_sequences=3, prefix_cache_bytes=make_engine().kv_cache.bytes_per_token * 100)
    prompts = [tuple(range(start, start + 50)) for start in range(100, 700, 60)]
    ids = [engine.add(prompt, GREEDY) for prompt in prompts]
    replies = {}
    while engine.has_work:
        for event in engine.step():
            replies.setdefault(event.sequence_id, []).append(event)
        engine.prefix_cache.check_integrity()

    assert len(replies) == len(ids)
    assert engine.prefix_cache.num_bytes > 0
    assert run(engine, prompts[-1], GREEDY)[1].counters.cached_tokens == 48
    assert run(engine, prompts[0], GREEDY)[1].counters.cached_tokens == 0
