"""A cheap evaluation during training: losses, and some held-out tasks answered in this process."""

from __future__ import annotations

import random
from dataclasses import replace

import torch
from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

from training.data.samples import KINDS, SampleSource
from training.data.tasks import Task
from training.decode import generate
from training.evaluation.answers import Answer, judge, percent
from training.evaluation.checks import Checker
from training.evaluation.endpoint import Reply
from training.evaluation.questions import held_out_tasks
from training.model import batch_loss
from training.noise import collate
from training.tokenizer import EOS, EOS_ID, chat_prompt

MAX_NEW_TOKENS = 128
SAMPLES_PER_KIND = 12
LOSS_SEED = 4_000_037


@torch.no_grad()
def kind_losses(model: Qwen3ForCausalLM, source: SampleSource) -> dict[str, float]:
    """Nats per masked token for each kind of sample, drawn as in training, always with the same samples and masks. All
    except canvases are in blocks of the model's length."""
    losses = {}
    for kind in KINDS:
        rng = random.Random(f"{LOSS_SEED}/{kind}")
        drawn = [source.draw(kind, rng) for _ in range(SAMPLES_PER_KIND)]
        samples = [
            sample if sample.window is not None else replace(sample, block_length=model.config.block_length)
            for sample in drawn
        ]
        losses[f"{kind}_loss"] = batch_loss(model, collate(samples, rng).to(model.device)).item()
    return losses


def probe(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, num_tasks: int) -> dict[str, float]:
    """Rates (per cent) of ending, parsing, copying name and arguments, and passing, for held-out function names."""
    answers = probe_answers(model, tokenizer, held_out_tasks("name", num_tasks))
    return {
        "ended": percent([answer.reply.ended for answer in answers]),
        "parses": percent([answer.parses for answer in answers]),
        "name_copied": percent([bool(answer.name) for answer in answers]),
        "arguments_copied": percent([bool(answer.arguments) for answer in answers]),
        "passes": percent([answer.passes for answer in answers]),
    }


def probe_answers(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, tasks: list[Task]) -> list[Answer]:
    with Checker() as checker:
        return [judge(_reply(model, tokenizer, task.request), task, checker) for task in tasks]


def _reply(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, request: str) -> Reply:
    ids = generate(model, tokenizer.encode(chat_prompt(request)), MAX_NEW_TOKENS, model.config.block_length)
    text = str(tokenizer.decode(ids)).split(EOS)[0]
    return Reply(text, ids[-1] == EOS_ID, len(ids), len(ids), tuple(ids))
