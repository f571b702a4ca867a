"""docs/guides/neovim.md works as written, and the tests named in docs/develop/complaints.md exist."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.lsp import fake_server, neovim
from tests.lsp.raw import ROOT

TESTS = ROOT / "tests" / "lsp"


def test_every_complaint_has_its_test() -> None:
    text = (ROOT / "docs" / "develop" / "complaints.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| \[[\w.-]+/[\w.-]+#\d+\]\(https://github.com/", line)]
    assert len(rows) == 27
    files = [*TESTS.glob("test_*.py"), ROOT / "tests" / "text" / "test_line_overlap.py"]
    sources = {path.name: path.read_text(encoding="utf-8") for path in files}
    everything = "\n".join(sources.values())
    for row in rows:
        names = re.findall(r"(?:(test_\w+\.py)(?:::(test_\w+))?|\b(test_\w+))", row)
        assert names, row
        for file, function, alone in names:
            source = sources[file] if file else everything
            if function or alone:
                assert f"def {function or alone}(" in source, (row, function or alone)
        for case in re.findall(r"\[([^\]`]+)\]`", row):
            assert any(
                f'"{name}":' in source for source in sources.values() for name in (case, case.rpartition("-")[0])
            ), case


def test_neovim_as_written(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "guides" / "neovim.md").read_text(encoding="utf-8")
    lua = re.findall(r"```lua\n(.*?)```", page, re.DOTALL)[0]
    lua = lua.replace("{ 'elbarto-lsp' }", f"{{ '{sys.executable}', '-m', 'lsp' }}, cmd_cwd = '{ROOT}'")
    assert str(ROOT) in lua
    with (
        fake_server.running(answers={"return ": "a + b"}) as fake,
        neovim.running(fake.url, lua, ELBARTO_LSP_SERVER_URL=fake.url) as editor,
    ):
        editor.edit(tmp_path / "a.py", "def add(a, b):\n\n")
        editor.keys("jAreturn ")
        editor.wait_for_ghost("a + b")
        editor.keys("<Tab>")
        editor.wait_for(lambda: editor.lines()[1] == "return a + b")
