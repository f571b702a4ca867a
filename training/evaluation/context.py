"""What the measurements share: the model, the server, the checker and the baseline, each created when first used."""

from __future__ import annotations

import random
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import torch
from tqdm import tqdm
from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

from training.data.corpus import load_corpus
from training.data.sources import SourceFile
from training.data.tasks import draw_task
from training.data.template import fenced
from training.evaluation.checks import Checker
from training.evaluation.endpoint import Endpoint, connected, serving
from training.evaluation.trigram import Trigram
from training.tokenizer import EOS, chat_prompt, load_tokenizer

T = TypeVar("T")
TRIGRAM_TASKS, TRIGRAM_WINDOWS, WINDOW_TOKENS = 4000, 1000, 192
SEED = 20_260


@dataclass
class Context:
    """Measures `share` of every count. Use it in a `with` block, which stops the processes it started."""

    folder: Path
    url: str | None = None
    share: float = 1.0
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def count(self, full: int) -> int:
        return max(1, round(full * self.share))

    def rng(self, purpose: str) -> random.Random:
        return random.Random(f"{SEED}/{purpose}")

    @cached_property
    def tokenizer(self) -> PreTrainedTokenizerFast:
        return load_tokenizer(self.folder)

    @cached_property
    def model(self) -> Qwen3ForCausalLM:
        model: Qwen3ForCausalLM = Qwen3ForCausalLM.from_pretrained(self.folder, dtype=torch.float32)
        return model

    @cached_property
    def checker(self) -> Checker:
        return self._stack.enter_context(Checker())

    @cached_property
    def endpoint(self) -> Endpoint:
        return self._stack.enter_context(connected(self.url) if self.url else serving(self.folder))

    @cached_property
    def trigram(self) -> Trigram:
        """A trigram of the training data: generated chat, and pieces of the corpus."""
        rng, trigram = self.rng("trigram"), Trigram(len(self.tokenizer))
        for _ in progress(range(TRIGRAM_TASKS), "trigram: tasks"):
            task = draw_task(rng)
            trigram.add(self.encode(f"{chat_prompt(task.request)}{fenced(task.code)}{EOS}"))
        for text in self.corpus_windows(load_corpus("train"), TRIGRAM_WINDOWS, rng):
            trigram.add(self.encode(text))
        return trigram

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def corpus_windows(self, files: list[SourceFile], count: int, rng: random.Random) -> list[str]:
        """Whole lines from random places, at most `WINDOW_TOKENS` tokens each."""
        windows: list[str] = []
        while len(windows) < count:
            lines = rng.choice(files).text.splitlines(keepends=True)
            window = self._window(lines[rng.randrange(len(lines)) :])
            if window.strip():
                windows.append(window)
        return windows

    def _window(self, lines: list[str]) -> str:
        text, num_tokens = "", 0
        for line in lines:
            num_tokens += len(self.encode(line))
            if num_tokens > WINDOW_TOKENS:
                break
            text += line
        return text.lstrip("\n")


def progress(items: Iterable[T], what: str) -> Iterable[T]:
    """A progress bar below that of the rows, removed when full; none without a terminal."""
    bar: Iterable[T] = tqdm(items, desc=f"  {what}", position=1, leave=False, mininterval=1, disable=None)
    return bar
