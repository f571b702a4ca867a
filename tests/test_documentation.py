"""The pages agree with the code and with each other: generated tables, links, paths, configurations."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from app.settings import ROOT

DOCS = ROOT / "docs"
PAGES = [
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "bench/README.md", "training/README.md")
    ),
    *sorted(DOCS.rglob("*.md")),
]
SOURCES = {".py", ".lua", ".ts", ".mjs", ".js", ".txt", ".sh", ".toml", ".md"}
# Files that builds and tests leave in the tree.
SKIPPED = {"node_modules", "installed", "run", "dist", "server", "site", "results", "runs", "__pycache__"}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_generated_tables_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    stale = [path.name for path in generate.REFERENCE.glob("*.md") if generate.generated(path) != read(path)]
    assert stale == [], "run python docs/generate.py"


@pytest.mark.filterwarnings("default")  # mkdocs' own
def test_the_site_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In strict mode all links, anchors and pages of the navigation exist. The pages load nothing from other hosts."""
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    build = pytest.importorskip("mkdocs.commands.build", reason="needs requirements-docs.txt")
    config = pytest.importorskip("mkdocs.config").load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path))
    build.build(config)

    front = read(tmp_path / "index.html")
    assert re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//[^"]*"', front) == []


def test_the_readme_is_short() -> None:
    lines = read(ROOT / "README.md").splitlines()
    assert len(lines) <= 150
    assert [line for line in lines if len(line) > 120] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^(```|~~~).*?^\1$", "", read(page), flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def source_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED]
        yield from (Path(folder) / name for name in names if Path(name).suffix in SOURCES)


def test_pages_named_in_the_sources_exist() -> None:
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in source_files()
        if path.name not in ("CHANGELOG.md", "LOG.md")
        for name in re.findall(r"\bdocs/[\w/.-]+\.md\b", read(path))
        if not (ROOT / name).exists()
    }
    assert missing == set()


def test_the_tests_of_faults_exist() -> None:
    page = read(ROOT / "docs" / "develop" / "faults.md")
    names = re.findall(r"`((?:\w+/)*test_\w+\.py)(?:::(test_\w+\*?))?`", page)
    assert len(names) > 100
    for file, function in names:
        source = read(ROOT / "tests" / file)
        assert re.search(rf"def {function.replace('*', '.*')}\(" if function else "def test_", source), (file, function)


def test_the_index_has_every_decision() -> None:
    index = read(DOCS / "decisions" / "README.md")
    names = sorted(path.name for path in (DOCS / "decisions").glob("[0-9]*.md"))
    assert re.findall(r"\| (\d+) \| \[", index) == [str(int(name[:4])) for name in names]
    assert [name for name in names if f"({name})" not in index] == []


def test_the_guide_to_continue_shows_the_example() -> None:
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", read(DOCS / "guides" / "continue.md"), re.DOTALL | re.MULTILINE)
    assert yaml.safe_load(block) == yaml.safe_load(read(ROOT / "examples" / "continue-config.yaml"))
