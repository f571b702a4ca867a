"""OpenAI's Codex, which speaks nothing but responses, without its interface: it needs `codex` on the PATH."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.api.sockets import listening
from tests.doubles.app import close_client, make_client
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import ByteTokenizer

CODEX = shutil.which("codex")
CALL = '<tool_call>\n{"name": "exec_command", "arguments": {"cmd": "echo $((6 * 7))"}}\n</tool_call>'
CONFIG = """
model = "any"
model_provider = "elbarto"
[model_providers.elbarto]
name = "El Barto Serve"
base_url = "http://%s/v1"
wire_api = "responses"
"""


@pytest.mark.skipif(CODEX is None, reason="needs codex: `npm install -g @openai/codex`")
def test_codex_runs_a_command_and_reports(tmp_path: Path) -> None:
    """The model is scripted: its first reply is a call, its second a text."""
    assert CODEX is not None
    engine = FakeEngine(says(CALL, "It says 42."))
    client = make_client(engine, info={"max_model_len": 1_000_000})
    with listening(client) as address:
        (tmp_path / "config.toml").write_text(CONFIG % address, encoding="utf-8")
        environ = {**os.environ, "CODEX_HOME": str(tmp_path), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        done = subprocess.run(
            [CODEX, "exec", "--skip-git-repo-check", "--sandbox", "danger-full-access", "How much is 6 times 7?"],
            cwd=tmp_path,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
    close_client(client)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "It says 42."
    _, last = [ByteTokenizer().decode(list(each.prompt_ids), False, False) for each in engine.added]
    assert re.search(r"<tool_response>\n.*\n42\s+</tool_response>", last, re.DOTALL)
