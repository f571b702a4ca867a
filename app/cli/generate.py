"""`elbarto generate PROMPT`: one reply, without a server."""

from __future__ import annotations

import argparse
import dataclasses
import logging
import sys
from typing import TYPE_CHECKING

from app.cli import arguments

if TYPE_CHECKING:
    from app.serving.reply import Reply


def run(args: argparse.Namespace) -> int:
    """Print a reply, each block as it is committed."""
    settings = arguments.load(args).settings
    from app import create_service  # imports torch
    from app.serving.requests import ChatRequest
    from app.serving.updates import Delta, Ended

    logging.basicConfig(level=logging.ERROR)  # warnings are part of the reply, and are printed after it
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
