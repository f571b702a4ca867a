"""Runs an installed client against a server, and judges what both said."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.clients.table.install import base_environment
from tests.clients.table.recipe import Recipe
from tests.servers import Server

LOGGED = re.compile(r"route=(\S+ \S+) status=(\d+)")
# Asked by every program that looks whether a server is there.
INCIDENTAL = ("GET /health", "HEAD /", "GET /")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A finished run: `status` is None if it took longer than the recipe allows."""

    status: int | None
    output: str
    requests: Counter[tuple[str, int]]  # route and HTTP status


def drive(recipe: Recipe, server: Server, model: Path, work: Path, commands: Mapping[str, str]) -> Seen:
    work.mkdir(parents=True)
    for name, text in recipe.files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text, encoding="utf-8")
    variables = {"URL": server.url, "MODEL": model.name, "MODEL_PATH": str(model), "WORK": str(work), "HOME": str(work)}
    begin = len(server.text)
    status, output = run(recipe, work, {**base_environment(), **variables, **commands, **recipe.environ})
    server.wait_for_queue(0, 0)
    requests = Counter((route, int(code)) for route, code in LOGGED.findall(server.text[begin:]))
    return Seen(status=status, output=output, requests=requests)


def run(recipe: Recipe, work: Path, environ: Mapping[str, str]) -> tuple[int | None, str]:
    """In a session of its own, so that it can be ended whole."""
    log = work / "output"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["bash", "-e", "-o", "pipefail", "-c", recipe.run],
            cwd=work,
            env=environ,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            status = process.wait(recipe.limit_s)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(process, work)
    return status, log.read_text(encoding="utf-8", errors="replace")


def _end(process: subprocess.Popen[bytes], work: Path) -> None:
    """And what it has left behind, in its session or, on Linux, with its environment: cline starts a daemon."""
    left = [int(each.parent.name) for each in Path("/proc").glob("[0-9]*/environ") if _has_work(each, work)]
    for end, number in [(os.killpg, process.pid), *((os.kill, number) for number in left)]:
        with contextlib.suppress(ProcessLookupError):
            end(number, signal.SIGKILL)
    process.wait()


def _has_work(environ: Path, work: Path) -> bool:
    try:
        return f"WORK={work}".encode() in environ.read_bytes().split(b"\0")
    except OSError:  # it has ended, or is another user's
        return False


def judge(recipe: Recipe, seen: Seen) -> tuple[str, str]:
    """What was asked, and the result: "works", or what broke."""
    checks = {} if recipe.asks else _checks_in(seen.output)
    asked = ", ".join(checks) if checks else recipe.asks
    faults = [f"{name}: {error}" for name, error in checks.items() if error]
    if not asked:
        faults.append("the script said nothing")
    if seen.status is None:
        faults.append(f"not finished after {recipe.limit_s} s")
    elif seen.status:
        faults.append(f"exit status {seen.status}")
    answered = {route for route, code in seen.requests if 200 <= code < 300}
    faults += [f"no answer from `{route}`" for route in recipe.routes if route not in answered]
    refused = {
        (route, code) for route, code in seen.requests if code >= 500 or (code >= 400 and route in recipe.routes)
    }
    faults += [f"`{route}` {code}" for route, code in sorted(refused)]
    if not faults:
        return asked, "works"
    works_partly = None in checks.values() or (recipe.asks != "" and answered >= set(recipe.routes))
    return asked, f"{'partly' if works_partly else 'fails'}: {'; '.join(faults)}"


def _checks_in(output: str) -> dict[str, str | None]:
    """What a script's checks said: its last line, unless it broke off or libraries print at their end."""
    found = [line for line in output.splitlines() if re.fullmatch(r'\{".*\}', line)]
    checks: dict[str, str | None] = json.loads(found[-1]) if found else {}
    return checks


def summary(requests: Counter[tuple[str, int]]) -> str:
    """The requests that the server logged, for the row."""
    parts = []
    for (route, code), count in sorted(requests.items()):
        if route not in INCIDENTAL:
            parts.append(f"{route} {code}" + (f" ({count})" if count > 1 else ""))
    return ", ".join(parts)
