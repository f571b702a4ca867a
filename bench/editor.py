"""Latency of completions in an editor, and their cost on the server: python bench/editor.py [--client neovim].

A recorded trace of keystrokes (bench/traces) is replayed to `python -m lsp` at its original pace, in about 90 seconds.
The language server uses a separate server with the embedded model. Times need a quiet machine; counts do not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import re
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from app.settings import ROOT, Settings
from bench.counting import LOG_VARIABLE
from bench.server import HOST, serving
from bench.typist import KeyPress, Trace, Typist, read

TRACE = Path(__file__).parent / "traces" / "typing.json"
SERVER = ("-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "bench.counting:app")
# Client name, and whether each key cancels the previous request.
CLIENTS = {"vscode": ("Visual Studio Code", True), "neovim": ("Neovim", False)}
READY_S = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--client", choices=CLIENTS, default="vscode", help="the editor to imitate (vscode)")
    parser.add_argument("--keys", type=int, help="replay only the first N keys of the trace")
    parser.add_argument("--trace", type=Path, default=TRACE, help="another trace")
    parser.add_argument("--out", type=Path, help="write the figures to this file as JSON")
    args = parser.parse_args()
    trace = read(args.trace)
    trace = replace(trace, keys=trace.keys[: args.keys])
    figures = measure(trace, args.client)
    print("\n".join(f"{name}: {value}" for name, value in figures.items()))
    if args.out:
        args.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0 if figures["most steps after a hang-up"] <= 1 else 1


def measure(trace: Trace, client: str) -> dict[str, Any]:
    load = round(os.getloadavg()[0], 2)
    with tempfile.TemporaryDirectory() as folder:
        steps, log = Path(folder) / "steps", Path(folder) / "lsp.log"
        settings = Settings(host=HOST, port=0)
        with serving(settings, SERVER, **{LOG_VARIABLE: str(steps)}) as port:
            keys, status = asyncio.run(_type(trace, client, f"http://{HOST}:{port}", log))
        said = log.read_text(encoding="utf-8")
        return {
            "client": client,
            "keys": len(trace.keys),
            "load before": load,
            **latencies(keys, list(at_times(said, "finished").values())),
            **costs(trace, status),
            **outlived(at_times(said, "cancelled"), steps.read_text(encoding="utf-8")),
        }


async def _type(trace: Trace, name: str, url: str, log: Path) -> tuple[list[KeyPress], dict[str, Any]]:
    client = LanguageClient("bench", "1")
    command = ("-m", "lsp", "--server", url, "--log-level", "debug", "--log-file", str(log))
    await client.start_io(sys.executable, *command, cwd=ROOT)
    documents = types.TextDocumentClientCapabilities(inline_completion=types.InlineCompletionClientCapabilities())
    capabilities = types.ClientCapabilities(text_document=documents)
    info = types.ClientInfo(CLIENTS[name][0])
    await client.initialize_async(types.InitializeParams(capabilities, client_info=info))
    client.initialized(types.InitializedParams())
    await asyncio.wait_for(_ready(client), READY_S)
    typist = Typist(client, trace, CLIENTS[name][1])
    await typist.type()
    status = await _status(client)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]
    return typist.keys, status


async def _ready(client: LanguageClient) -> None:
    while (await _status(client))["state"] != "ready":
        await asyncio.sleep(0.1)


async def _status(client: LanguageClient) -> dict[str, Any]:
    answer = await client.workspace_execute_command_async(types.ExecuteCommandParams("elbarto.ls.status"))
    assert isinstance(answer, dict)
    return answer


def latencies(keys: Sequence[KeyPress], answers: Sequence[float]) -> dict[str, Any]:
    """Latencies of the keys after which ghost text was shown before the next key; `answers` are the server's times."""
    computed: list[float] = []
    known: list[float] = []
    for key in keys:
        if key.ghost and key.answered:
            is_computed = any(key.pressed <= answer <= key.answered for answer in answers)
            (computed if is_computed else known).append(1000 * (key.answered - key.pressed))
    return {
        **_spread("keys with ghost text", computed + known),
        **_spread("of these, from the server", computed),
        **_spread("of these, from the cache", known),
    }


def _spread(name: str, times: Sequence[float]) -> dict[str, Any]:
    if not times:
        return {name: 0}
    p95 = sorted(times)[math.ceil(0.95 * len(times)) - 1]
    return {name: f"{len(times)}; keystroke to ghost text: median {statistics.median(times):.1f} ms, p95 {p95:.1f} ms"}


def costs(trace: Trace, status: Mapping[str, Any]) -> dict[str, Any]:
    requests, cache = status["requests"], status["cache"]
    words = len(re.findall(r"\w+", trace.text))
    return {
        "words typed": words,
        "requests to the server": requests["sent"],
        "cancelled there": requests["cancelled"],
        "cancelled there per word": round(requests["cancelled"] / max(1, words), 2),
        "cache hits": cache["hits"],
        "cache hit rate": round(cache["hits"] / max(1, cache["hits"] + cache["misses"]), 3),
    }


def at_times(log: str, what: str) -> dict[str, float]:
    """The times at which the language server logged requests as "cancelled" or "finished", by request id."""
    logged = re.findall(rf"^(\S+ \S+) DEBUG lsp\.model_server\.client: (\S+) {what}$", log, re.MULTILINE)
    return {id: datetime.strptime(at, "%Y-%m-%d %H:%M:%S,%f").timestamp() for at, id in logged}


def outlived(ended: Mapping[str, float], steps: str) -> dict[str, Any]:
    """Steps that started after a connection was closed and still contained its request."""
    late: Counter[str] = Counter()
    num_steps = 0
    for line in steps.splitlines():
        started, _, names = json.loads(line)
        num_steps += 1
        late.update(name for name in names if name in ended and started > ended[name])
    return {
        "steps on the server": num_steps,
        "hang-ups": len(ended),
        "hang-ups that a step began after": len(late),
        "most steps after a hang-up": max(late.values(), default=0),
    }


if __name__ == "__main__":
    sys.exit(main())
