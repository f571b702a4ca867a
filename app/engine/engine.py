"""Token ids in, events out. Everything here runs on one thread, the executor's."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable
from collections.abc import Sequence as Ids

import torch
from torch import Tensor

from app.engine.denoise import fill_forced, finish_prefill, probe, walk
from app.engine.grammar_paths import Matcher
from app.engine.graphs import cuda_graph
from app.engine.market import ForwardCosts
from app.engine.memory import make_kv_cache
from app.engine.prefix_cache import PrefixCache
from app.engine.proposals import Proposals
from app.engine.runner import Runner
from app.engine.sampling import propose
from app.engine.scheduler import Batch, Scheduler
from app.engine.sequence import Sequence
from app.engine.speculation import Speculator
from app.engine.tally import Totals
from app.errors import EngineBroken
from app.messages.events import Event, Failed, Finished, SequenceSnapshot
from app.messages.params import EngineConfig, GenerationParams
from app.messages.stats import EngineStats
from app.models.families import Diffusion
from app.models.transformer import Transformer

logger = logging.getLogger(__name__)


class Engine:
    """`add` sequences, `step` until `has_work` is false, `abort` at any time between steps."""

    def __init__(
        self,
        model: Transformer,
        diffusion: Diffusion,
        config: EngineConfig,
        costs: ForwardCosts | None = None,
        matcher: Callable[[str], Matcher] | None = None,
    ) -> None:
        """`matcher` makes one for a grammar; without it, no sequence may have a grammar."""
        weight = model.embedding.weight
        self.config = config
        self.diffusion = diffusion
        self.kv_cache = make_kv_cache(model.config, config, weight.device, weight.dtype)
        self._runner = Runner(model, self.kv_cache, cuda_graph if config.cuda_graphs else None)
        self.prefix_cache = PrefixCache(self.kv_cache, config.prefix_cache_bytes)
        self.speculator = Speculator(config.speculation, self.kv_cache, costs)
        self._scheduler = Scheduler(self.kv_cache, self.prefix_cache, config.prefill_chunk, self.speculator)
        self._sequences: dict[int, Sequence] = {}
        self._ids = itertools.count()
        self.matcher = matcher
        self._totals = Totals()
        self._forced: list[Event] = []  # steps that were taken when a sequence was added

    @property
    def has_work(self) -> bool:
        return bool(self._sequences or self._forced)

    def add(self, prompt_ids: Ids[int], params: GenerationParams, waited_ms: float = 0.0, client: str = "") -> int:
        """Queue a sequence and return its id. The caller requested it `waited_ms` milliseconds ago.

        Where sequences of several clients wait, these take turns.
        """
        assert prompt_ids or params.window
        assert len(prompt_ids) + params.gen_length <= self.config.max_model_len
        sequence = Sequence(
            next(self._ids),
            prompt_ids,
            params,
            self.diffusion,
            time.monotonic() - waited_ms / 1000,
            is_speculative=bool(self.config.speculation),
            matcher=self._matcher_of(params),
        )
        self._sequences[sequence.id] = sequence
        self._scheduler.add(sequence, client)
        self._forced += (forced := fill_forced(sequence))
        if forced and isinstance(forced[-1], Finished):
            self._remove(sequence)
        return sequence.id

    def _matcher_of(self, params: GenerationParams) -> Matcher | None:
        if params.grammar is None:
            return None
        assert self.matcher is not None
        return self.matcher(params.grammar)

    def step(self) -> list[Event]:
        """Run at most two forwards: a chunk of prefill, and a denoising step of all sequences that are past theirs.

        An error fails only the sequences of that forward. Raises EngineBroken after a device error that CUDA does
        not recover from within a process.
        """
        forced, self._forced = self._forced, []
        prefill, denoise = self._scheduler.schedule()
        return forced + self._guarded(self._prefill, prefill) + self._guarded(self._denoise, denoise)

    def abort(self, sequence_id: int) -> Finished | None:
        """Remove a sequence, running or waiting; None if it has already ended."""
        told = [event for event in self._forced if event.sequence_id == sequence_id]
        self._forced = [event for event in self._forced if event.sequence_id != sequence_id]
        sequence = self._sequences.get(sequence_id)
        if sequence is None:
            return next((event for event in told if isinstance(event, Finished)), None)
        self._remove(sequence)
        return Finished(sequence.id, "abort", sequence.counters())

    def watch(self, sequence_id: int, is_watched: bool) -> SequenceSnapshot | None:
        """Start or stop the step events of a sequence. Returns its current state, or None if it has already ended.

        A sequence that was added as watched stays watched.
        """
        sequence = self._sequences.get(sequence_id)
        if sequence is None:
            return None
        sequence.is_watched = is_watched or sequence.params.watch
        return sequence.snapshot()

    def stats(self) -> EngineStats:
        """May be called on any thread: it only reads numbers, each of which is consistent with itself."""
        cache, totals = self.prefix_cache, self._totals
        sums = totals.of_sequences
        return EngineStats(
            slots=self.kv_cache.num_slots,
            slots_held=self.kv_cache.slots_held,
            waiting=self._scheduler.waiting.lengths,
            prefill_forwards=totals.prefill_forwards,
            prefill_rows=totals.prefill_rows,
            denoise_forwards=totals.denoise_forwards,
            denoise_rows=totals.denoise_rows,
            sequence_forwards=sums["forwards"],
            steps=sums["steps"],
            fused_commits=sums["fused_commits"],
            generated_tokens=sums["generated_tokens"],
            drafts_tried=sums["drafts_tried"],
            drafts_accepted=sums["drafts_accepted"],
            prefix_lookups=cache.num_lookups,
            prefix_hits=cache.num_hits,
            prefix_tokens=cache.tokens_asked,
            prefix_tokens_found=cache.tokens_found,
            prefix_evictions=cache.num_evictions,
            prefix_bytes=cache.num_bytes,
            prefix_max_bytes=cache.max_bytes,
        )

    def _guarded(self, run: Callable[[Batch], list[Event]], work: Batch) -> list[Event]:
        if not work:
            return []
        try:
            events = run(work)
            for sequence, _ in work:
                self._totals.add(sequence.tally)
            return events
        except Exception as error:
            if _is_device_lost(error):
                raise EngineBroken("the device has failed") from error
            sequences = [sequence for sequence, _ in work]
            logger.exception("a forward of sequences %s failed", [sequence.id for sequence in sequences])
            return [self._fail(sequence) for sequence in sequences if sequence.id in self._sequences]

    def _prefill(self, work: Batch) -> list[Event]:
        logits = self._runner.run([forward for _, forwards in work for forward in forwards])
        self._totals.add_prefill(_num_rows(work))
        for sequence, (forward,) in work:
            finish_prefill(sequence, forward)
            if not sequence.needs_prefill:
                self._scheduler.store_prefix(sequence)
        with_logits = [(sequence, forwards) for sequence, forwards in work if forwards[0].positions]
        return [] if logits is None else self._advance(with_logits, logits)

    def _denoise(self, work: Batch) -> list[Event]:
        logits = self._runner.run([forward for _, forwards in work for forward in forwards])
        assert logits is not None
        self._totals.add_denoise(_num_rows(work))
        for sequence, _ in work:
            sequence.tally.forwards += 1
        return self._advance(work, logits)

    def _advance(self, work: Batch, logits: Tensor) -> list[Event]:
        """Take the steps that the `logits` [logit_rows of all, vocab] decide."""
        rows = [rows for sequence, forwards in work for rows in sequence.masked_rows(forwards)]
        proposals = iter(propose(logits, rows, self.diffusion.mask_token_id))
        events = []
        first = 0
        for sequence, forwards in work:
            last = first + sum(len(forward.positions) for forward in forwards)
            own = list(itertools.islice(proposals, len(forwards)))
            if None in own[1:]:
                # As when a sequence fails: its NaNs would poison later forwards that read these places, masked or not.
                self.kv_cache.clear(forwards[1].span.slot, forwards[1].span.places.start)
            if sequence.params.window is not None and sequence.params.window.probe:
                events += self._probe(sequence, logits[first:last])
            else:
                events += self._walk(sequence, own)
            first = last
        return events

    def _probe(self, sequence: Sequence, logits: Tensor) -> list[Event]:
        """Report the probabilities of `logits` [masked positions, vocab], and end the sequence."""
        sequence.tally.steps += 1
        self._remove(sequence)
        probed = probe(sequence, logits, self.diffusion.delete_token_id)
        return [probed, Finished(sequence.id, "stop", sequence.counters())]

    def _walk(self, sequence: Sequence, proposals: list[Proposals | None]) -> list[Event]:
        try:
            events, path = walk(sequence, proposals)
        except Exception:
            logger.exception("sequence %d failed", sequence.id)
            return [self._fail(sequence)]
        self.speculator.learn(sequence, path)
        if any(isinstance(event, Finished) for event in events):
            self._remove(sequence)
        return events

    def _fail(self, sequence: Sequence) -> Failed:
        self._remove(sequence, keep=False)
        return Failed(sequence.id)

    def _remove(self, sequence: Sequence, keep: bool = True) -> None:
        del self._sequences[sequence.id]
        self._totals.add(sequence.tally)
        self._scheduler.remove(sequence, keep)


def _num_rows(work: Batch) -> int:
    return sum(forward.span.num_rows for _, forwards in work for forward in forwards)


def _is_device_lost(error: Exception) -> bool:
    return isinstance(error, torch.AcceleratorError) and not isinstance(error, torch.OutOfMemoryError)
