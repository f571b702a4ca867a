"""Bits per byte of held-out text, compared with the trigram's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from training.data.corpus import load_corpus
from training.data.template import fenced
from training.evaluation.context import Context, progress
from training.evaluation.nelbo import Text, bits_per_byte, model_scorer, ratio_in_bits
from training.evaluation.questions import held_out_tasks
from training.evaluation.report import Column, Measurement, Section, Values
from training.tokenizer import EOS_ID, chat_prompt

BLOCK_LENGTHS = (4, 16, 32)
NUM_DRAWS = 16
NUM_ANSWERS, NUM_WINDOWS = 300, 100

NOTE = (
    "Lower is better. An upper bound (filling each block in random order), exact for blocks of 4, estimated for the "
    "others; ± is the standard error over the n texts. Answers are scored given their request, with their end token; "
    "pieces of files (up to 192 tokens) without context. The baseline is a token trigram."
)
COLUMNS = (
    Column("n", "n", "{:.0f}"),
    Column("tokens", "tokens", "{:.0f}"),
    *(Column(f"block_{length}", f"blocks of {length}", "{:.3f}") for length in BLOCK_LENGTHS),
    Column("trigram", "trigram", "{:.3f}"),
)


def sections(context: Context) -> list[Section]:
    def row(key: str, label: str, texts: Callable[[Context], list[Text]]) -> Measurement:
        return Measurement(f"bits/{key}", label, lambda: measure(context, texts(context)))

    rows = (
        row("answers", "answers of the generator", answers),
        row("files", "files of known packages", lambda context: windows(context, "files")),
        row("package", "a package that training never saw", lambda context: windows(context, "package")),
    )
    return [Section("Bits per byte on held-out text", NOTE, COLUMNS, rows)]


def measure(context: Context, texts: list[Text]) -> Values:
    num_supervised = sum(len(text.ids) - text.num_given for text in texts)
    values: dict[str, float | str] = {"n": len(texts), "tokens": num_supervised}
    score = model_scorer(context.model)
    for length in BLOCK_LENGTHS:
        bar: Iterable[Text] = progress(texts, f"blocks of {length}")
        bits = bits_per_byte(score, bar, length, NUM_DRAWS, context.rng(f"draws/{length}"))
        values |= {f"block_{length}": bits.value, f"block_{length}_error": bits.error}
        values[f"block_{length}_draw_error"] = bits.draw_error
    nats = [context.trigram.nats(text.ids, text.num_given) for text in texts]
    values["trigram"], values["trigram_error"] = ratio_in_bits(nats, [text.num_bytes for text in texts])
    return values


def answers(context: Context) -> list[Text]:
    """Answers held out in each of the three ways, a third each."""
    texts = []
    for split in ("name", "constant", "template"):
        for task in held_out_tasks(split, context.count(NUM_ANSWERS // 3)):
            request_ids, answer = context.encode(chat_prompt(task.request)), fenced(task.code)
            ids = (*request_ids, *context.encode(answer), EOS_ID)
            texts.append(Text(ids, len(request_ids), len(answer.encode())))
    return texts


def windows(context: Context, which: str) -> list[Text]:
    files = load_corpus("held_out" if which == "files" else "held_out_package")
    texts = context.corpus_windows(files, context.count(NUM_WINDOWS), context.rng(f"windows/{which}"))
    return [Text(tuple(context.encode(text)), 0, len(text.encode())) for text in texts]
