"""Turns texts into training samples and mixes their kinds. Every sample begins at position 0."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from textwrap import dedent

from transformers import PreTrainedTokenizerFast

from app.serving.infill.hole_text import TRAILING_SPACE
from training import tokenizer as tk
from training.data import names
from training.data.changes.draw import draw_change
from training.data.corpus import load_corpus
from training.data.expression_holes import draw_expression_spans
from training.data.first.draw import draw_first
from training.data.holes import Span, draw_spans
from training.data.honest.contrast import draw_contrast
from training.data.honest.drawing import draw_honest
from training.data.pairs import Pair, draw_pair, load_pairs
from training.data.snippets import draw_snippet
from training.data.talk import draw_talk
from training.data.tasks import Task, draw_task
from training.data.template import fenced

# In blocks of one all earlier tokens are known, so copying and grammar are learned there first.
BLOCK_LENGTHS, BLOCK_SHARES = (1, 2, 4, 8, 16, 32), (0.15, 0.08, 0.5, 0.12, 0.09, 0.06)
COPY_BLOCK_LENGTHS = (1, 1, 2, 4)
SYSTEM_PROMPTS = ("You are a helpful assistant.", "You are a helpful coding assistant.", "You write Python code.")
COPY_ONLY = {"copy": 0.6, "signature": 0.4}
MIXTURE = {
    "chat": 0.28,
    "first": 0.14,
    "change": 0.10,
    "honest": 0.07,
    "talk": 0.02,
    "code": 0.03,
    "corpus_chat": 0.02,
    "corpus_file": 0.04,
    "canvas": 0.19,
    "suffix_first": 0.07,
    "copy": 0.01,
    "signature": 0.03,
}
DELETE_WEIGHT = 0.25  # low, because there are many, all alike
END_WEIGHT = 2.0  # of the token that ends an infill, which occurs once per sample
# The number of masks with which a server starts a hole of unknown length; twice as many if it was filled up. The others
# are those of further candidates.
CANVAS_LENGTH, OTHER_CANVAS_LENGTHS = 24, (12, 16, 48)
INSIDE_LINE_SHARE = 0.4  # of the texts with holes
HOLE_COUNTS, HOLE_SHARES = (1, 2, 3, 4), (0.66, 0.2, 0.09, 0.05)
CONTRAST_SHARE = 0.25  # of the kind "honest"


@dataclass(frozen=True)
class Sample:
    """`weights[i]` is the loss weight of token i; a token of weight 0 is never masked. `window` is the start of a last
    block that extends to the end (an infilling canvas); otherwise all blocks have `block_length`."""

    ids: list[int]
    weights: list[float]
    block_length: int
    window: int | None = None

    def blocks(self) -> list[int]:
        """The block number of each position."""
        window = len(self.ids) if self.window is None else self.window
        return [min(i, window) // self.block_length for i in range(len(self.ids))]


@dataclass
class SampleSource:
    """Draws samples. Deterministic: all randomness comes from the generator passed to `draw`."""

    tokenizer: PreTrainedTokenizerFast
    max_length: int = 256
    pairs: tuple[Pair, ...] = field(init=False)
    files: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        files = load_corpus("train")
        self.pairs = load_pairs("train")
        self.files = [file.text.splitlines(keepends=True) for file in files if file.text.strip()]

    def draw(self, kind: str, rng: random.Random) -> Sample:
        """Draw a sample of a kind (a key of `MIXTURE`); one that is too long is drawn again."""
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
        """The answer is followed by 1-4 end tokens, so that the rest of its last block is learned as end tokens."""
        answer = answer + [tk.EOS_ID] * rng.randint(1, 4)
        weights = [0.0] * len(prompt) + [1.0] * len(answer)
        return Sample(prompt + answer, weights, block_length or draw_block_length(rng))

    def _reply(self, messages: Sequence[str], reply: str, rng: random.Random) -> Sample:
        system = rng.choice(SYSTEM_PROMPTS) if rng.random() < 0.08 else None
        return self._answered(self.encode(tk.conversation_prompt(messages, system)), self.encode(reply), rng)

    def _chat(self, rng: random.Random) -> Sample:
        task = draw_task(rng)
        return self._reply((task.request,), fenced(task.code), rng)

    def _talk(self, rng: random.Random) -> Sample:
        said, reply = draw_talk(rng)
        return self._reply((said,), reply, rng)

    def _change(self, rng: random.Random) -> Sample:
        conversation = draw_change(rng)
        return self._reply(conversation.messages, conversation.reply, rng)

    def _honest(self, rng: random.Random) -> Sample:
        """What it cannot do, or the same wording with a task that it can."""
        if rng.random() < CONTRAST_SHARE:
            request, code = draw_contrast(rng)
            return self._reply((request,), fenced(code), rng)
        request, reply = draw_honest(rng)
        return self._reply((request,), reply, rng)

    def _first(self, rng: random.Random) -> Sample:
        first = draw_first(rng)
        return self._reply((first.request,), first.reply, rng)

    def _corpus_chat(self, rng: random.Random) -> Sample:
        request, code = draw_pair(self.pairs, rng)
        return self._reply((request,), fenced(code), rng)

    def _code(self, rng: random.Random) -> Sample:
        """A plain file with one to three functions; in half of them the first header is the prompt."""
        head, _, rest = generated_file(rng).partition("\n")
        if rng.random() < 0.5:
            return self._answered(self.encode(head + "\n"), self.encode(rest), rng)
        return self._answered([], self.encode(f"{head}\n{rest}"), rng)

    def _corpus_file(self, rng: random.Random) -> Sample:
        lines = rng.choice(self.files)
        start = rng.randrange(len(lines))
        length = rng.choice((64, 128, 192))
        ids = self.encode("".join(lines[start : start + length // 4]).lstrip("\n"))[:length]
        if not ids:
            return self._corpus_file(rng)  # only blank lines
        return Sample(ids, [1.0] * len(ids), draw_block_length(rng))

    def _copy(self, rng: random.Random) -> Sample:
        """Copy random tokens in backticks. Their place varies: with copied tokens always at the same distance, a model
        learns the distance instead of searching for the tokens before them."""
        copied = self._random_tokens(rng, rng.choice((4, 8, 12, 20)))
        (quote,) = self.encode("`")
        before, after = (self._random_tokens(rng, rng.randint(0, 12)) for _ in range(2))
        prompt = [tk.BOS_ID, *before, quote, *copied, quote, *after, tk.EOS_ID, tk.BOS_ID]
        return self._answered(prompt, copied, rng, rng.choice(COPY_BLOCK_LENGTHS))

    def _random_tokens(self, rng: random.Random, count: int) -> list[int]:
        return [rng.randrange(len(tk.SPECIAL_TOKENS), len(self.tokenizer)) for _ in range(count)]

    def _signature(self, rng: random.Random) -> Sample:
        """Copy as in a `def` line: the same text, now after a space."""
        signatures = [random_signature(rng) for _ in range(rng.choice((1, 1, 2)))]
        prompt = tk.chat_prompt(" ".join(f"`{signature}`" for signature in signatures))
        answer = "".join(f"def {signature}:\n" for signature in signatures)
        return self._answered(self.encode(prompt), self.encode(answer), rng, rng.choice(COPY_BLOCK_LENGTHS))

    def _infill_text(self, rng: random.Random) -> str:
        """Usually one function, sometimes a file of several, rarely real code."""
        style = rng.random()
        if style < 0.35:
            return draw_telling_task(rng).code + "\n"
        if style < 0.65:
            return draw_task(rng).code + "\n"
        if style < 0.93:
            return generated_file(rng)
        lines = rng.choice(self.files)
        start = rng.randrange(len(lines))
        text = "".join(lines[start : start + rng.randint(3, 14)])
        return text if text.strip() else self._infill_text(rng)

    def _text_with_holes(self, count: int, rng: random.Random) -> tuple[str, list[Span]]:
        """A text and one to `count` spans, of lines or inside them."""
        if rng.random() >= INSIDE_LINE_SHARE:
            text = self._infill_text(rng)
            return text, draw_spans(text, count, rng)
        style = rng.random()
        if style < 0.3:
            text = draw_snippet(rng).text
        elif style < 0.65:
            text = draw_telling_task(rng).code + "\n"
        else:
            text = dedent(self._infill_text(rng))
        return text, draw_expression_spans(text, count, rng, names_tell=style < 0.65)

    def _canvas(self, rng: random.Random) -> Sample:
        """A last block with the end of the prefix, 1-4 holes with deletable padding, and the suffix."""
        text, spans = self._text_with_holes(rng.choices(HOLE_COUNTS, HOLE_SHARES)[0], rng)
        texts, holes = canvas_parts(text, spans)
        ids: list[int] = self.encode(texts[0])
        block_length = draw_block_length(rng)
        whole_blocks = len(ids) // block_length
        window = block_length * (whole_blocks if rng.random() < 0.5 else rng.randint(0, whole_blocks))
        weights = [0.0] * len(ids)
        for hole, after in zip(map(self.encode, holes), map(self.encode, texts[1:]), strict=True):
            deletes = draw_deletes(len(hole), rng)
            ids += hole + [tk.DELETE_ID] * deletes + after
            weights += [1.0] * len(hole) + [DELETE_WEIGHT] * deletes + [0.0] * len(after)
        return Sample(ids, weights, block_length, window)

    def _suffix_first(self, rng: random.Random) -> Sample:
        text, [(start, end)] = self._text_with_holes(1, rng)
        prefix, hole, suffix = (self.encode(part) for part in (text[:start], text[start:end], text[end:]))
        prompt = [tk.FIM_SUFFIX_ID, *suffix, tk.FIM_PREFIX_ID, *prefix, tk.FIM_MIDDLE_ID]
        sample = self._answered(prompt, [*hole, tk.FIM_END_ID], rng)
        sample.weights[len(prompt) + len(hole)] = END_WEIGHT
        return sample


KINDS: dict[str, Callable[[SampleSource, random.Random], Sample]] = {
    "chat": SampleSource._chat,
    "talk": SampleSource._talk,
    "honest": SampleSource._honest,
    "change": SampleSource._change,
    "first": SampleSource._first,
    "code": SampleSource._code,
    "corpus_chat": SampleSource._corpus_chat,
    "corpus_file": SampleSource._corpus_file,
    "canvas": SampleSource._canvas,
    "suffix_first": SampleSource._suffix_first,
    "copy": SampleSource._copy,
    "signature": SampleSource._signature,
}


def generated_file(rng: random.Random) -> str:
    """A file of one to three generated definitions."""
    count = rng.choices((1, 2, 3), (0.5, 0.35, 0.15))[0]
    return "\n\n\n".join(draw_task(rng).code for _ in range(count)) + "\n"


def canvas_parts(text: str, spans: list[Span]) -> tuple[list[str], list[str]]:
    """The texts around holes, one more than holes, and those of the holes, as a server encodes them: a single space
    before a hole is part of it."""
    edges = [0, *(place for span in spans for place in span), len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    texts, holes = parts[::2], parts[1::2]
    for number, before in enumerate(texts[:-1]):
        if TRAILING_SPACE.search(before):
            texts[number], holes[number] = before[:-1], " " + holes[number]
    return texts, holes


def draw_deletes(hole_length: int, rng: random.Random) -> int:
    """How much too long a hole's canvas is: not at all (its length is known), as in the middle of decoding, or as at
    the start."""
    style = rng.random()
    if style < 0.2:
        return 0
    usual = next((length for length in (CANVAS_LENGTH, 2 * CANVAS_LENGTH) if length >= hole_length), hole_length)
    if style < 0.5:
        return rng.randint(0, usual - hole_length)
    length = usual if style < 0.9 else rng.choice(OTHER_CANVAS_LENGTHS)
    return max(0, length - hole_length)


def draw_telling_task(rng: random.Random) -> Task:
    """A task with its usual, descriptive name, so that a hole in it can be filled from the rest of the code."""
    while (task := draw_task(rng)).name_given:
        pass
    return task


def random_signature(rng: random.Random) -> str:
    arguments = [names.random_argument_name(rng) for _ in range(rng.randint(0, 3))]
    return f"{names.random_function_name(rng)}({', '.join(arguments)})"


def draw_block_length(rng: random.Random) -> int:
    return rng.choices(BLOCK_LENGTHS, BLOCK_SHARES)[0]


def tokenizer_texts(seed: int, num_tasks: int) -> Iterator[str]:
    """Generated tasks and a twelfth of the real code, so that the vocabulary fits chat best."""
    rng = random.Random(seed)
    for _ in range(num_tasks):
        task = draw_task(rng)
        yield f"user\n{task.request}"
        yield f"assistant\n{fenced(task.code)}"
    for _ in range(num_tasks // 20):
        yield from draw_talk(rng)
        yield from draw_honest(rng)
    for _ in range(num_tasks // 10):
        conversation = draw_change(rng)
        yield from (*conversation.messages, conversation.reply)
    for _ in range(num_tasks // 5):
        first = draw_first(rng)
        yield f"user\n{first.request}"
        yield f"assistant\n{first.reply}"
    yield from (file.text for file in load_corpus("train")[::12])
