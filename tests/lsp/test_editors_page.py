"""docs/editors.md names tests; they are there."""

from __future__ import annotations

import re

from tests.lsp.raw import ROOT


def test_every_complaint_has_its_test() -> None:
    text = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    table = text[text.index("## Known complaints") :]
    rows = [line for line in table.splitlines() if re.match(r"\| [\w.-]+/[\w.-]+#\d+", line)]
    assert len(rows) == 26
    sources = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "lsp").glob("test_*.py")}
    everything = "\n".join(sources.values())
    for row in rows:
        names = re.findall(r"(?:(test_\w+\.py)(?:::(test_\w+))?|\b(test_\w+))", row)
        assert names or "the same two tests" in row, row
        for file, function, alone in names:
            source = sources[file] if file else everything
            if function or alone:
                assert f"def {function or alone}(" in source, (row, function or alone)
        for case in re.findall(r"\[([^\]]+)\]`", row):
            assert f'"{case}":' in sources["test_postprocess.py"], case
