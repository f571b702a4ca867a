"""The fake model server of tests/lsp, driven over stdin and stdout: a line of JSON in, a line of JSON out.

{"set": {"delay_s": 2}}   change what it does       {"records": true}   what it was asked, and who hung up
{"stop": true}            no longer listen          {"start": true}     again, on the same port
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.lsp.fake_server import FakeServer, running


def main() -> None:
    with running() as server:
        _say({"url": server.url})
        for line in sys.stdin:
            _say(_answer(server, json.loads(line)))


def _answer(server: FakeServer, order: dict[str, Any]) -> Any:
    for name, value in order.get("set", {}).items():
        if not hasattr(server, name):
            return {"error": f"the fake server has no {name}"}
        setattr(server, name, value)
    if "stop" in order:
        server.stop()
    if "start" in order:
        server.start()
    if "records" in order:
        return [
            {"path": one.path, "steps": one.steps, "isDone": one.is_done, "isAborted": one.is_aborted, "body": one.body}
            for one in server.records
        ]
    return {}


def _say(value: Any) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
