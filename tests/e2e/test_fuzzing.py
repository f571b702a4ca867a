"""schemathesis sends requests that /openapi.json allows and forbids: no 5xx, no undocumented answer."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Server, running

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "negative_data_rejection",
)
TWINS = ("/beta/completions", "/v1/beta/completions", "/v1/fim/completions", "/completion", "/v1/health")
# Short texts: what is looked for is in what a request says, not in how long its answer is.
SMALL = {
    "ELBARTO_MODEL_PATH": "",
    "ELBARTO_MAX_MODEL_LEN": "64",
    "ELBARTO_GEN_LENGTH": "4",
    "ELBARTO_STEPS": "1",
    "ELBARTO_INFILL_MAX_TOKENS": "2",
    "ELBARTO_MAX_SEQUENCES": "8",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("fuzzing") / "log", **SMALL) as server:
        server.wait_until_ready()
        yield server
        server.stop()


def run(server: Server, *options: str) -> None:
    command = [
        *(str(SCHEMATHESIS), "run", f"{server.url}/openapi.json", "--checks", ",".join(CHECKS), *options),
        *("--generation-deterministic", "--request-timeout", "30"),
        *("--warnings", "off", "--no-color"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=server.log.parent)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr


def test_the_limits_of_every_field(small: Server) -> None:
    """Values at, inside and outside each limit; once for routes with the same body."""
    run(small, "--phases", "coverage", *(f"--exclude-path={path}" for path in TWINS))


def test_what_comes_to_a_fuzzer(small: Server) -> None:
    run(small, "--phases", "fuzzing", "--max-examples", "6")
