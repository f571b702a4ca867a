"""How much of the model's output occurs verbatim in the real code it was trained on."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.data.corpus import load_corpus
from training.evaluation.context import Context, progress
from training.evaluation.questions import held_out_tasks
from training.evaluation.report import Column, Measurement, Section, Values

WINDOW = 12  # tokens; shorter common runs count as 0
TOO_LONG = 60
NUM_SAMPLES = 500
TEMPERATURE = 0.8
MAX_TOKENS = 128
OVERLAP_SEED = 3_000_017
BETWEEN_FILES = -1


@dataclass(frozen=True)
class Prompt:
    """A chat request, or plain text to continue."""

    text: str
    is_chat: bool


@dataclass(frozen=True)
class Run:
    """A run of tokens, and where it starts in the sample (tokens)."""

    start: int = 0
    length: int = 0


class OverlapIndex:
    """Finds the longest run of tokens that a text shares with a fixed body of texts."""

    def __init__(self, texts: Iterable[Sequence[int]], window: int = WINDOW) -> None:
        self._window = window
        parts = [[*ids, BETWEEN_FILES] for ids in texts]
        tail = [[BETWEEN_FILES] * window]
        self._ids = np.fromiter(itertools.chain.from_iterable(parts + tail), np.int64)
        hashes = _window_hashes(self._ids, window)
        self._order = np.argsort(hashes, kind="stable")
        self._sorted = hashes[self._order]

    def longest_run(self, ids: Sequence[int]) -> Run:
        """The first of the longest runs; an empty one if none is as long as the window."""
        text = np.array(ids, np.int64)
        longest = Run()
        if len(text) < self._window:
            return longest
        for start, value in enumerate(_window_hashes(text, self._window)):
            low, high = np.searchsorted(self._sorted, value, "left"), np.searchsorted(self._sorted, value, "right")
            if low < high:
                length = self._extend(self._order[low:high], text[start:])
                longest = max(longest, Run(start, length), key=lambda run: run.length)
        return longest

    def _extend(self, places: NDArray[np.int64], text: NDArray[np.int64]) -> int:
        """The length of the longest common prefix of the text and the corpus at any of the places."""
        for length, token in enumerate(text):
            places = places[self._ids[places + length] == token]
            if not len(places):
                return length
        return len(text)


def _window_hashes(ids: NDArray[np.int64], window: int) -> NDArray[np.uint64]:
    """One hash per window start; equal windows have equal hashes."""
    count = len(ids) - window + 1
    hashes = np.zeros(count, np.uint64)
    tokens = ids.astype(np.uint64)
    for offset in range(window):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + tokens[offset : offset + count]
    return hashes


def sections(context: Context) -> list[Section]:
    measurements = (Measurement("overlap/samples", "samples at temperature 0.8", lambda: measure(context)),)
    return [Section("Training text in samples", NOTE, COLUMNS, measurements)]


NOTE = (
    "The longest run of tokens that a sample shares with a file of real code in the training data (generated functions "
    "are not counted). Repeated tokens, and whitespace after whitespace, are removed from both; runs below "
    f"{WINDOW} tokens count as 0. Half of the samples answer held-out requests, a quarter continue held-out `def` "
    "lines, a quarter the beginnings of held-out files."
)
COLUMNS = (
    Column("n", "n", "{:.0f}"),
    Column("longest", "longest run", "{:.0f}"),
    Column("too_long", f"samples with {TOO_LONG} or more", "{:.0f}"),
    Column("half_as_long", f"with {TOO_LONG // 2} or more", "{:.0f}"),
    Column("mean", "mean of the longest runs", "{:.1f}"),
    Column("indexed", "tokens searched", "{:.0f}"),
)


def measure(context: Context) -> Values:
    spaces = frozenset(i for i in range(len(context.tokenizer)) if str(context.tokenizer.decode([i])).isspace())
    seeded = enumerate(progress(prompts(context), "samples"))
    samples = [without_padding(sampled(context, prompt, seed), spaces) for seed, prompt in seeded]
    texts = progress(load_corpus("train"), "tokens of the corpus")
    files = [without_padding(context.encode(file.text), spaces) for file in texts]
    index = OverlapIndex(files)
    runs = [index.longest_run(ids) for ids in samples]
    longest, ids = max(zip(runs, samples, strict=True), key=lambda pair: pair[0].length)
    text = str(context.tokenizer.decode(ids[longest.start : longest.start + longest.length]))
    return {**rates([run.length for run in runs]), "indexed": sum(map(len, files)), "longest_text": text}


def without_padding(ids: Iterable[int], spaces: Collection[int]) -> list[int]:
    """Drop tokens that repeat the one before, and whitespace after whitespace: a run of spaces or a line of slashes is
    not a copy of anything."""
    kept: list[int] = []
    last: int | None = None
    for token in ids:
        if token != last and not (last in spaces and token in spaces):
            kept.append(token)
        last = token
    return kept


def rates(runs: Sequence[int]) -> Values:
    return {
        "n": len(runs),
        "longest": max(runs),
        "too_long": sum(run >= TOO_LONG for run in runs),
        "half_as_long": sum(run >= TOO_LONG // 2 for run in runs),
        "mean": sum(runs) / len(runs),
    }


def prompts(context: Context) -> list[Prompt]:
    """Half are requests; the others are openings, half of generated functions and half of held-out files."""
    count, rng = context.count(NUM_SAMPLES), context.rng("overlap")
    each = -(-count // 4)
    task_lists = [held_out_tasks(split, each, OVERLAP_SEED) for split in ("name", "constant")]
    requests = [Prompt(task.request, True) for tasks in task_lists for task in tasks]
    heads = [Prompt(task.code.split("\n")[0] + "\n", False) for task in held_out_tasks("name", each, OVERLAP_SEED + 1)]
    files = [Prompt(text, False) for text in file_openings(each, rng)]
    chosen = requests + heads + files
    rng.shuffle(chosen)
    return chosen[:count]


def file_openings(count: int, rng: random.Random) -> list[str]:
    """The first one to five lines of held-out files; a file may occur again with a different number of lines."""
    files = load_corpus("held_out") + load_corpus("held_out_package")
    return ["".join(rng.choice(files).text.splitlines(keepends=True)[: rng.randint(1, 5)]) for _ in range(count)]


def sampled(context: Context, prompt: Prompt, seed: int) -> tuple[int, ...]:
    options = {"temperature": TEMPERATURE, "seed": seed, "max_tokens": MAX_TOKENS}
    if prompt.is_chat:
        return context.endpoint.ask(prompt.text, **options).token_ids
    return context.endpoint.continue_prompt(context.encode(prompt.text), **options).token_ids
