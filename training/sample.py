"""Shows what an exported model answers, and measures it on held-out tasks.

python -m training.sample weights/elbarto-mini "Write a Python function that adds two numbers."
python -m training.sample weights/elbarto-mini --tasks 50
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from transformers import Qwen3ForCausalLM

from training.decode import generate
from training.evaluate import answer, held_out_tasks, plain_tasks, rates
from training.tokenizer import chat_prompt, load_tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description="Sample an exported model.")
    parser.add_argument("model", type=Path)
    parser.add_argument("requests", nargs="*", help="chat requests to answer")
    parser.add_argument("--tasks", type=int, default=0, help="measure on this many held-out tasks")
    parser.add_argument("--plain", action="store_true", help="tasks that name no function, instead of held-out names")
    parser.add_argument("--show", action="store_true", help="print every task with its answer")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    tokenizer = load_tokenizer(options.model)
    model = Qwen3ForCausalLM.from_pretrained(options.model, dtype=torch.float32)
    for request in options.requests:
        ids = generate(model, tokenizer.encode(chat_prompt(request)))
        print(f"# {request}\n{tokenizer.decode(ids)}\n")
    if options.tasks:
        draw = plain_tasks if options.plain else held_out_tasks
        answers = [answer(model, tokenizer, task) for task in draw(options.tasks)]
        for one in answers if options.show else ():
            print(f"# {one.task.request} | {'pass' if one.passes else 'FAIL'}\n{one.text}\n")
        print(", ".join(f"{name} {value:.0f} %" for name, value in rates(answers).items()))


if __name__ == "__main__":
    main()
