"""Trains the embedded model, stage by stage. Stop it at any time (SIGTERM saves) and resume with the same command."""

from __future__ import annotations

import argparse
import ctypes
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

import torch
from torch import multiprocessing
from tqdm import tqdm
from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

from training.config import CONFIGS, Stage, TrainConfig
from training.data.samples import Sample, SampleSource, tokenizer_texts
from training.evaluation.probe import kind_losses, probe
from training.model import batch_loss, build_model, compile_layers
from training.noise import Batch, collate, collate_left_to_right
from training.run_log import RunLog
from training.tokenizer import load_tokenizer, train_tokenizer

TRIM_STEPS = 200


class Trainer:
    """The state of a run. Weights, optimizer state and counters are in shared memory: each worker draws its batches and
    applies its gradients without waiting for the others (Hogwild, arXiv 1106.5730)."""

    def __init__(self, config: TrainConfig, run: Path, start: Path | None = None) -> None:
        """A new run takes tokenizer and weights from the checkpoint `start`, if there is one."""
        self.config, self.run = config, run
        self.device = torch.device(config.device)
        self.tokenizer = load_or_train_tokenizer(config, run, start)
        self.source = SampleSource(self.tokenizer, config.max_length)
        torch.manual_seed(config.seed)
        self.model = build_model(len(self.tokenizer), config.hidden, config.layers, config.feed_forward, config.heads)
        if start is not None:
            self.model.load_state_dict(Qwen3ForCausalLM.from_pretrained(start, dtype=torch.float32).state_dict())
        self.model.to(self.device)  # type: ignore[arg-type]
        if config.compile:
            compile_layers(self.model)
        self.optimizer = make_optimizer(self.model, config)
        self.counters = shared_zeros(2, torch.int64)  # steps, tokens
        self.losses = shared_zeros(2, torch.float64)  # sum and count since the last log line
        self.stop_asked = shared_zeros(1, torch.bool)
        self.lock = multiprocessing.get_context("fork").Lock()
        self.log = RunLog(run)
        self.load()

    @property
    def tokens(self) -> int:
        return int(self.counters[1])

    def train(self) -> None:
        """Train until all tokens are used or a signal arrives; saves in both cases."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop_asked.fill_(True))
        self.share()
        others = [self._start(number) for number in range(1, self.config.workers)]
        with tqdm(total=self.config.tokens, initial=self.tokens, unit="tok", unit_scale=True, mininterval=10) as bar:
            self.work(0, Housekeeping(self, bar, others))
        for other in others:
            other.join()
        self.save()
        if not self.stop_asked:
            self.report()

    def work(self, number: int, after_step: Callable[[], None]) -> None:
        for count, batch in enumerate(self.batches(number)):
            if self.stop_asked or self.tokens >= self.config.tokens:
                return
            self.step(batch)
            after_step()
            if count % TRIM_STEPS == 0:
                trim_heap()

    def step(self, batch: Batch) -> None:
        with torch.autocast(self.device.type, torch.bfloat16):
            loss = batch_loss(self.model, batch.to(self.device))
        loss.backward()  # type: ignore[no-untyped-call]
        with self.lock:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            for group in self.optimizer.param_groups:
                group["lr"] = learning_rate(self.config, int(self.counters[0]), self.tokens)
            self.optimizer.step()
            self.counters += torch.tensor([1, batch.num_tokens])
            self.losses += torch.tensor([loss.item(), 1.0])
        self.optimizer.zero_grad(set_to_none=True)

    def batches(self, number: int) -> Iterator[Batch]:
        """Endless batches. A resumed run draws new data, because the seed includes where it resumed."""
        begin, pool = int(self.counters[0]), 0
        while True:
            stage = stage_at(self.config, self.tokens)
            rng = random.Random(f"{self.config.seed}/{stage.name}/{number}/{begin}/{pool}")
            left_to_right = rng.random() < stage.left_to_right
            for group in draw_pool(self.source, stage, self.config, rng, left_to_right):
                yield collate_left_to_right(group) if left_to_right else collate(group, rng)
                if stage_at(self.config, self.tokens) is not stage:
                    break
            pool += 1

    def report(self) -> None:
        """Append a line with losses and the probe's figures to the run's log, and draw it."""
        with self.lock:
            loss = float(self.losses[0] / max(1.0, float(self.losses[1])))
            self.losses.zero_()
        with torch.compiler.set_stance("force_eager"):  # for other shapes, compiling takes longer than it saves
            figures = kind_losses(self.model, self.source) | probe(self.model, self.tokenizer, self.config.probe_tasks)
        self.log.add(
            {
                "step": int(self.counters[0]),
                "tokens": self.tokens,
                "stage": stage_at(self.config, self.tokens).name,
                "rate": learning_rate(self.config, int(self.counters[0]), self.tokens),
                "loss": loss,
                **figures,
            }
        )

    def save(self, name: str = "checkpoint.pt") -> None:
        path = self.run / name
        with self.lock:
            state = {
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "counters": self.counters,
                "total": self.config.tokens,
            }
            torch.save(state, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    def load(self) -> None:
        """Load the newest state, if there is one. If `tokens` was raised after the learning rate began to fall, load
        the state from before that; raises FileNotFoundError if it is gone."""
        newest = self.run / "checkpoint.pt"
        if not newest.exists():
            return
        state = torch.load(newest, weights_only=True, map_location=self.device)
        tokens, total = int(state["counters"][1]), int(state["total"])
        if self.config.tokens > total and tokens > decay_start(self.config, total):
            state = torch.load(self.run / "before_decay.pt", weights_only=True, map_location=self.device)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.counters.copy_(state["counters"])

    def share(self) -> None:
        if self.config.workers == 1:
            return
        if (
            not self.optimizer.state
        ):  # the optimizer has no state before its first step; a step without gradients changes no weights
            for parameter in self.model.parameters():
                parameter.grad = torch.zeros_like(parameter)
            for group in self.optimizer.param_groups:
                group["lr"] = 0.0
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
        self.model.share_memory()
        for state in self.optimizer.state.values():
            for value in state.values():
                value.share_memory_()

    def _start(self, number: int) -> BaseProcess:
        worker = multiprocessing.get_context("fork").Process(target=self.work, args=(number, lambda: None), daemon=True)
        worker.start()
        return worker


class Housekeeping:
    """The first worker's tasks between its steps: progress, saves, reports."""

    def __init__(self, trainer: Trainer, bar: tqdm[NoReturn], others: list[BaseProcess]) -> None:
        self.trainer, self.bar, self.others = trainer, bar, others
        self.last_save, self.last_report = time.monotonic(), trainer.tokens
        self.slow_from = decay_start(trainer.config, trainer.config.tokens)

    def __call__(self) -> None:
        trainer, config = self.trainer, self.trainer.config
        is_over = trainer.stop_asked or trainer.tokens >= config.tokens
        if not is_over and not all(other.is_alive() for other in self.others):
            raise RuntimeError("a training worker has died; its traceback is above")
        before, now = self.bar.n, trainer.tokens
        self.bar.update(now - before)
        if before < self.slow_from <= now:
            trainer.save("before_decay.pt")
        if now - self.last_report >= config.probe_tokens:
            trainer.report()
            self.last_report = now
        if time.monotonic() - self.last_save >= config.save_seconds:
            trainer.save()
            self.last_save = time.monotonic()


def trim_heap() -> None:
    """Give free memory back to the system: batches differ in shape, and glibc's heap grows to several gigabytes between
    their holes. Nothing on other systems."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


def shared_zeros(size: int, dtype: torch.dtype) -> torch.Tensor:
    zeros = torch.zeros(size, dtype=dtype)
    zeros.share_memory_()  # type: ignore[no-untyped-call]
    return zeros


def decay_start(config: TrainConfig, total: int) -> int:
    return round(total * (1 - config.decay_share))


def learning_rate(config: TrainConfig, step: int, tokens: int) -> float:
    warm = min(1.0, (step + 1) / config.warm_up_steps)
    remaining = (config.tokens - tokens) / (config.tokens - decay_start(config, config.tokens))
    return config.learning_rate * warm * max(config.final_rate, min(1.0, remaining))


def stage_at(config: TrainConfig, tokens: int) -> Stage:
    *early, last = config.stages
    end = 0
    for stage in early if tokens < decay_start(config, config.tokens) else []:
        end += config.tokens if stage.tokens is None else stage.tokens
        if tokens < end:
            return stage
    return last


def draw_pool(
    source: SampleSource, stage: Stage, config: TrainConfig, rng: random.Random, left_to_right: bool = False
) -> list[list[Sample]]:
    """Batches of samples of similar length, in random order. Canvases are never trained left to right."""
    shares = {kind: share for kind, share in stage.mixture.items() if not (left_to_right and kind == "canvas")}
    length = (lambda sample: len(sample.ids)) if left_to_right else stream_length
    samples, num_tokens = [], 0
    while num_tokens < config.pool_batches * config.batch_tokens:
        samples.append(source.draw(rng.choices(list(shares), list(shares.values()))[0], rng))
        num_tokens += length(samples[-1])
    samples.sort(key=length)
    groups: list[list[Sample]] = [[]]
    for sample in samples:
        if length(sample) * (len(groups[-1]) + 1) > config.batch_tokens:
            groups.append([])
        groups[-1].append(sample)
    groups = [group for group in groups if group]
    rng.shuffle(groups)
    return groups


def stream_length(sample: Sample) -> int:
    """Approximate number of positions of the sample in a batch, over all streams."""
    first = next(i for i, weight in enumerate(sample.weights) if weight)
    if sample.window is not None:
        return sample.window + 2 * (len(sample.ids) - sample.window)
    return len(sample.ids) + (len(sample.ids) - first) * (1 if sample.block_length == 1 else 2)


def make_optimizer(model: Qwen3ForCausalLM, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW with weight decay on matrices only."""
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.95), fused=True)


def load_or_train_tokenizer(config: TrainConfig, run: Path, start: Path | None) -> PreTrainedTokenizerFast:
    folder = run / "tokenizer"
    if not folder.exists() and start is not None:
        load_tokenizer(start).save_pretrained(folder)
    elif not folder.exists():
        texts = tokenizer_texts(config.seed, config.tokenizer_tasks)
        train_tokenizer(texts, config.vocab_size).save_pretrained(folder)
    return load_tokenizer(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder for the checkpoint, the tokenizer and the log")
    parser.add_argument("--config", choices=CONFIGS, default="cpu")
    parser.add_argument("--start", type=Path, help="start a new run with the tokenizer and weights of this checkpoint")
    parser.add_argument(
        "--tokens", type=float, help="override the config's tokens; a larger number extends a finished run"
    )
    parser.add_argument("--workers", type=int, help="number of training processes (CPU)")
    parser.add_argument("--eager", action="store_true", help="without torch.compile, which needs a C++ compiler")
    options = parser.parse_args()
    config = CONFIGS[options.config]
    overrides = {"tokens": options.tokens and int(options.tokens), "workers": options.workers}
    config = replace(config, **{key: value for key, value in overrides.items() if value})
    config = replace(config, compile=config.compile and not options.eager)
    if config.compile and shutil.which(os.environ.get("CXX", "g++")) is None:
        parser.error("compiled layers need a C++ compiler (g++, or the one that CXX names); --eager trains without one")
    options.run.mkdir(parents=True, exist_ok=True)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # processes are forked
    if config.device == "cpu":
        torch.set_num_threads(1)  # each worker is one thread
    Trainer(config, options.run, options.start).train()


if __name__ == "__main__":
    main()
