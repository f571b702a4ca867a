"""The dashboard, the alerts and the scrape configuration of examples/ name metrics and labels that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from app.errors import ApiError
from app.serving.metric_table import Distribution, exposed
from app.serving.metrics import Metrics
from app.settings import ROOT
from tests.scraping import Scrape

DASHBOARD = json.loads((ROOT / "examples" / "grafana" / "dashboard.json").read_text(encoding="utf-8"))
PROMETHEUS = ROOT / "examples" / "prometheus"
RULES = yaml.safe_load((PROMETHEUS / "elbarto.rules.yml").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
TARGETS = [(panel, target) for panel in PANELS for target in panel["targets"]]
EXPRESSIONS = [target["expr"] for _, target in TARGETS] + [alert["expr"] for alert in ALERTS]
# Of the client library and of Prometheus itself.
OTHERS = {
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "process_open_fds",
    "process_start_time_seconds",
}
TARGET_LABELS = {"instance", "job"}


def series() -> dict[str, set[str]]:
    """What may be queried, with its labels."""
    known = dict.fromkeys((*OTHERS, "up"), TARGET_LABELS)
    for name, metric in exposed().items():
        labels = TARGET_LABELS | set(metric.labels)
        if isinstance(metric, Distribution):
            known |= {f"{name}_bucket": {*labels, "le"}, f"{name}_sum": labels, f"{name}_count": labels}
        else:
            known[name] = labels
    return known


@dataclass
class Query:
    """What an expression reads and groups by, as PromQL's own parser sees it."""

    labels: dict[str, set[str]] = field(default_factory=dict)  # that are selected by, of each metric
    groups: set[str] = field(default_factory=set)

    def visit(self, part: promql_parser.Expr) -> None:
        if isinstance(part, promql_parser.MatrixSelector):
            part = part.vector_selector
        if isinstance(part, promql_parser.VectorSelector):
            self.labels.setdefault(part.name, set()).update(each.name for each in part.matchers.matchers)
        elif isinstance(part, promql_parser.AggregateExpr) and part.modifier is not None:
            self.groups.update(part.modifier.labels)


def query(expression: str) -> Query:
    """Raises ValueError for what is no PromQL, or has a wrong type, such as a rate of an instant vector."""
    found = Query()
    promql_parser.walk(promql_parser.parse(expression.replace("$__rate_interval", "1m")), found.visit)
    return found


def names_in(expression: str) -> set[str]:
    return set(query(expression).labels)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions_use_metrics_and_labels_that_exist(expression: str) -> None:
    known, used = series(), query(expression)

    assert used.labels
    for name, labels in used.labels.items():
        assert labels | used.groups <= known[name]


def test_what_is_not_of_this_server_is_exposed_too() -> None:
    scraped = Scrape(Metrics().exposition("")[0].decode())

    assert scraped.names >= OTHERS


def test_every_metric_is_on_the_dashboard() -> None:
    """What nobody sees is not worth counting."""
    shown = set().union(*(names_in(target["expr"]) for _, target in TARGETS))
    found = {name.removesuffix("_bucket") for name in shown}

    assert set(exposed()) - found == {"elbarto:slots_held", "elbarto:build_info"}


@pytest.mark.parametrize(("panel", "target"), TARGETS, ids=lambda part: part.get("title") or part.get("refId"))
def test_legends_name_labels_that_are_left(panel: dict[str, Any], target: dict[str, Any]) -> None:
    wanted = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
    used = query(target["expr"])
    labels = set().union(*(series()[name] for name in used.labels))

    assert wanted <= (used.groups if "sum" in target["expr"] else labels)
    assert panel["datasource"] == target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_the_dashboard_follows_grafana_s_schema() -> None:
    """In Grafana's own model of a dashboard each field has its type, and none is unknown."""
    register_default_plugins()
    dashboard = Dashboard.from_json(DASHBOARD)

    assert list(wrong_types(dashboard)) == []
    assert list(lost(DASHBOARD, json.loads(json.dumps(dashboard, cls=JSONEncoder)))) == []


@pytest.mark.parametrize(
    ("change", "complaints"),
    [
        ({"titel": "x"}, ["titel"]),
        ({"version": "1"}, ["Dashboard.version is '1'"]),
        ({"tags": ["a", 1]}, ["Dashboard.tags is ['a', 1]"]),
        ({"graphTooltip": 7}, ["Dashboard.graph_tooltip is 7"]),
        ({"time": {"from": "now-1h", "until": "now"}}, ["time.until"]),
    ],
)
def test_a_dashboard_that_does_not_is_found(change: dict[str, Any], complaints: list[str]) -> None:
    dashboard = Dashboard.from_json(DASHBOARD | change)
    written = json.loads(json.dumps(dashboard, cls=JSONEncoder))

    assert [*wrong_types(dashboard), *lost(DASHBOARD | change, written)] == complaints


def wrong_types(model: Any) -> Iterator[str]:
    """The classes of the model have annotations, which they do not check."""
    for name, expected in typing.get_type_hints(type(model)).items():
        value = getattr(model, name)
        if not _is_a(value, expected):
            yield f"{type(model).__name__}.{name} is {value!r}"
        for each in value if isinstance(value, list) else [value]:
            if hasattr(each, "to_json") and not isinstance(each, Enum):
                yield from wrong_types(each)


def _is_a(value: Any, expected: Any) -> bool:
    origin, parts = typing.get_origin(expected), typing.get_args(expected)
    if origin is typing.Union:
        return any(_is_a(value, part) for part in parts)
    if origin is typing.Literal:
        return value in parts
    if origin is list:
        return isinstance(value, list) and all(_is_a(each, parts[0]) for each in value)
    if isinstance(expected, type) and issubclass(expected, Enum):  # read as its plain value
        return value in [each.value for each in expected]
    if expected in (object, Any):
        return True
    if expected is float:
        return type(value) in (int, float)
    return type(value) is expected if expected in (int, bool, str) else isinstance(value, origin or expected)


def lost(given: Any, written: Any, path: str = "") -> Iterator[str]:
    """Fields that the model does not know, or has changed. It may add defaults."""
    if isinstance(given, dict) and isinstance(written, dict):
        for name, value in given.items():
            inner = f"{path}.{name}".removeprefix(".")
            yield from lost(value, written[name], inner) if name in written else [inner]
    elif isinstance(given, list) and isinstance(written, list) and len(given) == len(written):
        for number, (one, other) in enumerate(zip(given, written, strict=True)):
            yield from lost(one, other, f"{path}[{number}]")
    elif given != written:
        yield f"{path}: {given!r}, not {written!r}"


def test_panels_lie_side_by_side() -> None:
    """Grafana draws panels over each other otherwise. Their ids differ, too."""
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]

    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23
    assert len(ids) == len(set(ids))


def test_alerts_on_codes_that_exist() -> None:
    codes = {kind.code for kind in _descendants(ApiError)} | {"internal_error"}
    for alert in ALERTS:
        for pattern in re.findall(r'code=~"([^"]*)"', alert["expr"]):
            assert set(pattern.split("|")) <= codes
        assert alert["labels"]["severity"] in ("warning", "critical")
        assert "$labels.instance" in alert["annotations"]["summary"]


def test_prometheus_loads_the_rules() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))

    assert [(PROMETHEUS / name).is_file() for name in config["rule_files"]] == [True]
    assert [job["job_name"] for job in config["scrape_configs"]] == ["elbarto"]  # as in the alerts' selectors


@pytest.mark.process
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool, a part of Prometheus, is not installed")
def test_promtool_takes_all_of_it(tmp_path: Path) -> None:
    checked = subprocess.run(["promtool", "check", "config", PROMETHEUS / "prometheus.yml"], capture_output=True)
    assert checked.returncode == 0, checked.stderr
    plain = [re.sub(r"\$__rate_interval", "1m", target["expr"]) for _, target in TARGETS]
    rules = [{"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(plain)]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    checked = subprocess.run(["promtool", "check", "rules", file], capture_output=True)
    assert checked.returncode == 0, checked.stderr


def _descendants(kind: type[ApiError]) -> set[type[ApiError]]:
    return {each for child in kind.__subclasses__() for each in {child} | _descendants(child)}
