"""Replaces `python -m app serve` when the language server starts it: the fake server, on the given port."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.settings import load_settings
from tests.lsp.fake_server import FakeServer

if __name__ == "__main__":
    arguments = sys.argv[1:]
    assert arguments[:3] == ["-m", "app", "serve"], arguments
    given = dict(zip(arguments[3::2], arguments[4::2], strict=True))
    if os.environ.get("FAKE_APP_FAILS"):
        sys.exit("ModuleNotFoundError: No module named 'torch'")
    load_settings()  # which refuses variables that the server does not know
    assert given["--host"] == "127.0.0.1"
    assert given["--model-path"] == ""
    server = FakeServer(port=int(given["--port"]), api_key=os.environ["ELBARTO_API_KEY"], answers={"return ": "a + b"})
    server.start()
    time.sleep(600)
