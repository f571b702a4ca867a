"""Held-out chat requests sent over HTTP: pass rate of the executed answers, copying, end token, tokens per forward."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from training.data.tasks import Task
from training.evaluation import copying
from training.evaluation.checks import Checker, parses, unfenced
from training.evaluation.context import Context, progress
from training.evaluation.endpoint import Reply
from training.evaluation.questions import composed_are_held_out, held_out_tasks, is_composed, is_hand_written
from training.evaluation.report import Column, Measurement, Section, Values
from training.tokenizer import EOS_ID, chat_prompt

FULL_COUNT = 300
THRESHOLD = 0.9
BASELINE_TOKENS = 96


@dataclass(frozen=True)
class Answer:
    """An answer and its checks. None: the request does not state it, or a correct answer does not need it."""

    reply: Reply
    parses: bool
    passes: bool
    name: bool | None
    arguments: bool | None
    constant: bool | None


@dataclass(frozen=True)
class Group:
    """The tasks of one row."""

    key: str
    label: str
    split: str
    wanted: Callable[[Task], bool] = lambda task: True
    count: int = FULL_COUNT


def groups() -> list[Group]:
    common = [Group("name", "unseen function names", "name"), Group("constant", "unseen constants", "constant")]
    if not composed_are_held_out():
        return [*common, Group("template", "unseen kinds of function", "template")]
    half = FULL_COUNT // 2
    return [
        *common,
        Group("template", "unseen kinds of function, written by hand", "template", is_hand_written, half),
        Group("composed", "unseen kinds of function, composed", "template", is_composed, half),
    ]


def sections(context: Context) -> list[Section]:
    """The answers with the checkpoint's defaults, what they copied, and their speed, also with a threshold."""

    @cache
    def tasks(group: Group) -> list[Task]:
        return held_out_tasks(group.split, context.count(group.count), wanted=group.wanted)

    @cache
    def answers(group: Group, threshold: float | None = None) -> list[Answer]:
        return collect_answers(context, tasks(group), threshold)

    def pass_row(group: Group) -> Values:
        baseline = baseline_passes(context, tasks(group))
        return {**pass_rates(answers(group)), "trigram": baseline}

    def speed_row(group: Group) -> Values:
        return speed(answers(group), answers(group, THRESHOLD))

    def rows(section: str, measure: Callable[[Group], Values]) -> tuple[Measurement, ...]:
        return tuple(Measurement(f"{section}/{group.key}", group.label, partial(measure, group)) for group in groups())

    return [
        Section("Answers to chat requests", PASS_NOTE, PASS_COLUMNS, rows("answers", pass_row)),
        Section(
            "Copying, in the same answers", COPY_NOTE, COPY_COLUMNS, rows("copying", lambda g: copy_rates(answers(g)))
        ),
        Section("Tokens per forward, for the same requests", SPEED_NOTE, SPEED_COLUMNS, rows("speed", speed_row)),
    ]


PASS_NOTE = (
    "In per cent, greedy, through the chat endpoint. An answer passes if all checks of its task hold; it is executed "
    "in a separate process. ± is the standard error. The baseline is a token trigram."
)
PASS_COLUMNS = (
    Column("n", "n", "{:.0f}"),
    Column("passes", "passes", "{:.0f}"),
    Column("trigram", "trigram passes", "{:.0f}"),
    Column("parses", "parses", "{:.0f}"),
    Column("ended", "ends by itself", "{:.0f}"),
)
COPY_NOTE = (
    "In per cent of the n answers whose request (for the constant: whose correct body) contains the item. Arguments "
    "count if all of them are correct and in order."
)
COPY_COLUMNS = (
    Column("name_n", "n", "{:.0f}"),
    Column("name", "function name", "{:.0f}"),
    Column("arguments_n", "n", "{:.0f}"),
    Column("arguments", "arguments", "{:.0f}"),
    Column("constant_n", "n", "{:.0f}"),
    Column("constant", "constant", "{:.0f}"),
)
SPEED_NOTE = (
    f"Tokens per forward (TPF) are delivered tokens over denoising forwards. On the right every proposal with a "
    f"confidence of at least {THRESHOLD} is accepted at once."
)
SPEED_COLUMNS = (
    Column("n", "n", "{:.0f}"),
    Column("tpf", "TPF by default", "{:.2f}"),
    Column("passes", "passes", "{:.0f}"),
    Column("tpf_threshold", f"TPF at {THRESHOLD}", "{:.2f}"),
    Column("passes_threshold", f"passes at {THRESHOLD}", "{:.0f}"),
)


def collect_answers(context: Context, tasks: Sequence[Task], threshold: float | None = None) -> list[Answer]:
    options = {} if threshold is None else {"threshold": threshold}
    return [
        judge(context.endpoint.ask(task.request, **options), task, context.checker)
        for task in progress(tasks, "answers")
    ]


def judge(reply: Reply, task: Task, checker: Checker) -> Answer:
    code = unfenced(reply.text)
    return Answer(
        reply,
        parses(code),
        checker.passes(code, task),
        copying.name_copied(code, task),
        copying.arguments_copied(code, task),
        copying.constant_copied(code, task),
    )


def baseline_passes(context: Context, tasks: Sequence[Task]) -> float:
    """The pass rate of the trigram's greedy continuations of the requests."""
    passed = []
    for task in progress(tasks, "trigram"):
        ids = context.trigram.generate(context.encode(chat_prompt(task.request)), BASELINE_TOKENS, (EOS_ID,))
        passed.append(context.checker.passes(unfenced(str(context.tokenizer.decode(ids))), task))
    return percent(passed)


def pass_rates(answers: Sequence[Answer]) -> Values:
    return {
        "n": len(answers),
        "passes": percent([answer.passes for answer in answers]),
        "passes_error": percent_error([answer.passes for answer in answers]),
        "parses": percent([answer.parses for answer in answers]),
        "ended": percent([answer.reply.ended for answer in answers]),
    }


def copy_rates(answers: Sequence[Answer]) -> Values:
    """Omits the rate of anything that no request contains."""
    rates: dict[str, float | str] = {}
    for what in ("name", "arguments", "constant"):
        copied = [value for answer in answers if (value := getattr(answer, what)) is not None]
        rates[f"{what}_n"] = len(copied)
        if copied:
            rates[what] = percent(copied)
    return rates


def speed(plain: Sequence[Answer], thresholded: Sequence[Answer]) -> Values:
    return {
        "n": len(plain),
        "tpf": tokens_per_forward(plain),
        "passes": percent([answer.passes for answer in plain]),
        "tpf_threshold": tokens_per_forward(thresholded),
        "passes_threshold": percent([answer.passes for answer in thresholded]),
    }


def tokens_per_forward(answers: Sequence[Answer]) -> float:
    """All tokens over all forwards."""
    return sum(answer.reply.tokens for answer in answers) / max(1, sum(answer.reply.forwards for answer in answers))


def percent(values: Sequence[bool]) -> float:
    return 100 * sum(values) / len(values)


def percent_error(values: Sequence[bool]) -> float:
    """The standard error of `percent`."""
    share = sum(values) / len(values)
    return 100 * math.sqrt(share * (1 - share) / len(values))
