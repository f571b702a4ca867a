"""Shows an exported model's answers to your requests, or to held-out tasks, whose checks it runs.

python -m training.sample weights/elbarto-mini "Write a Python function that adds two numbers."
python -m training.sample weights/elbarto-mini --tasks 20 --split constant
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from transformers import Qwen3ForCausalLM

from training.data.tasks import SPLITS
from training.decode import generate
from training.evaluation.answers import percent
from training.evaluation.probe import probe_answers
from training.evaluation.questions import held_out_tasks
from training.tokenizer import chat_prompt, load_tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("requests", nargs="*", help="chat requests to answer")
    parser.add_argument("--tasks", type=int, default=0, help="answer and check this many held-out tasks")
    parser.add_argument("--split", choices=[split for split in SPLITS if split != "train"], default="name")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_intermixed_args()
    torch.set_num_threads(options.threads)
    tokenizer = load_tokenizer(options.model)
    model = Qwen3ForCausalLM.from_pretrained(options.model, dtype=torch.float32)
    for request in options.requests:
        ids = generate(model, tokenizer.encode(chat_prompt(request)), block_length=model.config.block_length)
        print(f"# {request}\n{tokenizer.decode(ids)}\n")
    if options.tasks:
        tasks = held_out_tasks(options.split, options.tasks)
        answers = probe_answers(model, tokenizer, tasks)
        for task, answer in zip(tasks, answers, strict=True):
            print(f"# {task.request} | {'pass' if answer.passes else 'FAIL'}\n{answer.reply.text}\n")
        print(f"passes {percent([answer.passes for answer in answers]):.0f} % of {len(answers)}")


if __name__ == "__main__":
    main()
