"""Known vulnerabilities of pinned packages: python .ci/audit.py requirements.txt ...

Exit code 1 if there are some. Where PyPI's data cannot be had, one line says so, and the exit code is 0: pip-audit
itself would say of every package that it was not found, and that all is well.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TIMEOUT_S = 300


def main(files: list[str]) -> int:
    try:
        packages = audit(files)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        print(f"audit skipped: {error}")
        return 0
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        print(f"audit skipped: there is no data on any of {len(packages)} packages here")
        return 0
    found = [(package, fault) for package in known for fault in package["vulns"]]
    for package, fault in found:
        fixed = ", ".join(fault["fix_versions"]) or "none"
        print(f"{package['name']} {package['version']}: {fault['id']}, fixed in {fixed}")
    unknown = f", no data on {len(packages) - len(known)}" if len(known) < len(packages) else ""
    print(f"audit: {len(known)} packages, {len(found)} known vulnerabilities{unknown}")
    return 1 if found else 0


def audit(files: list[str]) -> list[dict[str, Any]]:
    """pip-audit's report. Raises ValueError if it has none."""
    command = [str(Path(sys.executable).with_name("pip-audit")), "--format", "json", "--no-deps", "--disable-pip"]
    for file in files:
        command += ["--requirement", file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise ValueError(lines[-1][:300]) from None
    return packages


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
