"""An engine without a model that produces scripted replies, one block per step."""

from __future__ import annotations

import itertools
import math
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.messages.events import Committed, Counters, Event, Failed, Finished, Proposal, SequenceSnapshot, Stepped, Token
from app.messages.params import GenerationParams
from app.messages.stats import EngineStats
from tests.doubles.tokenizer import EOS, MASK, byte_ids
from tests.waiting import PATIENCE_S


@dataclass
class FakeSequence:
    prompt_ids: tuple[int, ...]
    params: GenerationParams
    left: deque[int]
    blocks: int = 0
    generated: int = 0
    is_watched: bool = False
    client: str = ""


Script = Callable[[Sequence[int], GenerationParams], Sequence[int]]


def says(*texts: str | bytes | Sequence[int]) -> Script:
    """A script: each request gets the next text (or token ids), and all further ones the last."""
    queue = deque(texts)

    def script(prompt_ids: Sequence[int], params: GenerationParams) -> Sequence[int]:
        text = queue.popleft() if len(queue) > 1 else queue[0]
        return byte_ids(text) if isinstance(text, str | bytes) else text

    return script


@dataclass
class FakeEngine:
    """One sequence at a time, one block per step, aligned as in the real engine: the first has the prompt's tail.

    `script` returns a reply's token ids, which are padded with end tokens to `gen_length`. A `gated` engine takes only
    steps that were allowed with `allow`. A block has two denoising steps, reported if it is watched: the later half,
    then the rest; the n-th token of the reply has a confidence of 1 / (n + 1). All records may be read from any thread.

    With `drafts`, the forward of a block's first step evaluates that many drafts, or as many as the request allows. The
    second step reaches one of them, so that both share the forward.
    """

    script: Script = field(default_factory=lambda: says("Hello, world!"))
    gated: bool = False
    drafts: int = 0
    added: list[FakeSequence] = field(default_factory=list)
    aborted: list[int] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    steps: int = 0
    step_errors: deque[Exception] = field(default_factory=deque)  # each is raised by one step
    add_errors: deque[Exception] = field(default_factory=deque)
    clients: list[str] = field(default_factory=list)  # whose sequences were added
    failing_steps: int = 0  # number of steps that fail their sequence, as in the real engine

    def __post_init__(self) -> None:
        self._sequences: dict[int, FakeSequence] = {}
        self._ids = itertools.count()
        self._changed = threading.Condition()
        self._allowed = 0.0 if self.gated else math.inf
        self._wanted = 0  # started steps, including those that wait for `allow`

    @property
    def has_work(self) -> bool:
        return bool(self._sequences)

    def add(self, prompt_ids: Sequence[int], params: GenerationParams, waited_ms: float = 0.0, client: str = "") -> int:
        self.threads.add(threading.current_thread().name)
        if self.add_errors:
            raise self.add_errors.popleft()
        ids = list(self.script(prompt_ids, params))[: params.gen_length]
        ids += [EOS] * (params.gen_length - len(ids))
        if EOS in ids and not params.ignore_eos:
            del ids[ids.index(EOS) + 1 :]
        sequence_id = next(self._ids)
        sequence = FakeSequence(tuple(prompt_ids), params, deque(ids), is_watched=params.watch, client=client)
        with self._changed:
            self._sequences[sequence_id] = sequence
            self.clients.append(client)
            self.added.append(sequence)
            self._changed.notify_all()
        return sequence_id

    def step(self) -> list[Event]:
        self.threads.add(threading.current_thread().name)
        self._pass_gate()
        if self.step_errors:
            raise self.step_errors.popleft()
        sequence_id, sequence = next(iter(self._sequences.items()))
        if self.failing_steps:
            self.failing_steps -= 1
            del self._sequences[sequence_id]
            return [Failed(sequence_id)]
        return self._commit(sequence_id, sequence)

    def abort(self, sequence_id: int) -> Finished | None:
        sequence = self._sequences.pop(sequence_id, None)
        if sequence is None:
            return None
        with self._changed:
            self.aborted.append(sequence_id)
            self._changed.notify_all()
        return Finished(sequence_id, "abort", self._counters(sequence))

    def watch(self, sequence_id: int, is_watched: bool) -> SequenceSnapshot | None:
        """Called between two blocks, so nothing of the next one is final."""
        sequence = self._sequences.get(sequence_id)
        if sequence is None:
            return None
        with self._changed:
            sequence.is_watched = is_watched or sequence.params.watch
            self._changed.notify_all()
        first, length = len(sequence.prompt_ids) + sequence.generated, sequence.params.block_length
        block = range(first, first // length * length + length)
        nothing = (None,) * len(block)
        steps, forwards = 2 * sequence.blocks, self._forwards(sequence)
        return SequenceSnapshot(sequence_id, steps, block.start, block.stop, nothing, nothing, forwards=forwards)

    def stats(self) -> EngineStats:
        """As if every block were two steps in two forwards of one row each."""
        with self._changed:
            added = list(self.added)
            _, *waiting = [sequence.client for sequence in self._sequences.values()] or [""]
        steps = sum(2 * sequence.blocks for sequence in added)
        forwards = sum(self._forwards(sequence) for sequence in added)
        return EngineStats(
            slots=1,
            slots_held=int(self.has_work),
            waiting=Counter(waiting),
            prefill_forwards=len(added),
            denoise_forwards=forwards,
            denoise_rows=forwards,
            sequence_forwards=forwards,
            steps=steps,
            generated_tokens=sum(sequence.generated for sequence in added),
            drafts_tried=sum(self._drafts(sequence) * sequence.blocks for sequence in added),
        )

    def allow(self, steps: float = math.inf) -> None:
        with self._changed:
            self._allowed += steps
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition that adding, stepping or aborting makes true."""
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), "it never came about"

    def wait_until_stepping(self) -> None:
        """Wait until the engine is in a step that is not allowed yet: everything submitted earlier is then in it."""
        assert self.gated
        self.wait_for(lambda: self._wanted > self.steps and self._allowed == 0)

    def _pass_gate(self) -> None:
        with self._changed:
            self._wanted += 1
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._allowed >= 1, PATIENCE_S), "nobody allowed this step"
            self._allowed -= 1
            self.steps += 1

    def _commit(self, sequence_id: int, sequence: FakeSequence) -> list[Event]:
        filled = (len(sequence.prompt_ids) + sequence.generated) % sequence.params.block_length
        size = min(sequence.params.block_length - filled, len(sequence.left))
        ids = tuple(sequence.left.popleft() for _ in range(size))
        events: list[Event] = list(self._steps(sequence_id, sequence, ids)) if sequence.is_watched else []
        tokens = tuple(
            Token(token_id, 1 / (sequence.generated + index + 1), 2 * sequence.blocks + (index < size // 2))
            for index, token_id in enumerate(ids)
        )
        sequence.blocks += 1
        sequence.generated += size
        events.append(Committed(sequence_id, tokens))
        if not sequence.left:
            del self._sequences[sequence_id]
            ended = EOS in ids and not sequence.params.ignore_eos
            events.append(Finished(sequence_id, "stop" if ended else "length", self._counters(sequence)))
        return events

    def _steps(self, sequence_id: int, sequence: FakeSequence, ids: Sequence[int]) -> Iterator[Stepped]:
        first = len(sequence.prompt_ids) + sequence.generated
        start = first // sequence.params.block_length * sequence.params.block_length
        proposals = [
            Proposal(
                first + index,
                token_id,
                1 / (sequence.generated + index + 1),
                is_final=index >= len(ids) // 2,
                alternatives=((token_id, 0.5), (MASK, 0.25))[: sequence.params.alternatives],
            )
            for index, token_id in enumerate(ids)
        ]
        left = [proposal for proposal in proposals if not proposal.is_final]
        for number, told in enumerate((proposals, [replace(proposal, is_final=True) for proposal in left])):
            if told:
                end = start + sequence.params.block_length
                step = 2 * sequence.blocks + number
                forwards = self._forwards(sequence) + (1 if self._drafts(sequence) else number + 1)
                yield Stepped(sequence_id, step, start, end, tuple(told), forwards=forwards)

    def _drafts(self, sequence: FakeSequence) -> int:
        """Drafts in the forward of each block's first step."""
        limit = sequence.params.speculation
        return self.drafts if limit is None else min(limit, self.drafts)

    def _forwards(self, sequence: FakeSequence) -> int:
        """Of the finished blocks."""
        return sequence.blocks * (1 if self._drafts(sequence) else 2)

    def _counters(self, sequence: FakeSequence) -> Counters:
        """Counters as if each block took two denoising steps, the first of which commits the previous block."""
        drafts = self._drafts(sequence)
        return Counters(
            prompt_tokens=len(sequence.prompt_ids),
            cached_tokens=0,
            prefill_tokens=len(sequence.prompt_ids) // sequence.params.block_length * sequence.params.block_length,
            prefill_forwards=1,
            steps=2 * sequence.blocks,
            forwards=self._forwards(sequence),
            fused_commits=max(0, sequence.blocks - 1),
            generated_tokens=sequence.generated,
            queue_ms=1.0,
            total_ms=3.0,
            first_block_ms=2.0 if sequence.blocks else None,
            drafts_tried=drafts * sequence.blocks,
            drafts_accepted=sequence.blocks if drafts else 0,
        )
