"""Trains the embedded model's byte-level BPE, and wraps it as a Hugging Face tokenizer."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import AutoTokenizer, PreTrainedTokenizerFast

BOS, PAD, EOS = "<[begin_of_sentence]>", "<[PAD]>", "<[end_of_sentence]>"
FIM_SUFFIX, FIM_PREFIX, FIM_MIDDLE, FIM_END = "<[fim-suffix]>", "<[fim-prefix]>", "<[fim-middle]>", "<[fim-end]>"
MASK, DELETE = "<[MASK_TOKEN]>", "<[delete]>"
# The first seven are Stable-DiffCoder's, with the same ids, so that one code path serves both models.
SPECIAL_TOKENS = (BOS, PAD, EOS, FIM_SUFFIX, FIM_PREFIX, MASK, FIM_MIDDLE, FIM_END, DELETE)
BOS_ID, PAD_ID, EOS_ID, FIM_SUFFIX_ID, FIM_PREFIX_ID, MASK_ID, FIM_MIDDLE_ID, FIM_END_ID, DELETE_ID = range(9)

# Newlines with the following indentation; a word with the space before it, split at underscores; single digits;
# runs of punctuation; other whitespace.
PRE_TOKEN = r"\n+ *| ?_*[A-Za-z]+| ?[0-9]| ?[^\sA-Za-z0-9]+|\s"

CHAT_TEMPLATE = (
    "{% for m in messages %}{{ '<[begin_of_sentence]>' + m['role'] + '\n' + (m['content'] or '') "
    "+ '<[end_of_sentence]>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<[begin_of_sentence]>assistant\n' }}{% endif %}"
)


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Train a BPE tokenizer; deterministic for the same texts."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRE_TOKEN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(texts, trainer)
    return wrap(tokenizer)


def wrap(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        mask_token=MASK,
        clean_up_tokenization_spaces=False,
        model_max_length=2048,
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast


def load_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    return tokenizer


def chat_prompt(request: str, system: str | None = None) -> str:
    """One request as rendered by the chat template, with the generation prompt."""
    return conversation_prompt((request,), system)


def conversation_prompt(messages: Sequence[str], system: str | None = None) -> str:
    """Messages of the user and the assistant in turn, the user's first and last, as the chat template renders them."""
    opening = f"{BOS}system\n{system}{EOS}" if system else ""
    roles = itertools.cycle(("user", "assistant"))
    turns = "".join(f"{BOS}{role}\n{text}{EOS}" for role, text in zip(roles, messages, strict=False))
    return f"{opening}{turns}{BOS}assistant\n"
