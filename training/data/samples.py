"""Turns texts into training samples and mixes their kinds. Every sample begins at position 0."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from transformers import PreTrainedTokenizerFast

from training import tokenizer as tk
from training.data import names
from training.data.stdlib import stdlib_files, stdlib_pairs
from training.data.tasks import draw_task

# In blocks of one every earlier token is known: what to copy, and grammar, are learned there first.
BLOCK_LENGTHS, BLOCK_SHARES = (1, 2, 4, 8, 16, 32), (0.2, 0.1, 0.5, 0.1, 0.06, 0.04)
COPY_BLOCK_LENGTHS = (1, 1, 2, 4)
SYSTEM_PROMPTS = ("You are a helpful assistant.", "You are a helpful coding assistant.", "You write Python code.")
COPY_ONLY = {"copy": 0.6, "signature": 0.4}
MIXTURE = {
    "chat": 0.74,
    "code": 0.05,
    "stdlib_chat": 0.02,
    "stdlib_file": 0.04,
    "canvas": 0.05,
    "suffix_first": 0.03,
    "copy": 0.02,
    "signature": 0.05,
}


@dataclass(frozen=True)
class Sample:
    """`weights[i]` is the loss weight of token i; 0 means given, never masked. `window` is the start of a last block
    that reaches to the end (an infilling canvas); otherwise all blocks have `block_length`."""

    ids: list[int]
    weights: list[float]
    block_length: int
    window: int | None = None

    def blocks(self) -> list[int]:
        """Block number of every position."""
        window = len(self.ids) if self.window is None else self.window
        return [min(i, window) // self.block_length for i in range(len(self.ids))]


@dataclass
class SampleSource:
    """Draws samples. Deterministic: everything random comes from the generator handed to `draw`."""

    tokenizer: PreTrainedTokenizerFast
    max_length: int = 256
    pairs: list[tuple[str, str]] = field(init=False)
    files: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        texts = stdlib_files()
        self.pairs = stdlib_pairs(texts)
        self.files = [text.splitlines(keepends=True) for text in texts if text.strip()]

    def draw(self, kind: str, rng: random.Random) -> Sample:
        """The kinds are the keys of `MIXTURE`; too long ones are drawn again."""
        while True:
            sample = KINDS[kind](self, rng)
            if len(sample.ids) <= self.max_length:
                return sample

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _answered(
        self, prompt: list[int], answer: list[int], rng: random.Random, block_length: int | None = None
    ) -> Sample:
        """1-4 end tokens follow the answer, so that what is left of its last block is learned as end tokens."""
        answer = answer + [tk.EOS_ID] * rng.randint(1, 4)
        weights = [0.0] * len(prompt) + [1.0] * len(answer)
        return Sample(prompt + answer, weights, block_length or draw_block_length(rng))

    def _chat(self, rng: random.Random) -> Sample:
        task = draw_task(rng)
        system = rng.choice(SYSTEM_PROMPTS) if rng.random() < 0.08 else None
        prompt = self.encode(tk.chat_prompt(task.request, system))
        return self._answered(prompt, self.encode(fenced(task.code)), rng)

    def _stdlib_chat(self, rng: random.Random) -> Sample:
        request, code = rng.choice(self.pairs)
        return self._answered(self.encode(tk.chat_prompt(request)), self.encode(fenced(code)), rng)

    def _code(self, rng: random.Random) -> Sample:
        """A plain file with one function; half begin with its header as the prompt."""
        lines = draw_task(rng).code.split("\n")
        head = rng.choice((0, 1))
        prompt = self.encode(lines[0] + "\n") if head else []
        return self._answered(prompt, self.encode("\n".join(lines[head:]) + "\n"), rng)

    def _stdlib_file(self, rng: random.Random) -> Sample:
        lines = rng.choice(self.files)
        start = rng.randrange(len(lines))
        length = rng.choice((64, 128, 192))
        ids = self.encode("".join(lines[start : start + length // 4]).lstrip("\n"))[:length]
        if not ids:
            return self._stdlib_file(rng)  # only blank lines
        return Sample(ids, [1.0] * len(ids), draw_block_length(rng))

    def _copy(self, rng: random.Random) -> Sample:
        """Random tokens between backticks among others. The place varies: where the copied tokens always stand at the
        same distance, a model learns the distance and does not look for what came before."""
        copied = self._random_tokens(rng, rng.choice((4, 8, 12, 20)))
        (quote,) = self.encode("`")
        before, after = (self._random_tokens(rng, rng.randint(0, 12)) for _ in range(2))
        prompt = [tk.BOS_ID, *before, quote, *copied, quote, *after, tk.EOS_ID, tk.BOS_ID]
        return self._answered(prompt, copied, rng, rng.choice(COPY_BLOCK_LENGTHS))

    def _random_tokens(self, rng: random.Random, count: int) -> list[int]:
        return [rng.randrange(len(tk.SPECIAL_TOKENS), len(self.tokenizer)) for _ in range(count)]

    def _signature(self, rng: random.Random) -> Sample:
        """Copying in the way of a `def` line: the same text, now after a space."""
        signatures = [random_signature(rng) for _ in range(rng.choice((1, 1, 2)))]
        prompt = tk.chat_prompt(" ".join(f"`{signature}`" for signature in signatures))
        answer = "".join(f"def {signature}:\n" for signature in signatures)
        return self._answered(self.encode(prompt), self.encode(answer), rng, rng.choice(COPY_BLOCK_LENGTHS))

    def _hole(self, rng: random.Random) -> tuple[str, str, str]:
        """Prefix, hole and suffix of a generated function: whole lines, or a span of characters."""
        code = draw_task(rng).code + "\n"
        if rng.random() < 0.7:
            lines = code.splitlines(keepends=True)
            first = rng.randrange(len(lines))
            last = min(len(lines), first + (1 if rng.random() < 0.75 else rng.randint(2, 4)))
            return "".join(lines[:first]), "".join(lines[first:last]), "".join(lines[last:])
        first, last = sorted(rng.sample(range(len(code) + 1), 2))
        last = min(last, first + 40)
        return code[:first], code[first:last], code[last:]

    def _canvas(self, rng: random.Random) -> Sample:
        """A last block with the end of the prefix, the hole with deletable padding, and the suffix."""
        prefix, hole, suffix = (self.encode(part) for part in self._hole(rng))
        deletes = rng.choice((0, rng.randint(0, 16)))
        block_length = draw_block_length(rng)
        window = block_length * rng.randint(0, len(prefix) // block_length)
        weights = [0.0] * len(prefix) + [1.0] * len(hole) + [0.25] * deletes + [0.0] * len(suffix)
        return Sample(prefix + hole + [tk.DELETE_ID] * deletes + suffix, weights, block_length, window)

    def _suffix_first(self, rng: random.Random) -> Sample:
        prefix, hole, suffix = (self.encode(part) for part in self._hole(rng))
        prompt = [tk.FIM_SUFFIX_ID, *suffix, tk.FIM_PREFIX_ID, *prefix, tk.FIM_MIDDLE_ID]
        return self._answered(prompt, [*hole, tk.FIM_END_ID], rng)


KINDS: dict[str, Callable[[SampleSource, random.Random], Sample]] = {
    "chat": SampleSource._chat,
    "code": SampleSource._code,
    "stdlib_chat": SampleSource._stdlib_chat,
    "stdlib_file": SampleSource._stdlib_file,
    "canvas": SampleSource._canvas,
    "suffix_first": SampleSource._suffix_first,
    "copy": SampleSource._copy,
    "signature": SampleSource._signature,
}


def fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def random_signature(rng: random.Random) -> str:
    arguments = [names.random_argument_name(rng) for _ in range(rng.randint(0, 3))]
    return f"{names.random_function_name(rng)}({', '.join(arguments)})"


def draw_block_length(rng: random.Random) -> int:
    return rng.choices(BLOCK_LENGTHS, BLOCK_SHARES)[0]


def tokenizer_texts(seed: int, num_tasks: int) -> Iterator[str]:
    """Generated tasks and a twelfth of the standard library: the vocabulary should fit the chat best."""
    rng = random.Random(seed)
    for _ in range(num_tasks):
        task = draw_task(rng)
        yield f"user\n{task.request}"
        yield f"assistant\n{fenced(task.code)}"
    yield from stdlib_files()[::12]
