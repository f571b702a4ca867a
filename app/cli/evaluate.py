"""`elbarto eval`: a benchmark of code generation, through the API of a running server."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from app.cli import arguments, flags, interrupts
from app.cli.options import positive
from app.errors import ConfigError
from app.evaluation.checking import Limits
from app.evaluation.formats import BENCHMARKS
from app.evaluation.problems import INSTRUCTION, SAMPLE
from app.evaluation.report import table
from app.evaluation.run import Plan, check_references, evaluate
from app.evaluation.store import RUN, SAMPLES, Store
from app.remote import ApiServer
from app.settings import REQUEST_OPTIONS, SETTINGS

# Request fields that can be given: lengths of replies are --max-tokens.
FIELDS = (*(name for name in REQUEST_OPTIONS if name != "gen_length"), "speculation")
HELP = "Measure how many problems of a benchmark the model solves, through the API of a running server."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options, and those settings that are fields of its requests or how to reach the server."""
    add = parser.add_argument
    add("suite", metavar="BENCHMARK", choices=BENCHMARKS, help=", ".join(BENCHMARKS))
    add(
        "--data",
        type=Path,
        metavar="FILE",
        required=True,
        help="the problems, in the published format; sample: ten for humaneval",
    )
    add("--url", metavar="URL", help="the server (http://127.0.0.1 and the port of the settings)")
    add("--api-key", metavar="KEY", help="the server's API key (or ELBARTO_API_KEY)")
    flags.add_key_file(parser)
    flags.add_config(parser)
    add("--out", type=Path, metavar="FOLDER", help="for answers, verdicts and report (evaluation-BENCHMARK)")
    add("--resume", action="store_true", help="continue the run in --out: only what is missing is asked and checked")
    add("--limit", type=positive, metavar="N", help="only the first N problems")
    add("--n", type=positive, default=1, metavar="N", help="answers to each problem, for pass@k (1)")
    add("--concurrency", type=positive, default=8, metavar="N", help="requests at a time (8)")
    add("--patience", type=_seconds, default=60.0, metavar="S", help="give up after S seconds without any answer (60)")
    add("--mode", choices=("chat", "completion"), default="chat", help="completion: for base models (chat)")
    add("--split", choices=("instruct", "complete"), default="instruct", help="bigcodebench: which prompts (instruct)")
    add("--instruction", default=INSTRUCTION, metavar="TEXT", help="what a chat says before the problem (evalplus')")
    add("--model", metavar="NAME", help="the model in the requests (the first one of the server)")
    add("--max-tokens", type=positive, metavar="N", help="length of an answer (the benchmark's)")
    add("--seed", type=int, default=0, metavar="N", help="seed of the first answer to each problem (0)")
    add("--python", default=sys.executable, metavar="PATH", help="the Python that runs the programs (this one)")
    add("--check-workers", type=positive, metavar="N", help="programs that run at a time (number of CPUs)")
    add("--timeout", type=_seconds, metavar="S", help="seconds for a program and its tests (the benchmark's)")
    add("--unisolated", action="store_true", help="run programs even if the system cannot isolate them")
    add("--reference", action="store_true", help="check the published solutions instead of a model's; needs no server")
    add("--json", action="store_true", help="print the report as JSON")
    group = parser.add_argument_group("request options", "Sent with every request; the server's defaults otherwise.")
    for name in FIELDS:
        info = SETTINGS[name]
        help_text = REQUEST_OPTIONS[name].help if name in REQUEST_OPTIONS else info.help
        help_text = f"{help_text} (0)" if name == "temperature" else help_text
        metavar = name.rpartition("_")[2].upper()
        group.add_argument(info.flag, dest=name, metavar=metavar, help=help_text.replace("%", "%%"))


def run(args: argparse.Namespace) -> int:
    interrupts.raise_exceptions()
    settings = arguments.load(args).settings
    given = arguments.given_settings(args)
    fields = {"temperature": 0, **{name: settings.get(name) for name in FIELDS if name in given}}
    plan = _plan(args, {**fields, "max_tokens": args.max_tokens or BENCHMARKS[args.suite].max_tokens})
    if args.reference:
        return _check_references(plan)
    if args.n > 1 and fields["temperature"] == 0 and fields.get("remasking") != "random":
        raise ConfigError("--n above 1 needs a --temperature above 0: all answers to a problem would be the same")
    store = Store(args.out or Path(f"evaluation-{args.suite}"))
    server = ApiServer(args.url or f"http://127.0.0.1:{settings.port}", settings.api_key)
    try:
        report = evaluate(plan, server, store, args.resume)
    except KeyboardInterrupt:
        num_kept = len(store.read(SAMPLES)) if (store.path / RUN).exists() else 0
        print(f"elbarto: stopped; answers in {store.path}: {num_kept}. --resume continues", file=sys.stderr)
        raise
    except OSError as error:  # such as a full disk
        raise ConfigError(f"{store.path}: {error.strerror or error}") from None
    print(json.dumps(report, indent=2) if args.json else table(report, _title(report)))
    print(f"elbarto: answers, verdicts and report.json are in {store.path}", file=sys.stderr)
    return 0


def _plan(args: argparse.Namespace, fields: dict[str, Any]) -> Plan:
    benchmark = BENCHMARKS[args.suite]
    num_workers = args.check_workers or os.cpu_count() or 1
    return Plan(
        benchmark=benchmark,
        data=SAMPLE if str(args.data) == "sample" and not args.data.exists() else args.data,
        mode=args.mode,
        instruction=args.instruction,
        is_complete=args.split == "complete",
        limit=args.limit,
        num_samples=args.n,
        model=args.model,
        fields=fields,
        seed=args.seed,
        concurrency=args.concurrency,
        patience_s=args.patience,
        limits=Limits.of(benchmark, num_workers, args.python, args.timeout),
        is_isolation_waived=args.unisolated,
    )


def _check_references(plan: Plan) -> int:
    num_programs, num_passed, failures = check_references(plan)
    for failure in failures:
        print(f"{failure['task_id']}: {failure['verdict']} {failure.get('message', '')}".rstrip())
    print(f"{num_passed}/{num_programs} published solutions pass")
    return int(bool(failures) or not num_programs)


def _title(report: dict[str, Any]) -> str:
    identity = report["run"]
    options = ", ".join(f"{name} {value}" for name, value in identity["fields"].items())
    return f"{identity['benchmark']}, {identity['model']}, {identity['mode']}: {options}"


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"must be a number of seconds above 0, got {text!r}")
    return value
