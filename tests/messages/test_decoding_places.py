"""Where the decoding options are named. Each is declared once; everything else about it is made from the declaration.

A place that is not listed here is a copy of what app/messages/decoding.py says, and will drift from it.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.messages.decoding import DECODE_MODES, DECODING_OPTIONS

APP = Path(__file__).resolve().parents[2] / "app"
DECLARATION = "messages/decoding.py"
ENGINE = "engine"  # the code that acts on the option, and the slow reference implementation
INFILL = "serving/infill"
EVALUATE = "cli/evaluate.py"  # flags that are sent to a server
FAMILIES = "models/families.py"  # what published scripts decode with

# Beyond the declaration and the engine, which name every option.
# Their answers repeat the request's options.
OTHER_APIS = {"api/responses_answers.py", "api/openapi/response_answers.py"}
OTHER_PLACES = {
    "decode_mode": {"api/openapi/examples.py", FAMILIES},
    # redenoise and polish have a threshold of their own.
    "threshold": {"api/infill.py", INFILL, "api/openapi/texts.py", "api/openapi/examples.py", FAMILIES},
    "remasking": {FAMILIES, EVALUATE},
    # RoPE's, and a limit's.
    "factor": {
        "evaluation/harness.py",
        "models/facts.py",
        "models/config.py",
        "models/gguf_rope.py",
        "models/transformer.py",
    },
    # It must divide the block length.
    "small_block_length": {"messages/params.py", "serving/lengths.py", FAMILIES},
    # Not every model has it.
    "block_cache": {FAMILIES, "serving/backend.py", "serving/lengths.py"},
    "temperature": {
        INFILL,  # more candidates need a higher one
        EVALUATE,
        "models/generation_config.py",  # do_sample decides whether Hugging Face's counts
        "api/llama_cpp_schemas.py",  # no upper limit there
        "api/openapi/texts.py",
        "api/openapi/document.py",
        "api/openapi/examples.py",
        *OTHER_APIS,
        "api/request_log.py",  # traces have it
        # Above the limit it is lowered.
        "api/ollama/schemas.py",
        "api/ollama/requests.py",
    },
    "top_p": OTHER_APIS,
    # They count tokens, so a reply with one starts anew on another replica.
    "presence_penalty": {"cluster/resumption.py"},
    "frequency_penalty": {"cluster/resumption.py"},
}


def names_in(source: str) -> Iterator[str]:
    """Identifiers, and strings that may be names; prose is not."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.keyword(arg=str(name)) | ast.Constant(value=str(name)):
                yield name


def place_of(path: Path) -> str:
    place = path.relative_to(APP).as_posix()
    return next((folder for folder in (ENGINE, INFILL) if place.startswith(f"{folder}/")), place)


@pytest.fixture(scope="module")
def places() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in APP.rglob("*.py"):
        for name in names_in(path.read_text(encoding="utf-8")):
            found[name].add(place_of(path))
    return found


@pytest.mark.parametrize("name", DECODING_OPTIONS)
def test_an_option_is_named_where_it_is_declared_and_where_it_is_used(places: dict[str, set[str]], name: str) -> None:
    # The mode's names are what the engine knows, not the option's.
    users = {DECLARATION} if name == "decode_mode" else {DECLARATION, ENGINE}

    assert places[name] == users | OTHER_PLACES.get(name, set())


def test_every_other_place_is_for_an_option() -> None:
    assert OTHER_PLACES.keys() <= DECODING_OPTIONS.keys()


def test_names_in_prose_do_not_count() -> None:
    source = '"""The threshold."""\ndef f(threshold: float) -> str:\n    return g("top_k", factor=2).gamma'

    assert {"threshold", "top_k", "factor", "gamma"} <= set(names_in(source))
    assert "threshold" not in set(names_in('"""The threshold."""'))


def test_the_web_page_offers_every_mode() -> None:
    listed = re.search(r"^const MODES = \[(.*)\];", (APP / "web" / "settings.js").read_text(), re.MULTILINE)

    assert listed is not None
    assert sorted(re.findall(r'"(\w+)"', listed[1])) == sorted(DECODE_MODES)
