"""Renews every printed answer of the embedded model: `python -m docs.examples`, or with `--check`, which only compares.

The outputs of commands in pages (`docs/printed.py`), the steps of a reply in docs/explain/decoding.md, the benchmark in
docs/guides/evaluate.md, the answers in the API document, the run that the page shows on a first visit, the model's
sizes in texts, docs/reference/inspect.md, and the answers of tests/fixtures. A server is started for that. What has
changed is to be read before it is published: `git diff`.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import torch
from safetensors import safe_open

from app.api.openapi.routes import ROUTES
from app.models.packed_linear import can_pack
from app.settings import EMBEDDED_MODEL
from docs import inspect_page, page_examples, printed
from docs.outputs import is_shown, stable
from docs.printed import DOCS, PAGES, ROOT
from tests.e2e import test_embedded_greedy as greedy
from tests.servers import PATIENCE_S, events, running

Json = dict[str, Any]
Renew = Callable[[str, str], str]  # (text, the server's address) -> text, unchanged if its answers are the server's

DECODING, EVALUATION = DOCS / "explain" / "decoding.md", DOCS / "guides" / "evaluate.md"
ANSWERS = ROOT / "app" / "api" / "openapi" / "answers.json"
CARDS = [ROOT / "training" / "model_card.md", EMBEDDED_MODEL / "README.md"]
WITH_SIZES = [ROOT / "README.md", DOCS / "start" / "first-request.md", ROOT / "training" / "README.md", *CARDS]

# The steps in DECODING.
STEPS_REQUEST = {
    "messages": [{"role": "user", "content": "Write a function that checks if a number is even."}],
    "max_tokens": 96,
    "steps": 96,
    "block_length": 16,
    "stream": True,
    "stream_mode": "steps",
}
STEPS_REGION = re.compile(r"(<!-- made: steps -->\n).*?(<!-- /made -->)", re.DOTALL)
MAX_ROWS = 9
# The answers of the API document in which the model shows: schema -> the example request of the first such route.
ASKED = {
    "ChatCompletion": "plain",
    "Response": "a text",
    "TextCompletion": "continuation",
    "Infill": "two holes",
    "Edit": "redenoise",
    "Tokens": "a text",
    "Detokenized": "plain",
    "TokenizerInfo": None,
}


def main(argv: list[str] | None = None) -> int:
    """Write the files, or with --check return 1 if one is out of date. Also 1 if one cannot be renewed."""
    parser = argparse.ArgumentParser(description="Renew every printed answer of the embedded model.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if a file is out of date")
    check = parser.parse_args(argv).check
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "log", ELBARTO_MODEL_PATH="") as server:
        server.wait_until_ready()
        are_right = [is_right(path, renew, server.url, check) for path, renew in RENEWED]
    return int(not all(are_right))


def is_right(path: Path, renew: Renew, url: str, check: bool) -> bool:
    """Whether the file shows the model's answers now; it is written unless `check`."""
    name, text = path.relative_to(ROOT), path.read_text(encoding="utf-8")
    try:
        new = renew(text, url)
    except RuntimeError as error:  # the others can be renewed all the same
        print(f"{name} is left as it is: {error}")
        return False
    if new == text:
        return True
    print(f"{name} {'is out of date: make examples' if check else 'is written'}")
    if not check:
        path.write_text(new, encoding="utf-8")
    return not check


def steps(page: str, url: str) -> str:
    """Only the number of rows and the last one are compared: which token is surer may depend on the processor."""
    lines = ["", "~~~text", *step_rows(url), "~~~", ""]
    match = STEPS_REGION.search(page)
    assert match
    shown = match[0].splitlines()[1:-1]
    if (len(shown), shown[-3]) == (len(lines), lines[-3]):
        return page
    return STEPS_REGION.sub(lambda match: match[1] + "\n".join(lines) + "\n" + match[2], page)


def step_rows(url: str) -> Iterator[str]:
    """The canvas up to the current block's end, after some of the steps: the first, the last, and some between."""
    rows, texts = [], dict[int, str]()
    with httpx.stream("POST", f"{url}/v1/chat/completions", json=STEPS_REQUEST, timeout=PATIENCE_S) as response:
        for event in events(response.iter_lines()):
            if event != "[DONE]" and event["type"] == "step":
                texts |= {token["position"]: shown_token(token) for token in event["tokens"]}
                rows.append("".join(texts.get(position, "░") for position in range(event["end"])))
    last = len(rows) - 1
    for number in sorted({round(last * row / (MAX_ROWS - 1)) for row in range(MAX_ROWS)}):
        yield f"step {number + 1:2}  {rows[number]}"


def shown_token(token: Json) -> str:
    return "<end>" if token.get("special") else (token["text"] or "").replace("\n", "⏎")


def evaluation(page: str, url: str) -> str:
    """The first command of the guide to benchmarks."""
    command = next(command for command in printed.commands(page) if command.shown)
    with tempfile.TemporaryDirectory() as folder:
        options = f" --url {url} --out {folder}/evaluation-humaneval"
        table = printed.run(command.text.replace("elbarto ", ".venv/bin/python -m app ", 1) + options, url)
    return page if is_shown(command.shown, table) else page.replace(command.shown, table.rstrip("\n"), 1)


def answers(text: str, url: str) -> str:
    shown = json.loads(text)
    for schema, example in ASKED.items():
        route = next(route for route in ROUTES if route.answer == schema)
        body = route.examples[example] if example else None
        response = httpx.request(route.method, url + route.rule, json=body, timeout=PATIENCE_S)
        answer = response.raise_for_status().json()
        if stable(json.dumps(answer)) != stable(json.dumps(shown[schema])):
            shown[schema] = answer
    return json.dumps(shown, indent=1, ensure_ascii=False) + "\n"


def sizes(text: str, url: str) -> str:
    """What texts say of the model's size and shape."""
    config = json.loads((EMBEDDED_MODEL / "config.json").read_text(encoding="utf-8"))
    with safe_open(EMBEDDED_MODEL / "model.safetensors", framework="np") as tensors:
        num_parameters = sum(math.prod(tensors.get_slice(name).get_shape()) for name in tensors.keys())  # noqa: SIM118
    layers, width, vocabulary = (config[name] for name in ("num_hidden_layers", "hidden_size", "vocab_size"))
    heads, key_heads = config["num_attention_heads"], config["num_key_value_heads"]
    megabytes = 2 * num_parameters / 1e6  # in bfloat16
    for pattern, said in {
        r"\d+\.\d million parameters": f"{num_parameters / 1e6:.1f} million parameters",
        r"[\d,]+ parameters, bfloat16, [\d.]+ MB": f"{num_parameters:,} parameters, bfloat16, {megabytes:.1f} MB",
        r"\d+ layers, width \d+": f"{layers} layers, width {width}",
        r"\d+ heads \(\d+ for keys": f"{heads} heads ({key_heads} for keys",
        r"BPE of \d+ tokens": f"BPE of {vocabulary} tokens",
    }.items():
        text = re.sub(pattern, said, text)
    return text


def inspected(page: str, url: str) -> str:
    """As docs/inspect_page.py writes it, which is right on x86 only."""
    return inspect_page.inspected_page() if can_pack(torch.empty(0)) else page


def greedy_answers(text: str, url: str) -> str:
    loaded = greedy.load()
    new = {request: greedy.answer(loaded, request) for request in json.loads(text)}
    return json.dumps(new, indent=2, ensure_ascii=False) + "\n"


RENEWED: tuple[tuple[Path, Renew], ...] = (
    *((path, sizes) for path in WITH_SIZES),
    *((path, printed.renewed) for path in PAGES),
    (DECODING, steps),
    (EVALUATION, evaluation),
    (ANSWERS, answers),
    (page_examples.RECORDED, page_examples.renewed),
    (inspect_page.PAGE, inspected),
    (greedy.FIXTURE, greedy_answers),
)

if __name__ == "__main__":
    sys.exit(main())
