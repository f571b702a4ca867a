"""`python -m app serve | generate | config | bench`."""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__
from app.errors import ElBartoError, StartError
from app.settings import ROOT, SETTINGS, Loaded, Settings, example_yaml, load_settings, show, to_environ

if TYPE_CHECKING:
    from app.serving.reply import Reply

# With defaults in bench.context.
BENCH_FLAGS = ("repeats", "threads", "model", "device", "dtype", "seed", "limit", "out")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return 0
    try:
        return int(args.run(args))
    except ElBartoError as error:
        print(f"elbarto: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # as in `generate ... | head`; nothing may be written at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _serve(args: argparse.Namespace) -> int:
    """Become gunicorn. It and its worker find the settings in their environment."""
    settings = _load(args).settings
    if settings.model_path and Path(settings.model).is_dir():
        settings = dataclasses.replace(settings, model_path=str(Path(settings.model).resolve()))
    _check_port(settings)
    command = [sys.executable, "-m", "gunicorn", "--pythonpath", str(ROOT), "-c", str(ROOT / "gunicorn.conf.py")]
    os.execvpe(sys.executable, [*command, "wsgi:app"], {**os.environ, **to_environ(settings)})


def _generate(args: argparse.Namespace) -> int:
    """Print a reply, each block as it is committed."""
    settings = _load(args).settings
    from app import create_service  # torch comes in here; the other commands do without
    from app.serving.requests import ChatRequest
    from app.serving.updates import Delta, Ended

    logging.basicConfig(level=logging.ERROR)  # warnings come with the reply, and are printed after it
    service = create_service(settings)
    try:
        service.wait_until_ready()
        reply = service.chat(
            ChatRequest(messages=[{"role": "user", "content": args.prompt}], max_tokens=args.max_tokens)
        )
        for item in reply:
            if isinstance(item, Delta):
                print(item.text, end="", flush=True)
            elif isinstance(item, Ended):
                print()
        if args.stats:
            _print_stats(reply)
        for warning in reply.warnings:
            print(f"elbarto: {warning}", file=sys.stderr)
    finally:
        service.close()
    return 0


def _print_stats(reply: Reply) -> None:
    counters = reply.choices[0].counters
    assert counters is not None
    rows = {**dataclasses.asdict(counters), "tokens_per_forward": reply.usage().tpf}
    for name, value in rows.items():
        print(f"{name:20} {value:.1f}" if isinstance(value, float) else f"{name:20} {value}", file=sys.stderr)


def _config(args: argparse.Namespace) -> int:
    """Print the example, or what is in force; the latter reads the checkpoint's small files, where they are here."""
    if not args.show:
        print(example_yaml(), end="")
        return 0
    loaded = _load(args)
    from app import explain_defaults

    print(show(loaded, explain_defaults(loaded.settings)))
    return 0


def _bench(args: argparse.Namespace) -> int:
    """The benchmark has settings of its own, all flags: what the server is set to must not change its figures."""
    try:
        from bench.registry import PARTS
    except ModuleNotFoundError as error:
        if error.name not in ("bench", "bench.registry"):
            raise
        raise StartError(f"the benchmark is not in this copy of the program: {ROOT / 'bench'} is missing") from None
    if args.list:
        print("\n".join(f"{name:12} {text}" for name, text in PARTS.items()))
        return 0
    os.environ["OMP_DYNAMIC"] = "false"  # before torch comes in: see app.serving.backend
    from bench.context import Options
    from bench.main import run

    given = {name: value for name in BENCH_FLAGS if (value := getattr(args, name)) is not None}
    parts, shapes, problems = (tuple(several) for several in (args.parts, args.shapes, args.problems))
    is_exact = run(Options(parts=parts, quick=args.quick, shapes=shapes, problems=problems, **given))
    return 0 if is_exact else 1


def _check_port(settings: Settings) -> None:
    """gunicorn itself would try a taken port again and again."""
    if settings.port == 0:
        return
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        raise StartError(
            f"cannot listen on {settings.host} port {settings.port}: {getattr(error, 'strerror', None) or error}; "
            f"choose another with {SETTINGS['host'].flag} and {SETTINGS['port'].flag}"
        ) from error


def _load(args: argparse.Namespace) -> Loaded:
    overrides = {name: value for name in SETTINGS if (value := getattr(args, name, None)) is not None}
    return load_settings(overrides, args.config)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app", description="El Barto Serve", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"El Barto Serve {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    settings = _settings_parser()

    def add(name: str, help: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help, description=help, parents=[settings], allow_abbrev=False)

    serve = add("serve", "Start the server.")
    serve.set_defaults(run=_serve)

    generate = add("generate", "Print the model's reply to one prompt, blocks appearing as they are committed.")
    generate.add_argument("prompt", metavar="PROMPT")
    generate.add_argument("--max-tokens", type=_positive, metavar="N", help="tokens in the reply, at most")
    generate.add_argument("--stats", action="store_true", help="afterwards, print how the reply was made")
    generate.set_defaults(run=_generate)

    config = add("config", "Print a commented settings file in YAML.")
    config.add_argument("--show", action="store_true", help="print each effective setting and where it came from")
    config.set_defaults(run=_config)
    _add_bench(commands)
    return parser


def _add_bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Measure this server against other ways to decode, on this machine."
    bench = commands.add_parser("bench", help=text, description=text, allow_abbrev=False)
    bench.add_argument("parts", nargs="*", metavar="PART", help="what to measure; without any, all of --list")
    bench.add_argument("--list", action="store_true", help="print the parts and what each compares")
    bench.add_argument("--quick", action="store_true", help="seconds instead of minutes: shows that all of it works")
    bench.add_argument("--out", type=Path, metavar="FOLDER", help="for JSON, Markdown and plots (bench/results)")
    bench.add_argument("--repeats", type=_positive, metavar="N", help="rounds, at least 5 (5)")
    bench.add_argument("--threads", type=_positive, metavar="N", help="PyTorch's threads (as the server: cores - 1)")
    bench.add_argument("--model", metavar="PATH", help="a checkpoint in place of the embedded model")
    bench.add_argument("--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:N or mps (auto)")
    bench.add_argument("--dtype", choices=("auto", "float32", "bfloat16", "float16"), help="of the weights (auto)")
    bench.add_argument("--seed", type=int, metavar="N", help="of prompts and random weights (0)")
    bench.add_argument(
        "--shape",
        action="append",
        default=[],
        dest="shapes",
        metavar="SHAPE",
        help="random weights of one more shape, 1B or 8B, where memory allows (CUDA with 24 GB: 8B anyway)",
    )
    bench.add_argument(
        "--problems",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="infill: more holes, in HumanEval-Infilling's or SantaCoder-FIM's JSONL (.gz too)",
    )
    bench.add_argument("--limit", type=_positive, metavar="N", help="infill: at most so many holes of each group (30)")
    bench.set_defaults(run=_bench)


def _settings_parser() -> argparse.ArgumentParser:
    """One flag for each setting. The values stay text: app.settings checks them, wherever they come from."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    group = parser.add_argument_group("settings", "Flags win over the YAML file, it over the environment and .env.")
    group.add_argument("--config", type=Path, metavar="FILE", help="a YAML file of settings (or ELBARTO_CONFIG)")
    for name, info in SETTINGS.items():
        help_text = f"{info.help} ({info.allowed})".replace("%", "%%")
        if info.is_boolean:
            group.add_argument(info.flag, dest=name, nargs="?", const="true", metavar="BOOL", help=help_text)
        else:
            group.add_argument(info.flag, dest=name, metavar=name.rpartition("_")[2].upper(), help=help_text)
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be an integer from 1, got {text!r}")
    return int(text)
