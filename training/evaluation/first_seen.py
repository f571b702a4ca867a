"""Which first prompts training draws word for word: there are not many ways to say "gcd"."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Set

from transformers import PreTrainedTokenizerFast

from training.data.samples import MIXTURE, Sample, SampleSource
from training.evaluation.context import Context, progress
from training.evaluation.first_task import Prompt
from training.tokenizer import SPECIAL_TOKENS

NUM_DRAWN = 60_000
NO_REQUESTS = {"copy", "signature", "code", "canvas", "suffix_first", "corpus_chat", "corpus_file"}  # kinds of samples
SPECIAL = re.compile("|".join(map(re.escape, SPECIAL_TOKENS)))
ROLES = ("user\n", "assistant\n")


def is_drawn(prompt: Prompt, drawn: Set[str]) -> bool:
    text = "\n".join(f"{ROLES[i % 2]}{message}" for i, message in enumerate(prompt.messages))
    return plain_words(text.removeprefix(ROLES[0])) in drawn


def drawn_requests(context: Context) -> frozenset[str]:
    """The requests of `NUM_DRAWN` samples of those kinds that have requests, in the mixture's shares."""
    source, kinds = SampleSource(context.tokenizer), [kind for kind in MIXTURE if kind not in NO_REQUESTS]
    shares = [MIXTURE[kind] for kind in kinds]
    count = context.count(NUM_DRAWN)
    return requests(context.tokenizer, lambda rng: source.draw(rng.choices(kinds, shares)[0], rng), count)


def requests(tokenizer: PreTrainedTokenizerFast, draw: Callable[[random.Random], Sample], count: int) -> frozenset[str]:
    rng, found = random.Random("first prompts"), set()
    for _ in progress(range(count), "training samples"):
        sample = draw(rng)
        prompt = [token for token, weight in zip(sample.ids, sample.weights, strict=True) if not weight]
        text = SPECIAL.sub("\n", str(tokenizer.decode(prompt))).removesuffix(ROLES[1])
        found.add(plain_words(text.partition(ROLES[0])[2]))  # after the system prompt
    return frozenset(found)


def plain_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
