"""Answers to first prompts (first_prompts.py): does it do what people try first, and say so when it cannot?

python -m training.evaluation.first weights/elbarto-mini     # the failures of the half that may be looked at
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from training.evaluation.answers import percent, percent_error
from training.evaluation.context import Context, progress
from training.evaluation.first_judge import Verdict, judge
from training.evaluation.first_prompts import all_prompts
from training.evaluation.first_seen import NUM_DRAWN, drawn_requests, is_drawn
from training.evaluation.first_task import CODE, EXPLAIN, HALVES, TALK, UNKNOWN, Prompt
from training.evaluation.report import Column, Measurement, Section, Values

STYLES = ("bare", "command", "question", "pasted code", "second turn")
LABELS = {"dev": "development half", "held_out": "held-out half"}


@dataclass(frozen=True)
class Row:
    key: str
    label: str
    wanted: Callable[[Prompt], bool]


def is_known(prompt: Prompt) -> bool:
    return prompt.kind in (CODE, EXPLAIN) and not prompt.is_new_task


def sections(context: Context) -> list[Section]:
    @cache
    def verdict(prompt: Prompt) -> Verdict:
        return judge(context.endpoint.converse(prompt.conversation()).text, prompt, context.checker)

    @cache
    def drawn() -> frozenset[str]:
        return drawn_requests(context)

    def is_seen(prompt: Prompt) -> bool:
        return is_drawn(prompt, drawn())

    def measure(row: Row) -> Values:
        prompts = sorted(filter(row.wanted, all_prompts()), key=lambda prompt: prompt.id[::-1])  # --quick takes some
        return rates([verdict(prompt) for prompt in progress(prompts[: context.count(len(prompts))], row.label)])

    def section(title: str, note: str, columns: tuple[Column, ...], rows: Sequence[Row]) -> Section:
        measurements = (Measurement(f"first/{row.key}", row.label, partial(measure, row)) for row in rows)
        return Section(title, note, columns, tuple(measurements))

    return [
        section("First prompts: what it should know", KNOWN_NOTE, KNOWN_COLUMNS, known_rows(is_seen)),
        section("The same prompts, by how they are put", STYLE_NOTE, KNOWN_COLUMNS, style_rows()),
        section("First prompts: what it cannot know, and small talk", UNKNOWN_NOTE, UNKNOWN_COLUMNS, prose_rows()),
    ]


def known_rows(is_seen: Callable[[Prompt], bool]) -> list[Row]:
    halves = [Row(half, LABELS[half], partial(_in_half, half, is_known)) for half in HALVES]
    return [
        *halves,
        Row("unseen", "wordings that training never drew", lambda prompt: is_known(prompt) and not is_seen(prompt)),
        Row("new_tasks", "tasks that no new data was written for", lambda prompt: prompt.is_new_task),
    ]


def style_rows() -> list[Row]:
    def of_style(style: str) -> Row:
        return Row(style.replace(" ", "_"), style, lambda prompt: is_known(prompt) and prompt.style == style)

    lower = Row("lower_case", "all lower case", lambda prompt: is_known(prompt) and prompt.is_lower_case)
    return [*(of_style(style) for style in STYLES), lower]


def prose_rows() -> list[Row]:
    return [
        Row(f"{kind}_{half}", f"{label}, {LABELS[half]}", partial(_in_half, half, partial(_of_kind, kind)))
        for kind, label in ((UNKNOWN, "cannot know"), (TALK, "small talk"))
        for half in HALVES
    ]


def _in_half(half: str, wanted: Callable[[Prompt], bool], prompt: Prompt) -> bool:
    return prompt.half == half and wanted(prompt)


def _of_kind(kind: str, prompt: Prompt) -> bool:
    return prompt.kind == kind


def rates(verdicts: Sequence[Verdict]) -> Values:
    """In per cent of all answers; invented names of those with code."""
    with_code = [verdict for verdict in verdicts if verdict.has_code]
    values: dict[str, float | str] = {
        "n": len(verdicts),
        "passes": percent([verdict.passes for verdict in verdicts]),
        "passes_error": percent_error([verdict.passes for verdict in verdicts]),
        "parses": percent([verdict.parses for verdict in verdicts]),
        "refused": percent([verdict.refuses for verdict in verdicts]),
        "code": percent([verdict.has_code for verdict in verdicts]),
        "garbled": percent([bool(verdict.invented) for verdict in verdicts]),
    }
    if with_code:
        values["invented"] = percent([bool(verdict.invented) for verdict in with_code])
    return values


KNOWN_NOTE = (
    "In per cent, greedy, through the chat endpoint: functions, classes, tiny programs, changes to code (executed in a "
    "separate process) and explanations (by their words). Training never drew: both halves without the prompts that "
    f"are among the requests of {NUM_DRAWN:,} training samples, but for case and punctuation. Invented names: of the "
    "answers with code, those with a name that is neither in the request, nor Python's, nor made of known words "
    "(`identifiers.py`). Refused: says that it cannot, although it should."
)
STYLE_NOTE = "Both halves. Bare: a name or a phrase without a verb, such as two words."
UNKNOWN_NOTE = (
    "In per cent. An answer to what it cannot know is right if it has no code, says so in a sentence or two, and names "
    "what it can do. Small talk is judged by words that belong there. A word that nobody knows makes either wrong."
)
KNOWN_COLUMNS = (
    Column("n", "n", "{:.0f}"),
    Column("passes", "passes", "{:.0f}"),
    Column("parses", "parses", "{:.0f}"),
    Column("refused", "refused", "{:.0f}"),
    Column("code", "with code", "{:.0f}"),
    Column("invented", "invented names", "{:.0f}"),
)
UNKNOWN_COLUMNS = (
    Column("n", "n", "{:.0f}"),
    Column("passes", "right", "{:.0f}"),
    Column("code", "with code", "{:.0f}"),
    Column("garbled", "unknown words", "{:.0f}"),
)


def main() -> None:
    """Print the failures of the development half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of an exported model")
    parser.add_argument("--url", help="use this server instead of starting one")
    options = parser.parse_args()
    with Context(options.model, options.url) as context:
        for prompt in all_prompts():
            if prompt.half != "dev" or prompt.is_new_task:
                continue
            text = context.endpoint.converse(prompt.conversation()).text
            verdict = judge(text, prompt, context.checker)
            if verdict.failure or verdict.invented:
                print(f"--- {prompt.id} {prompt.kind}\n{prompt.request}")
                print(f">>> {verdict.failure} {verdict.invented}\n{text}\n")


if __name__ == "__main__":
    main()
