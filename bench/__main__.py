"""`python -m bench [PART...]`: the benchmark's command line.

Everything is set by flags: the environment and .env, which the server reads, must not change the figures.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.errors import ElBartoError
from bench.registry import PARTS, check_repeats, choose

# Flags that override the defaults in bench.context.Options if set.
OPTIONAL = ("repeats", "threads", "model", "device", "dtype", "seed", "limit", "out")


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0, 1 if two exact ways to decode gave different tokens, or 2 for invalid arguments."""
    args = _parser().parse_args(argv)
    try:
        if args.list:
            print("\n".join(f"{name:12} {text}" for name, text in PARTS.items()), flush=True)
            return 0
        return 0 if _run(args) else 1
    except ElBartoError as error:
        print(f"bench: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # as with `--list | head`; the flush at exit must not fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(args: argparse.Namespace) -> bool:
    choose(args.parts)  # before the seconds of importing torch
    if args.repeats is not None:
        check_repeats(args.repeats)
    os.environ["OMP_DYNAMIC"] = "false"  # before torch is imported: see app.serving.backend
    from bench.context import Options
    from bench.main import run

    flags = {name: value for name in OPTIONAL if (value := getattr(args, name)) is not None}
    parts, shapes, problems = (tuple(several) for several in (args.parts, args.shapes, args.problems))
    return run(Options(parts=parts, quick=args.quick, shapes=shapes, problems=problems, **flags))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Compare this engine with other ways to decode, on this machine.",
        allow_abbrev=False,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="what to measure (default: every part of --list)")
    parser.add_argument("--list", action="store_true", help="list the parts and what each compares")
    parser.add_argument(
        "--quick", action="store_true", help="a smoke test that takes seconds; its figures mean nothing"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="directory for JSON, Markdown and plots (bench/results)"
    )
    parser.add_argument("--repeats", type=_positive, metavar="N", help="rounds, at least 5 (5)")
    parser.add_argument(
        "--threads", type=_positive, metavar="N", help="number of PyTorch threads (cores - 1, as on the server)"
    )
    parser.add_argument("--model", metavar="PATH", help="a checkpoint instead of the embedded model")
    parser.add_argument("--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:N or mps (auto)")
    parser.add_argument(
        "--dtype", choices=("auto", "float32", "bfloat16", "float16"), help="dtype of the weights (auto)"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="seed of prompts and random weights (0)")
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        dest="shapes",
        metavar="SHAPE",
        help="random weights of one more shape, 1B or 8B, if memory allows (CUDA with 24 GB: always 8B)",
    )
    parser.add_argument(
        "--problems",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="infill: a file of more holes, HumanEval-Infilling or SantaCoder-FIM JSONL (.gz too)",
    )
    parser.add_argument("--limit", type=_positive, metavar="N", help="infill: maximum number of holes per group (30)")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a positive integer, got {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
