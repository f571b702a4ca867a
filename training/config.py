"""Configurations of a training run: sizes, stages and learning rates, for one CPU and for one GPU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from training.data.samples import COPY_ONLY, MIXTURE


@dataclass(frozen=True)
class Stage:
    """A part of the run with its own data, `tokens` long; without `tokens`, until the learning rate begins to fall.
    `left_to_right` is the share of batches that are trained left to right instead of by diffusion."""

    name: str
    mixture: Mapping[str, float]
    tokens: int | None = None
    left_to_right: float = 0.0


@dataclass(frozen=True)
class TrainConfig:
    """`tokens` counts the positions of all streams. The learning rate falls linearly over the last `decay_share`, in
    which the last stage runs: until then nothing depends on `tokens`, so that a longer run goes on from there."""

    tokens: int
    stages: tuple[Stage, ...]
    device: str = "cpu"
    compile: bool = False  # by torch.compile, which needs a C++ compiler; 1.4 to 1.6 times as fast on a CPU
    workers: int = 2
    seed: int = 0
    vocab_size: int = 2048
    tokenizer_tasks: int = 20_000
    hidden: int = 256
    layers: int = 7
    heads: int = 4
    feed_forward: int = 736
    max_length: int = 256
    batch_tokens: int = 1600
    pool_batches: int = 20
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warm_up_steps: int = 60
    decay_share: float = 0.3
    final_rate: float = 0.03
    save_seconds: float = 120.0
    probe_tokens: int = 1_000_000
    probe_tasks: int = 20

    def __post_init__(self) -> None:
        assert self.stages, "a run has at least one stage"
        assert self.hidden == self.heads * 64, "the hidden size must be a multiple of 64, the head size"


# Left to right first: that learns most per token. Then copying, once tokens mean something: from scratch it was learned
# late or never (LOG.md). Then the model's purpose.
CPU = TrainConfig(
    tokens=120_000_000,
    stages=(
        Stage("left_to_right", MIXTURE, 3_000_000, left_to_right=1.0),
        Stage("copy", COPY_ONLY, 1_000_000),
        Stage("both", MIXTURE, left_to_right=0.5),
        Stage("mixture", MIXTURE),
    ),
    compile=True,
)
# Of the fourth version's weak sides: holes, changes to code, requests that it cannot know.
HOLES_AND_CHANGES = {
    **MIXTURE,
    "chat": 0.19,
    "first": 0.14,
    "change": 0.15,
    "honest": 0.10,
    "code": 0.02,
    "corpus_file": 0.03,
    "canvas": 0.20,
    "suffix_first": 0.11,
    "copy": 0.005,
    "signature": 0.015,
}
# Continues from the fourth version's checkpoint, which can already copy (`--start`).
CPU_MORE = TrainConfig(
    tokens=35_000_000,
    stages=(Stage("both", HOLES_AND_CHANGES, left_to_right=0.4), Stage("mixture", HOLES_AND_CHANGES)),
    compile=True,
    seed=2,
    layers=5,
    feed_forward=768,
    learning_rate=7e-4,
    warm_up_steps=200,
    decay_share=0.6,
    probe_tokens=3_000_000,
)
# Few samples are small talk, and a low rate is what makes replies exact: a short end of the run above.
CPU_END = replace(
    CPU_MORE,
    tokens=2_800_000,
    stages=(
        Stage(
            "mixture",
            {
                "chat": 0.15,
                "first": 0.20,
                "change": 0.12,
                "honest": 0.17,
                "talk": 0.08,
                "code": 0.01,
                "corpus_chat": 0.01,
                "corpus_file": 0.02,
                "canvas": 0.13,
                "suffix_first": 0.08,
                "copy": 0.005,
                "signature": 0.025,
            },
        ),
    ),
    seed=3,
    learning_rate=2e-4,
    warm_up_steps=60,
    decay_share=0.95,
)
GPU = TrainConfig(
    tokens=1_500_000_000,
    stages=(
        Stage("left_to_right", MIXTURE, 100_000_000, left_to_right=1.0),
        Stage("copy", COPY_ONLY, 15_000_000),
        Stage("both", MIXTURE, left_to_right=0.5),
        Stage("mixture", MIXTURE),
    ),
    device="cuda",
    workers=1,
    vocab_size=4096,
    hidden=512,
    layers=5,
    heads=8,
    feed_forward=1536,
    max_length=512,
    batch_tokens=131_072,
    probe_tokens=100_000_000,
)
CONFIGS = {"cpu": CPU, "cpu-more": CPU_MORE, "cpu-end": CPU_END, "gpu": GPU}
