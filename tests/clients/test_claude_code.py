"""Claude Code, without a terminal, against a model that calls one of its tools. It is not installed by `make test`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from tests.doubles.app import close_client, make_client
from tests.doubles.engine import FakeEngine, says
from tests.servers import PATIENCE_S

CLAUDE = shutil.which("claude")
CONTEXT = 400_000  # tokens; a token of the test's tokenizer is a byte


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    """First it writes a file, then it says so."""
    arguments = {"file_path": str(tmp_path / "work" / "made.txt"), "content": "from the model\n"}
    call = {"name": "Write", "arguments": arguments}
    return FakeEngine(says(f"I write it.\n<tool_call>\n{json.dumps(call)}\n</tool_call>", "All done."))


@pytest.fixture
def url(engine: FakeEngine) -> Iterator[str]:
    client = make_client(engine, info={"max_model_len": CONTEXT})
    server = make_server("127.0.0.1", 0, client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    close_client(client)


def test_claude_code_uses_its_tools(url: str, engine: FakeEngine, tmp_path: Path) -> None:
    if CLAUDE is None:
        pytest.skip("needs claude: `npm install -g @anthropic-ai/claude-code`")
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    home.mkdir()
    variables = {
        **{name: os.environ[name] for name in ("PATH", "NO_PROXY")},
        "HOME": str(home),
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_AUTH_TOKEN": "none",
        "ANTHROPIC_MODEL": "fake-model",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }
    command = [CLAUDE, "-p", "Make the file.", "--permission-mode", "acceptEdits", "--output-format", "json"]

    done = subprocess.run(
        command,
        cwd=work,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["result"] == "All done."
    assert (work / "made.txt").read_text(encoding="utf-8") == "from the model\n"
    assert len(engine.added) >= 2
