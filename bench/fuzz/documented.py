"""schemathesis: cases that it makes from the OpenAPI document, and its checks of the answers."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.fuzz.report import Tally, Verdict

PROGRAM = Path(sys.executable).parent / "schemathesis"
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance"),
    *("response_schema_conformance", "unsupported_method", "allow_header_conformance", "negative_data_rejection"),
)
OPERATIONS = 22  # that take a body or a parameter: others have a case or two
COVERAGE = 5000  # about as many values at, inside and outside each limit of each field
SHOWN = 3000  # characters of its report


def fuzz(url: str, number: int, seed: int, tally: Tally) -> None:
    """About as many cases."""
    phases, left = ("coverage,fuzzing", number - COVERAGE) if number >= COVERAGE else ("fuzzing", number)
    with tempfile.TemporaryDirectory() as folder:
        cases = Path(folder) / "cases.har"
        command = [
            *(str(PROGRAM), "run", f"{url}/openapi.json", "--checks", ",".join(CHECKS), "--phases", phases),
            *("--max-examples", str(max(1, left // OPERATIONS)), "--seed", str(seed), "--continue-on-failure"),
            *("--request-timeout", "30", "--suppress-health-check", "all", "--warnings", "off", "--no-color"),
            *("--report", "har", "--report-har-path", str(cases)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        with suppress(OSError, ValueError):  # there is no whole report if it was ended, which its status says
            count(json.loads(cases.read_text(encoding="utf-8")), tally)
    if done.returncode != 0:
        at = max(0, done.stdout.find("= FAILURES ="))
        tally.add(
            "documented",
            Verdict("fault", "schemathesis found faults"),
            done.stdout[at : at + SHOWN] + done.stderr[-SHOWN:],
        )


def count(archive: Any, tally: Tally) -> None:
    for entry in archive["log"]["entries"]:
        tally.add("documented", Verdict(str(entry["response"]["status"])))
