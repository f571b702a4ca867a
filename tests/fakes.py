"""Stand-ins for what is slow: an engine that says what a test tells it to, and a tokenizer whose tokens are bytes.

`make_client` puts them behind the real routes, service and executor.
"""

from __future__ import annotations

import itertools
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from flask.testing import FlaskClient
from jinja2 import Environment
from jinja2.exceptions import TemplateError

from app import create_app
from app.messages.events import Committed, Counters, Event, Failed, Finished, Proposal, Seen, Stepped, Token
from app.messages.params import GenerationParams
from app.serving.backend import Backend, ModelInfo
from app.serving.service import Service
from app.settings import Settings
from app.text.tokenizer import Tokenizer

SPECIALS = {0: "<bos>", 1: "<pad>", 2: "<eos>", 5: "<mask>"}
EOS, MASK = 2, 5
FIRST_BYTE = 8
VOCAB_SIZE = FIRST_BYTE + 256
BLOCK_LENGTH = 4
# Far more than any test needs: a test that waits for it has failed already.
PATIENCE_S = 20.0

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<bos>' + message['role'] + '\n' + message['content'] + '<eos>' }}{% endfor %}"
    "<bos>assistant\n"
)
TOOLS_TEMPLATE = "{% if tools %}{{ tools | length }} tools\n{% endif %}" + CHAT_TEMPLATE


def byte_ids(text: str | bytes) -> list[int]:
    """The token ids of a text without special tokens."""
    return [FIRST_BYTE + byte for byte in (text.encode() if isinstance(text, str) else text)]


class ByteTokenizer:
    """What app.text.tokenizer.Tokenizer uses of a transformers tokenizer. A byte is a token; so is each of SPECIALS.

    `extra` are further tokens of several bytes, numbered from VOCAB_SIZE; they are decoded and never encoded.
    """

    def __init__(self, chat_template: str | None = CHAT_TEMPLATE, extra: Sequence[bytes] = ()) -> None:
        self.chat_template = chat_template
        self._extra = extra

    def get_added_vocab(self) -> dict[str, int]:
        return {token: token_id for token_id, token in SPECIALS.items()}

    def get_vocab(self) -> dict[str, int]:
        return {**self.get_added_vocab(), **{chr(byte): FIRST_BYTE + byte for byte in range(128)}}

    @property
    def all_special_ids(self) -> list[int]:
        return list(SPECIALS)

    def encode(self, text: str, add_special_tokens: bool = False, split_special_tokens: bool = False) -> list[int]:
        if split_special_tokens:
            return byte_ids(text)
        ids = [0] if add_special_tokens else []
        while text:
            special = next((token_id for token_id, token in SPECIALS.items() if text.startswith(token)), None)
            ids += byte_ids(text[0]) if special is None else [special]
            text = text[1 if special is None else len(SPECIALS[special]) :]
        return ids

    def decode(self, token_ids: list[int], skip_special_tokens: bool, clean_up_tokenization_spaces: bool) -> str:
        return b"".join(self._bytes(token_id, skip_special_tokens) for token_id in token_ids).decode(errors="replace")

    def apply_chat_template(
        self, messages: list[dict[str, Any]], tokenize: bool, add_generation_prompt: bool, **extra: Any
    ) -> str:
        environment = Environment(keep_trailing_newline=True)
        environment.globals["raise_exception"] = _raise_exception
        return environment.from_string(str(self.chat_template)).render(messages=messages, **extra)

    def _bytes(self, token_id: int, skip_special_tokens: bool) -> bytes:
        if token_id >= VOCAB_SIZE:
            return self._extra[token_id - VOCAB_SIZE]
        if token_id >= FIRST_BYTE:
            return bytes([token_id - FIRST_BYTE])
        return b"" if skip_special_tokens else SPECIALS.get(token_id, "").encode()


class FimTokenizer(ByteTokenizer):
    """With Seed-Coder's sentinels, so that its model infills between them, suffix first: see `fim_ids`."""

    def get_added_vocab(self) -> dict[str, int]:
        return {**super().get_added_vocab(), "<[fim-suffix]>": 3, "<[fim-prefix]>": 4, "<[fim-middle]>": 6}


def fim_ids(prefix: str, suffix: str) -> tuple[int, ...]:
    """The prompt that a model with the FimTokenizer gets for what is missing between the two."""
    return (3, *byte_ids(suffix), 4, *byte_ids(prefix), 6)


def _raise_exception(message: str) -> None:
    raise TemplateError(message)


@dataclass
class FakeSequence:
    prompt_ids: tuple[int, ...]
    params: GenerationParams
    left: deque[int]
    blocks: int = 0
    generated: int = 0
    is_watched: bool = False


Script = Callable[[Sequence[int], GenerationParams], Sequence[int]]


def says(*texts: str | bytes | Sequence[int]) -> Script:
    """A script: the first request gets the first text, ..., and the last text again and again. Ids may be given too."""
    queue = deque(texts)

    def script(prompt_ids: Sequence[int], params: GenerationParams) -> Sequence[int]:
        text = queue.popleft() if len(queue) > 1 else queue[0]
        return byte_ids(text) if isinstance(text, str | bytes) else text

    return script


@dataclass
class FakeEngine:
    """One sequence at a time, one block a step, aligned as the real engine's: the first block shares the prompt's tail.

    `script` gives a reply's token ids, which are filled up with end tokens to `gen_length`. A `gated` engine takes no
    step that was not allowed with `allow`. A block takes two steps, told where it is watched: the later half, then the
    rest; the n-th token of the reply has a confidence of 1 / (n + 1). All records may be read from any thread.
    """

    script: Script = field(default_factory=lambda: says("Hello, world!"))
    gated: bool = False
    added: list[FakeSequence] = field(default_factory=list)
    aborted: list[int] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    steps: int = 0
    step_errors: deque[Exception] = field(default_factory=deque)  # each is raised by one step
    add_errors: deque[Exception] = field(default_factory=deque)
    failing_steps: int = 0  # so many steps fail the sequence that is in them, as the real engine does

    def __post_init__(self) -> None:
        self._sequences: dict[int, FakeSequence] = {}
        self._ids = itertools.count()
        self._changed = threading.Condition()
        self._allowed = 0.0 if self.gated else math.inf
        self._wanted = 0  # steps begun, those that wait for `allow` included

    @property
    def has_work(self) -> bool:
        return bool(self._sequences)

    def add(self, prompt_ids: Sequence[int], params: GenerationParams, submitted: float | None = None) -> int:
        self.threads.add(threading.current_thread().name)
        if self.add_errors:
            raise self.add_errors.popleft()
        ids = list(self.script(prompt_ids, params))[: params.gen_length]
        ids += [EOS] * (params.gen_length - len(ids))
        if EOS in ids and not params.ignore_eos:
            del ids[ids.index(EOS) + 1 :]
        sequence_id = next(self._ids)
        self._sequences[sequence_id] = FakeSequence(tuple(prompt_ids), params, deque(ids), is_watched=params.watch)
        with self._changed:
            self.added.append(self._sequences[sequence_id])
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

    def watch(self, sequence_id: int, is_watched: bool) -> Seen | None:
        """Between two blocks, so nothing of the next one is final."""
        sequence = self._sequences.get(sequence_id)
        if sequence is None:
            return None
        with self._changed:
            sequence.is_watched = is_watched or sequence.params.watch
            self._changed.notify_all()
        first, length = len(sequence.prompt_ids) + sequence.generated, sequence.params.block_length
        block = range(first, first // length * length + length)
        nothing = (None,) * len(block)
        steps = 2 * sequence.blocks
        return Seen(sequence_id, steps, block.start, block.stop, nothing, nothing, forwards=steps)

    def allow(self, steps: float = math.inf) -> None:
        with self._changed:
            self._allowed += steps
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait for something that adding, stepping or aborting brings about."""
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), "it never came about"

    def wait_until_stepping(self) -> None:
        """Until the engine stands in a step that nobody has allowed yet: what was submitted earlier is in it."""
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

    @staticmethod
    def _steps(sequence_id: int, sequence: FakeSequence, ids: Sequence[int]) -> Iterator[Stepped]:
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
                yield Stepped(sequence_id, step, start, end, tuple(told), forwards=step + 1)

    @staticmethod
    def _counters(sequence: FakeSequence) -> Counters:
        """As if each block took two denoising steps, the first of which commits the block before."""
        return Counters(
            prompt_tokens=len(sequence.prompt_ids),
            cached_tokens=0,
            prefill_tokens=len(sequence.prompt_ids) // sequence.params.block_length * sequence.params.block_length,
            prefill_forwards=1,
            steps=2 * sequence.blocks,
            forwards=2 * sequence.blocks,
            fused_commits=max(0, sequence.blocks - 1),
            generated_tokens=sequence.generated,
            queue_ms=1.0,
            total_ms=3.0,
            first_block_ms=2.0 if sequence.blocks else None,
        )


INFO = ModelInfo(
    id="fake-model",
    family="fake",
    device="cpu",
    dtype="float32",
    max_model_len=1024,
    block_length=BLOCK_LENGTH,
    mask_token_id=MASK,
    vocab_size=VOCAB_SIZE,
)


def fake_backend(
    engine: FakeEngine | None = None, tokenizer: ByteTokenizer | None = None, **info: int | str
) -> Backend:
    """`info` are fields of ModelInfo."""
    return Backend(engine or FakeEngine(), Tokenizer(tokenizer or ByteTokenizer()), replace(INFO, **info))


def make_client(
    engine: FakeEngine | None = None,
    tokenizer: ByteTokenizer | None = None,
    load: Callable[[], Backend] | None = None,
    info: dict[str, int | str] | None = None,
    **settings: Any,
) -> FlaskClient:
    """A test client of the whole application; `settings` are fields of Settings. Close it with `close_client`.

    The model is loaded when this returns, unless a test has its own way of loading.
    """
    backend = fake_backend(engine, tokenizer, **(info or {}))
    with root_logging_kept():
        app = create_app(Settings(**{"host": "127.0.0.1", **settings}), load=load or (lambda: backend))
    client = app.test_client()
    if load is None:
        service_of(client).executor.wait_until_ready()
    return client


def service_of(client: FlaskClient) -> Service:
    service: Service = client.application.extensions["elbarto"]
    return service


def close_client(client: FlaskClient) -> None:
    """Stop the executor, and see that nothing was left behind in it."""
    executor = service_of(client).executor
    if executor.state == "ready":
        wait_until(lambda: executor.queue_lengths == (0, 0))
    executor.close()
    assert not executor._owners
    assert not executor._sequence_ids


def wait_until(condition: Callable[[], bool]) -> None:
    """For what other threads bring about and nobody announces."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.001)


@contextmanager
def root_logging_kept() -> Iterator[None]:
    """`create_app` configures the root logger, which would take pytest's own handlers off it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers = handlers
        root.setLevel(level)
