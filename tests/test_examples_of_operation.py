"""The examples for service managers and clusters, and the audit of packages."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from app.settings import ROOT, SETTINGS, Settings

UNIT = ROOT / "examples" / "systemd" / "elbarto.service"
MANIFESTS = ROOT / "examples" / "kubernetes" / "elbarto.yaml"
VARIABLES = {info.variable for info in SETTINGS.values()}


@pytest.mark.process
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    """With programs and folders that are here."""
    unit = tmp_path / UNIT.name
    text = UNIT.read_text().replace("/opt/elbarto/.venv/bin/python", sys.executable)
    unit.write_text(text.replace("WorkingDirectory=/opt/elbarto", "WorkingDirectory=/"))

    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_tries_again_after_a_start_that_failed() -> None:
    """Status 2 may be a hub that could not be reached when the machine started."""
    assert "Restart=on-failure" in UNIT.read_text()
    assert "RestartPreventExitStatus" not in UNIT.read_text()


def test_the_unit_waits_for_running_requests() -> None:
    seconds = int(re.findall(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)[0])

    assert seconds > Settings().shutdown_s + 5


def manifest(kind: str) -> Any:
    (found,) = [part for part in yaml.safe_load_all(MANIFESTS.read_text()) if part["kind"] == kind]
    return found


def test_the_pod_asks_the_management_port_and_has_no_rights() -> None:
    pod = manifest("Deployment")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    environ = {variable["name"]: variable.get("value") for variable in container["env"]}

    probes = [container[f"{name}Probe"]["httpGet"] for name in ("startup", "readiness", "liveness")]
    assert probes == [{"path": path, "port": "management"} for path in ("/health", "/ready", "/health")]
    assert ports == {"http": Settings().port, "management": int(environ["ELBARTO_MANAGEMENT_PORT"])}
    assert environ["ELBARTO_MANAGEMENT_HOST"] == "0.0.0.0", "the kubelet is not on this machine's loopback"
    assert environ.keys() <= VARIABLES
    assert pod["enableServiceLinks"] is False, "ELBARTO_PORT=tcp://... is no setting"
    assert pod["terminationGracePeriodSeconds"] > Settings().shutdown_s + 5
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_service_leads_to_the_pod_and_not_to_its_management_port() -> None:
    deployment, service = manifest("Deployment")["spec"], manifest("Service")["spec"]

    assert service["selector"] == deployment["selector"]["matchLabels"] == deployment["template"]["metadata"]["labels"]
    assert [port["targetPort"] for port in service["ports"]] == ["http"]


def test_compose_takes_away_what_the_server_does_not_need() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["elbarto"]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.fixture
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CLEAN = {"name": "flask", "version": "3.1.3", "vulns": []}
UNKNOWN = {"name": "torch", "version": "2.13.0", "skip_reason": "Dependency not found on PyPI"}
FAULTY = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.6"]}]}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([CLEAN, UNKNOWN], 0, "audit: 1 packages, 0 known vulnerabilities, no data on 1\n"),
        ([UNKNOWN], 0, "audit skipped: there is no data on any of 1 packages here\n"),
        ([CLEAN, FAULTY], 1, "jinja2 2.0: PYSEC-1, fixed in 3.1.6\naudit: 2 packages, 1 known vulnerabilities\n"),
    ],
)
def test_the_audit_tells_clean_from_unknown(
    audit: ModuleType,
    packages: list[Any],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = subprocess.CompletedProcess([], 1, json.dumps({"dependencies": packages}), "")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: answer)

    assert audit.main(["requirements.txt"]) == code
    assert capsys.readouterr().out == said


def test_an_audit_without_a_connection_is_skipped_with_a_line(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "ERROR: no connection to pypi.org\n")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: failed)

    assert audit.main(["requirements.txt"]) == 0
    assert capsys.readouterr().out == "audit skipped: ERROR: no connection to pypi.org\n"
