"""The dashboard, the alerts and the scrape configuration of examples/ name metrics and labels that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.errors import ApiError
from app.serving.metric_table import Distribution, exposed
from app.settings import ROOT

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


def names_in(expression: str) -> set[str]:
    return set(re.findall(r"\b(?:elbarto:|process_)\w+|\bup\b", expression))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions_use_metrics_and_labels_that_exist(expression: str) -> None:
    known = series()
    names = names_in(expression)
    assert names
    assert names <= set(known)
    for name, selector in re.findall(r"([\w:]+)\{([^}]*)\}", expression):
        assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector)) <= known[name]
    for grouping in re.findall(r"by \(([^)]*)\)", expression):
        assert all(set(re.split(r",\s*", grouping)) <= known[name] for name in names)


def test_every_metric_is_on_the_dashboard() -> None:
    """What nobody sees is not worth counting."""
    shown = set().union(*(names_in(target["expr"]) for _, target in TARGETS))
    found = {name.removesuffix("_bucket") for name in shown}

    assert set(exposed()) - found == {"elbarto:slots_held", "elbarto:build_info"}


@pytest.mark.parametrize(("panel", "target"), TARGETS, ids=lambda part: part.get("title") or part.get("refId"))
def test_legends_name_labels_that_are_left(panel: dict[str, Any], target: dict[str, Any]) -> None:
    wanted = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
    grouped = set().union(*(re.split(r",\s*", each) for each in re.findall(r"by \(([^)]*)\)", target["expr"])))
    labels = set().union(*(series()[name] for name in names_in(target["expr"])))

    assert wanted <= (grouped if "sum" in target["expr"] else labels)
    assert panel["datasource"] == target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


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
