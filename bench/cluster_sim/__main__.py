"""python -m bench.cluster_sim: see bench/README.md."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.cluster_sim import plot
from bench.cluster_sim.experiments import EXPERIMENTS, Case, header, row
from bench.cluster_sim.machines import MACHINES
from bench.cluster_sim.simulation import Outcome, Scenario, simulate
from bench.cluster_sim.traffic import Traffic


def main(arguments: Sequence[str] | None = None) -> None:
    parser = _parser()
    args = parser.parse_args(arguments)
    unknown = next((name for name in args.experiments if name not in EXPERIMENTS), None)
    if unknown is not None:
        parser.error(f"{unknown!r} is not an experiment; the experiments are {', '.join(EXPERIMENTS)}")
    if args.replicas < 1 or args.seconds <= 0:
        parser.error(f"--replicas must be at least 1 and --seconds above 0, got {args.replicas} and {args.seconds:g}")
    base = Scenario(
        replicas=args.replicas,
        machine=MACHINES[args.machine],
        traffic=Traffic(chats=args.chats, editors=args.editors),
        bound=args.bound,
        warmup_s=args.warmup,
        measured_s=args.seconds,
        seed=args.seed,
    )
    for name in args.experiments or EXPERIMENTS:
        print(f"\n## {name}\n\n{header()}", flush=True)
        results = [_run(case) for case in EXPERIMENTS[name](base)]
        if args.plot and name == "policies":
            plot.save(results, args.plot)


def _run(case: Case) -> tuple[Case, Outcome]:
    outcome = simulate(case.scenario)
    print(row(case, outcome), flush=True)
    return case, outcome


def _parser() -> argparse.ArgumentParser:
    people = Traffic()
    parser = argparse.ArgumentParser(
        prog="python -m bench.cluster_sim",
        description="Simulate a fleet of replicas behind one front.",
        allow_abbrev=False,
    )
    parser.add_argument("experiments", nargs="*", metavar="EXPERIMENT", help=f"{', '.join(EXPERIMENTS)} (all)")
    parser.add_argument("--machine", choices=MACHINES, default="h200-8b", help="what a replica runs on (h200-8b)")
    parser.add_argument("--replicas", type=int, default=100, help="(100)")
    parser.add_argument(
        "--chats", type=int, default=people.chats, help=f"people who chat, for each replica ({people.chats})"
    )
    parser.add_argument("--editors", type=int, default=people.editors, help=f"people who type ({people.editors})")
    parser.add_argument("--bound", type=float, default=Scenario.bound, help=f"of affinity ({Scenario.bound:g})")
    parser.add_argument("--warmup", type=float, default=60.0, help="simulated seconds before measuring (60)")
    parser.add_argument("--seconds", type=float, default=60.0, help="simulated seconds that are measured (60)")
    parser.add_argument("--seed", type=int, default=0, help="(0)")
    parser.add_argument("--plot", type=Path, help="save the policies' figures as this PNG")
    return parser


if __name__ == "__main__":
    main()
