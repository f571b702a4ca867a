"""Writes the generated parts of the reference: `python docs/generate.py`, or with `--check`, which only compares.

A page marks such a part with `<!-- generated: NAME -->` and `<!-- /generated -->`; the text around it is written by
hand. Settings come from `app.settings`, commands from their argument parsers, routes, request fields and errors from
the OpenAPI document. Needs no torch.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
REGION = re.compile(r"(<!-- generated: ([\w:.-]+) -->\n).*?(<!-- /generated -->)", re.DOTALL)
SCRIPTS = {"app.cli": "elbarto"}  # in a checkout the parser calls itself python -m app
SHARED_BY = ("ChatRequest", "CompletionRequest", "InfillRequest", "EditRequest")

Json = Mapping[str, Any]


def main(argv: list[str] | None = None) -> int:
    """Write the pages, or with --check return 1 if one is out of date."""
    parser = argparse.ArgumentParser(description="Write the generated parts of docs/reference.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if a page is out of date")
    check = parser.parse_args(argv).check
    stale = [path for path in sorted(REFERENCE.glob("*.md")) if path.read_text(encoding="utf-8") != generated(path)]
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'is out of date: run python docs/generate.py' if check else 'is written'}")
        if not check:
            path.write_text(generated(path), encoding="utf-8")
    return int(check and bool(stale))


def generated(path: Path) -> str:
    """The page's text with its generated parts renewed. Raises KeyError for an unknown part."""

    def region(match: re.Match[str]) -> str:
        name, _, argument = match[2].partition(":")
        lines = PARTS[name](argument) if argument else PARTS[name]()
        return f"{match[1]}\n{chr(10).join(lines)}\n\n{match[3]}"

    return REGION.sub(region, path.read_text(encoding="utf-8"))


def settings() -> Iterator[str]:
    from app.settings import SETTINGS

    yield from _head("variable", "default", "meaning")
    for info in SETTINGS.values():
        allowed, _, unset = info.allowed.partition("; unset = ")
        default = f"`{_plain(info.default)}`" if info.default is not None else unset or "unset"
        yield _row(f"`{info.variable}`", default, f"{info.help} *Allowed:* {allowed}.")


def cli(module: str) -> Iterator[str]:
    """The commands of `module`, each with its own options; flags of settings have a page of their own."""
    from importlib import import_module

    parser: argparse.ArgumentParser = import_module(module)._parser()
    prog = SCRIPTS.get(module, parser.prog)
    commands = _commands(parser)
    if not commands:
        yield from _options(parser)
    for name, command in commands.items():
        yield from (f"### `{prog} {name}`", "", command.description or "", "", *_options(command), "")


def _commands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return actions[0].choices if actions else {}


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    groups = [group for group in parser._action_groups if (group.title or "").startswith("settings: ")]
    flags = {name for group in groups for action in group._group_actions for name in action.option_strings}
    shown = [group for group in groups if any(action.help != argparse.SUPPRESS for action in group._group_actions)]
    yield from _head("option", "meaning")
    for action in parser._actions:
        if action.dest == "help" or flags & set(action.option_strings):
            continue
        names = ", ".join(f"`{name}`" for name in action.option_strings) or f"`{action.metavar}`"
        value = f" `{action.metavar}`" if action.option_strings and action.metavar else ""
        if action.choices and not action.metavar:
            value = f" `{'`, `'.join(map(str, action.choices))}`"
        yield _row(names + value, (action.help or "").replace("%%", "%"))
    if shown:
        kinds = "; ".join((group.title or "").removeprefix("settings: ") for group in shown)
        yield _row("`--dtype`, `--threshold`, …", f"One flag for each of these [settings](settings.md): {kinds}.")


def routes() -> Iterator[str]:
    yield from _head("route", "what it does")
    for path, operations in _document()["paths"].items():
        for method, operation in operations.items():
            yield _row(f"`{method.upper()} {path}`", operation["summary"])


def fields(schema: str) -> Iterator[str]:
    """The fields of a request: those of `schema` alone, or with "shared" those that all requests for text have."""
    schemas = _document()["components"]["schemas"]
    shared = _shared(schemas)
    own = shared if schema == "shared" else schemas[schema]["properties"]
    required = () if schema == "shared" else schemas[schema].get("required", ())
    yield from _head("field", "value", "default", "meaning")
    for name, value in own.items():
        if schema == "shared" or shared.get(name) != value:
            default = "required" if name in required else _plain(value.get("default"))
            yield _row(f"`{name}`", _type(value), default, value.get("description", ""))


def errors() -> Iterator[str]:
    yield from _head("status", "when")
    for name, response in _document()["components"]["responses"].items():
        if name.startswith("Error"):  # those of other APIs have the same statuses
            yield _row(name.removeprefix("Error"), response["description"])


def codes() -> Iterator[str]:
    from app.errors import ApiError

    yield from _head("`code`", "status", "`type`")
    for kind in sorted(_descendants(ApiError), key=lambda kind: (kind.status, kind.code)):
        yield _row(f"`{kind.code}`", str(kind.status), f"`{kind.type}`")


def metrics() -> Iterator[str]:
    from app.serving.metric_table import ALL_COUNTERS, exposed

    yield from _head("metric", "type", "labels", "meaning", "vLLM's name")
    for name, metric in exposed().items():
        kind = "counter" if metric in ALL_COUNTERS else "histogram" if hasattr(metric, "buckets") else "gauge"
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        yield _row(f"`{name}`", kind, labels, metric.help, f"`{metric.vllm}`" if metric.vllm else "")


def _descendants(kind: type[Any]) -> set[type[Any]]:
    return {each for child in kind.__subclasses__() for each in {child} | _descendants(child)}


def _shared(schemas: Json) -> dict[str, Any]:
    first, *others = (schemas[name]["properties"] for name in SHARED_BY)
    return {name: value for name, value in first.items() if all(name in other for other in others)}


def _type(value: Json) -> str:
    """JSON Schema in words; null, which means that a field is absent, is left out."""
    if "$ref" in value:
        return f"a `{value['$ref'].rpartition('/')[2]}`"
    if "anyOf" in value:
        return " or ".join(_type(choice) for choice in value["anyOf"] if choice.get("type") != "null")
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    if "enum" in value:
        return ", ".join(f"`{_plain(choice)}`" for choice in value["enum"] if choice is not None)
    kinds = value.get("type", "any")
    if kinds == "null":
        return "null"
    kind = next(name for name in ([kinds] if isinstance(kinds, str) else kinds) if name != "null")
    if "prefixItems" in value:
        return f"[{', '.join(map(_type, value['prefixItems']))}]"
    if kind == "array":
        return f"list of: {_type(value.get('items', {}))}"
    if kind == "object" and "properties" in value:
        return "object with " + ", ".join(f"`{name}`" for name in value["properties"])
    return kind + _range(value)


def _range(value: Json) -> str:
    if abs(value.get("minimum", 0)) > 2**53 or value.get("maximum", 0) > 2**53:
        return ""
    parts = [
        f" {word} {value[name]}"
        for name, word in (("exclusiveMinimum", "above"), ("minimum", "from"), ("maximum", "to"))
        if name in value
    ]
    return "".join(parts)


def _document() -> Json:
    from app.api.openapi.document import make_document

    return make_document("")


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, tuple | list) else str(value)


def _head(*titles: str) -> Iterator[str]:
    yield _row(*titles)
    yield "|" + "---|" * len(titles)


def _row(*cells: str) -> str:
    return "| " + " | ".join(re.sub(r"\s*\n\s*", " ", cell).replace("|", "\\|") for cell in cells) + " |"


PARTS: Mapping[str, Callable[..., Iterable[str]]] = {
    "settings": settings,
    "cli": cli,
    "routes": routes,
    "fields": fields,
    "errors": errors,
    "codes": codes,
    "metrics": metrics,
}

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
