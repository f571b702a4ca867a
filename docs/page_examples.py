"""The examples of the page at /, as requests; and the run of the first one that a first visit sees.

app/web/examples.js has the examples, app/web/example.json the run.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from simple_websocket import Client

from docs.printed import ROOT

Json = dict[str, Any]

EXAMPLES, RECORDED = ROOT / "app" / "web" / "examples.js", ROOT / "app" / "web" / "example.json"
CHAT_SETTINGS = {"block_length": 16, "max_tokens": 128}  # those that the page's form begins with
NUM_RECORDINGS = 10  # of which the fastest is kept


def requests() -> dict[str, list[Json]]:
    """By task, those that the page sends; without `alternatives`, as in "Copy as curl"."""
    literal = EXAMPLES.read_text(encoding="utf-8").partition("EXAMPLES = ")[2].rstrip().removesuffix(";")
    examples = json.loads(re.sub(r",(\s*[\]}])", r"\1", re.sub(r"^  (\w+):", r'  "\1":', literal, flags=re.MULTILINE)))
    return {
        "infill": [{"segments": segments(text)} for text in examples["infill"]],
        "chat": [{"messages": [{"role": "user", "content": text}], **CHAT_SETTINGS} for text in examples["chat"]],
    }


def segments(text: str) -> list[Any]:
    """As app/web/holes.js makes them."""
    first, *others = re.split("_{3,}", text)
    parts = [first, *(part for other in others for part in ({"hole": {"single_line": True}}, other))]
    return [part for part in parts if part != ""]


def renewed(text: str, url: str) -> str:
    """`text` is that of RECORDED. Raises RuntimeError if the model fills the example from left to right."""
    saved = json.loads(text)
    (recording,) = saved["recordings"]
    request = recording["request"] | requests()["infill"][0]
    new = record(url, request)
    positions = [token["position"] for event in new if event["type"] == "step" for token in event["tokens"]]
    if positions == sorted(positions):
        raise RuntimeError(f"the first example of {EXAMPLES.name} is filled from left to right: put another one first")
    if (request, new[-1]["choices"][0]["text"]) == (
        recording["request"],
        recording["events"][-1]["choices"][0]["text"],
    ):
        return text
    recording |= {"request": request, "events": fastest(url, request)}
    saved["saved"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return json.dumps(saved, ensure_ascii=False, separators=(",", ":")) + "\n"


def fastest(url: str, request: Json) -> list[Json]:
    """The events of the fastest of some runs, without what only takes space."""
    events = min((record(url, request) for _ in range(NUM_RECORDINGS)), key=lambda events: float(events[-1]["ms"]))
    for event in events:
        for proposal in event.get("proposals", ()):
            del proposal["alternatives"], proposal["id"]
    return events


def record(url: str, request: Json) -> list[Json]:
    socket = Client(f"{url.replace('http', 'ws', 1)}/v1/steps")
    socket.send(json.dumps(request))
    events = [json.loads(socket.receive())]
    while events[-1]["type"] not in ("finished", "error"):
        events.append(json.loads(socket.receive()))
    if events[-1]["type"] == "error":
        raise RuntimeError(events[-1]["error"]["message"])
    return events
