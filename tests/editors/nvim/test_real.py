"""A real Neovim with the real server and the embedded model."""

from __future__ import annotations

from pathlib import Path

from tests.editors.nvim import story
from tests.editors.nvim.conftest import set_up
from tests.editors.nvim.editor import running
from tests.servers import running as running_server


def test_a_sitting(nvim: str, tmp_path: Path) -> None:
    """Each step waits for its effect, and checks what else must hold."""
    with running_server(tmp_path / "log", ELBARTO_MODEL_PATH="") as server:
        server.wait_until_ready()
        with running(nvim, tmp_path, ELBARTO_LSP_SERVER_URL=server.url) as editor:
            set_up(editor, story.OPTIONS)
            told = story.Story(editor)
            story.tell(told, tmp_path, server)
            status = editor.lua(story.STATUS)
        assert (status["model"], status["server"]) == ("elbarto-mini", server.url)
        server.stop()
    assert "a suggestion: `" in "".join(told.parts)
