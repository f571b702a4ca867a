"""`elbarto ps`: what a running server does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from app.cli import arguments, flags
from app.cli.tables import table
from app.remote import ApiServer, RemoteError

HELP = "Show a running server's state and its requests."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    flags.add_server(parser, "http://127.0.0.1 and the port of the settings")
    parser.add_argument("--json", action="store_true", help="print the server's answers as JSON")
    flags.add_config(parser)


def run(args: argparse.Namespace) -> int:
    """0 if the server is ready, 1 if it is not (yet)."""
    settings = arguments.load(args).settings
    server = ApiServer(args.url or f"http://127.0.0.1:{settings.port}", settings.api_key)
    health = server.health()
    requests, refusal = _requests(server)
    if args.json:
        print(json.dumps({"health": health, "requests": requests, "refusal": refusal}, indent=2))
        return int(health.get("status") != "ok")
    print(_state(server.base.removesuffix("/v1"), health))
    if refusal is not None:
        print(f"Its requests are not shown: {refusal}")
    elif requests:
        print()
        print(table([("id", "endpoint", "seconds", "progress"), *map(_row, requests)]))
    return int(health.get("status") != "ok")


def _requests(server: ApiServer) -> tuple[list[dict[str, Any]], str | None]:
    """The requests in progress, or why the server does not tell."""
    try:
        return list(server.get("/generations")["data"]), None
    except RemoteError as error:
        if error.status is None:
            raise
        return [], str(error)


def _state(url: str, health: Mapping[str, Any]) -> str:
    queue = health.get("queue") or {}
    state = f"{url}: {health.get('status')}"
    if health.get("model"):
        state += f", {health['model']} ({health.get('dtype')} on {health.get('device')})"
    return f"{state}, {queue.get('running', 0)} running, {queue.get('waiting', 0)} waiting"


def _row(request: Mapping[str, Any]) -> tuple[str, str, str, str]:
    progress = request.get("progress") or {}
    done = f"{progress.get('tokens')} of {progress.get('max_tokens')} tokens"
    if "holes" in progress:
        done = f"{progress.get('holes_filled')} of {progress['holes']} holes"
    return str(request["id"]), str(request["endpoint"]), f"{request['age_ms'] / 1000:.1f}", done
