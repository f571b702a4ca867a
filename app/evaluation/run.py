"""A run: problems from a file, answers from a server, verdicts from the sandbox, and a report of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from app.errors import ConfigError
from app.evaluation.checking import Limits, Program, check, require_isolation
from app.evaluation.problems import INSTRUCTION, Benchmark, Mode, Problem, load_problems
from app.evaluation.report import make_report
from app.evaluation.sampling import Request, Sampler, ServerLost, Task
from app.evaluation.sandbox import PASSED
from app.evaluation.store import REPORT, RUN, SAMPLES, VERDICTS, Record, Store
from app.remote import ApiServer, RemoteError

RESPONSES = "responses.jsonl"  # for scorers that want their own fields beside the answer

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to ask, of how many problems (None: all), how often, and how the programs are run.

    `fields` are those of every request. `model` is None for the first one of the server.
    """

    benchmark: Benchmark
    data: Path
    mode: Mode = "chat"
    instruction: str = INSTRUCTION
    is_complete: bool = False
    limit: int | None = None
    num_samples: int = 1
    model: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    concurrency: int = 8
    patience_s: float = 60.0
    limits: Limits
    is_isolation_waived: bool = False

    def problems(self) -> list[Problem]:
        """Raises ConfigError."""
        return load_problems(self.benchmark, self.data, self.instruction, self.is_complete)[: self.limit]

    def identity(self) -> dict[str, Any]:
        """What answers depend on, except the model: the run with the same can be continued."""
        try:
            digest = hashlib.sha256(self.data.read_bytes()).hexdigest()
        except OSError as error:
            raise ConfigError(f"{self.data}: {error.strerror}") from None
        return {
            "benchmark": self.benchmark.name,
            "data_sha256": digest,
            "mode": self.mode,
            "instruction": self.instruction,
            "split": "complete" if self.is_complete else "instruct",
            "fields": dict(self.fields),
            "seed": self.seed,
        }


def evaluate(plan: Plan, server: ApiServer, store: Store, resume: bool) -> dict[str, Any]:
    """The report, which is in the folder as well. Raises ConfigError, RemoteError and ServerLost."""
    if not resume:
        store.require_new()
    problems = plan.problems()
    require_isolation(plan.limits.python, plan.is_isolation_waived)
    tasks = [Task(problem, number) for number in range(plan.num_samples) for problem in problems]
    samples = _samples(plan, server, store, tasks)
    verdicts = _verdicts(plan, store, tasks, samples)
    report = {"run": store.read_object(RUN), **make_report(samples, verdicts)}
    store.write(REPORT, report)
    if any(problem.extra for problem in problems):
        responses = [{**task.problem.extra, "response": samples[_key(task)]["text"]} for task in tasks]
        store.write_lines(RESPONSES, responses)
    return report


def check_references(plan: Plan) -> tuple[int, int, list[Record]]:
    """How many published solutions there are, how many pass, and the verdicts on the others; raises ConfigError."""
    require_isolation(plan.limits.python, plan.is_isolation_waived)
    programs = [
        Program((problem.task_id, 0), problem, problem.reference)
        for problem in plan.problems()
        if problem.reference is not None and problem.harness is not None
    ]
    verdicts = list(_shown(check(programs, plan.limits), len(programs), "checking"))
    failures = [verdict for verdict in verdicts if verdict["verdict"] != PASSED]
    return len(programs), len(programs) - len(failures), failures


def _samples(plan: Plan, server: ApiServer, store: Store, tasks: Sequence[Task]) -> dict[tuple[str, int], Record]:
    """Those of earlier runs and, for the tasks that have none, those that the server answers now."""
    before = store.read(SAMPLES)
    samples = {key: sample for key in map(_key, tasks) if (sample := before.get(key)) and "error" not in sample}
    missing = [task for task in tasks if _key(task) not in samples]
    identity = plan.identity()
    if missing:  # else the server is not needed
        identity["model"] = plan.model or server.find_model()
    store.open(identity)
    if not missing:
        return samples
    request = Request(mode=plan.mode, model=identity["model"], fields=plan.fields, seed=plan.seed)
    problems = {task.problem.task_id: task.problem for task in missing}
    sampler = Sampler(server, request, plan.concurrency, plan.patience_s)
    try:
        for answer in _shown(sampler.samples(missing), len(missing), "asking"):
            program = problems[answer["task_id"]].program(plan.mode, answer["text"])
            sample = {"task_id": answer["task_id"], "sample": answer["sample"], "solution": program, **answer}
            store.append(SAMPLES, sample)
            samples[sample["task_id"], sample["sample"]] = sample
    except (RemoteError, ServerLost) as error:
        raise type(error)(f"{error} ({len(samples)} of {len(tasks)} answers are kept; --resume continues)") from None
    return samples


def _verdicts(
    plan: Plan, store: Store, tasks: Sequence[Task], samples: Mapping[tuple[str, int], Record]
) -> dict[tuple[str, int], Record]:
    """Of answers that can be checked. A request that failed counts as a wrong answer."""
    before = store.read(VERDICTS)
    verdicts = {key: before[key] for key in map(_key, tasks) if key in before and "error" not in samples[key]}
    verdicts |= {
        key: {"verdict": "not answered", "message": samples[key]["error"]}
        for key in map(_key, tasks)
        if "error" in samples[key]
    }
    programs = [
        Program(key, task.problem, samples[key]["solution"])
        for task in tasks
        if (key := _key(task)) not in verdicts and task.problem.harness is not None
    ]
    for verdict in _shown(check(programs, plan.limits), len(programs), "checking"):
        store.append(VERDICTS, verdict)
        verdicts[verdict["task_id"], verdict["sample"]] = verdict
    return verdicts


def _key(task: Task) -> tuple[str, int]:
    return task.problem.task_id, task.number


def _shown(items: Iterator[T], total: int, what: str) -> Iterator[T]:
    """With a progress bar, in a terminal."""
    if total:
        yield from tqdm(items, desc=what, total=total, unit="", leave=False, disable=None)
