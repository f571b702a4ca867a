"""Trains the embedded model: pure copying first, then the mixture. Stop it at any moment, go on with `--resume`."""

from __future__ import annotations

import argparse
import csv
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tqdm import tqdm
from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

from training.data.samples import COPY_ONLY, MIXTURE, Sample, SampleSource, tokenizer_texts
from training.evaluate import answer, held_out_tasks, rates
from training.model import batch_loss, build_model
from training.noise import Batch, collate
from training.tokenizer import load_tokenizer, train_tokenizer

MAX_COUNTED_SECONDS = 10.0  # a step that took longer was a pause


@dataclass(frozen=True)
class TrainConfig:
    """`minutes` are minutes of training, pauses not counted; the rate falls linearly over their last `decay_share`."""

    run: Path
    minutes: float
    copy_minutes: float = 8.0
    seed: int = 0
    vocab_size: int = 2048
    tokenizer_tasks: int = 20_000
    layers: int = 5
    feed_forward: int = 768
    batch_tokens: int = 1600
    pool_batches: int = 40
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warm_up_steps: int = 60
    decay_share: float = 0.5
    final_rate: float = 0.03
    save_seconds: float = 120.0
    probe_seconds: float = 300.0
    probe_tasks: int = 10
    threads: int = 1


@dataclass
class Progress:
    """What a resumed run must know besides the weights. `pool` counts pools of batches in the present stage."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    stage: str = "copy"
    pool: int = 0
    batch: int = 0


class Trainer:
    def __init__(self, config: TrainConfig, resume: bool) -> None:
        self.config = config
        self.progress = Progress()
        self.tokenizer = load_or_train_tokenizer(config)
        self.source = SampleSource(self.tokenizer)
        torch.manual_seed(config.seed)
        self.model: Qwen3ForCausalLM = build_model(
            len(self.tokenizer), layers=config.layers, feed_forward=config.feed_forward
        )
        self.optimizer = make_optimizer(self.model, config)
        self.tasks = held_out_tasks(config.probe_tasks)
        self.stop_asked = False
        if resume:
            self.load()

    def train(self) -> None:
        """Until the time is used up or a signal asks to stop; saves in either case."""
        signal.signal(signal.SIGTERM, self._ask_stop)
        signal.signal(signal.SIGINT, self._ask_stop)
        budget, last_save, last_probe = self.config.minutes * 60, time.monotonic(), self.progress.seconds
        bar = tqdm(total=round(budget), initial=round(self.progress.seconds), unit="s", mininterval=10)
        losses: list[float] = []
        for batch in self.batches():
            if self.stop_asked or self.progress.seconds >= budget:
                break
            before = self.progress.seconds
            losses.append(self.step(batch))
            bar.update(self.progress.seconds - before)
            if self.progress.step % 20 == 0:
                bar.set_postfix(loss=f"{sum(losses[-100:]) / len(losses[-100:]):.3f}", step=self.progress.step)
            if self.progress.seconds - last_probe >= self.config.probe_seconds:
                self.log(losses)
                losses, last_probe = [], self.progress.seconds
            if time.monotonic() - last_save >= self.config.save_seconds:
                self.save()
                last_save = time.monotonic()
        self.save()
        if not self.stop_asked:
            self.log(losses)

    def step(self, batch: Batch) -> float:
        started = time.monotonic()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate()
        with torch.autocast("cpu", torch.bfloat16):
            loss = batch_loss(self.model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.progress.step += 1
        self.progress.tokens += batch.num_tokens
        self.progress.seconds += min(time.monotonic() - started, MAX_COUNTED_SECONDS)
        return loss.item()

    def learning_rate(self) -> float:
        config = self.config
        warm = min(1.0, (self.progress.step + 1) / config.warm_up_steps)
        left = 1.0 - self.progress.seconds / (config.minutes * 60)
        return config.learning_rate * warm * max(config.final_rate, min(1.0, left / config.decay_share))

    def batches(self) -> Iterator[Batch]:
        """Endless; a resumed run goes on after the last batch it trained on."""
        progress = self.progress
        while True:
            stage = self.stage()
            if stage != progress.stage:
                progress.stage, progress.pool, progress.batch = stage, 0, 0
            groups = self.pool()
            while progress.batch < len(groups) and self.stage() == stage:
                group = groups[progress.batch]
                progress.batch += 1
                yield collate(group, random.Random(f"{self.config.seed}/noise/{progress.step}"))
            progress.pool, progress.batch = progress.pool + 1, 0

    def stage(self) -> str:
        return "copy" if self.progress.seconds < self.config.copy_minutes * 60 else "mixture"

    def pool(self) -> list[list[Sample]]:
        """Batches of like length, in random order."""
        rng = random.Random(f"{self.config.seed}/{self.progress.stage}/{self.progress.pool}")
        mixture = COPY_ONLY if self.progress.stage == "copy" else MIXTURE
        samples, num_tokens = [], 0
        while num_tokens < self.config.pool_batches * self.config.batch_tokens:
            samples.append(self.source.draw(rng.choices(list(mixture), list(mixture.values()))[0], rng))
            num_tokens += stream_length(samples[-1])
        samples.sort(key=stream_length)
        groups: list[list[Sample]] = [[]]
        for sample in samples:
            if stream_length(sample) * (len(groups[-1]) + 1) > self.config.batch_tokens:
                groups.append([])
            groups[-1].append(sample)
        groups = [group for group in groups if group]
        rng.shuffle(groups)
        return groups

    def log(self, losses: list[float]) -> None:
        """Append one line with the probe's figures to `log.csv`."""
        measured = rates([answer(self.model, self.tokenizer, task) for task in self.tasks])
        line = {
            "step": self.progress.step,
            "seconds": round(self.progress.seconds),
            "tokens": self.progress.tokens,
            "stage": self.progress.stage,
            "rate": f"{self.learning_rate():.2e}",
            "loss": f"{sum(losses) / max(1, len(losses)):.4f}",
            **measured,
        }
        path = self.config.run / "log.csv"
        is_new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, list(line))
            if is_new:
                writer.writeheader()
            writer.writerow(line)

    def save(self) -> None:
        path = self.config.run / "checkpoint.pt"
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "progress": asdict(self.progress),
        }
        torch.save(state, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    def load(self) -> None:
        state = torch.load(self.config.run / "checkpoint.pt", weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.progress = Progress(**state["progress"])

    def _ask_stop(self, *_: object) -> None:
        self.stop_asked = True


def stream_length(sample: Sample) -> int:
    """About as many positions as the sample takes in a batch, both streams."""
    first = next(i for i, weight in enumerate(sample.weights) if weight)
    return 2 * len(sample.ids) - first


def make_optimizer(model: Qwen3ForCausalLM, config: TrainConfig) -> torch.optim.Optimizer:
    """Weight decay on matrices only."""
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.95), fused=True)


def load_or_train_tokenizer(config: TrainConfig) -> PreTrainedTokenizerFast:
    folder = config.run / "tokenizer"
    if not folder.exists():
        texts = tokenizer_texts(config.seed, config.tokenizer_tasks)
        train_tokenizer(texts, config.vocab_size).save_pretrained(folder)
    return load_tokenizer(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder for checkpoint, tokenizer and log")
    parser.add_argument("--minutes", type=float, required=True, help="training time, pauses not counted")
    parser.add_argument("--copy-minutes", type=float, default=TrainConfig.copy_minutes)
    parser.add_argument("--batch-tokens", type=int, default=TrainConfig.batch_tokens)
    parser.add_argument("--learning-rate", type=float, default=TrainConfig.learning_rate)
    parser.add_argument("--seed", type=int, default=TrainConfig.seed)
    parser.add_argument("--threads", type=int, default=TrainConfig.threads)
    parser.add_argument("--resume", action="store_true")
    options = vars(parser.parse_args())
    resume = options.pop("resume")
    config = TrainConfig(**options)
    config.run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    Trainer(config, resume).train()


if __name__ == "__main__":
    main()
