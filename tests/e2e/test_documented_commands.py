"""The commands of PAGES, and the programs of examples/, run against the embedded model."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.servers import PATIENCE_S, Server, environment

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted((DOCS / "start").glob("*.md")), DOCS / "guides" / "watching.md"]
PAGES += [DOCS / "reference" / f"{name}.md" for name in ("responses", "messages", "ollama")]
BLOCK = re.compile(r"^(```|~~~)console\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
# Commands that a test cannot run, by their beginning.
SKIPPED = {
    "git clone": "needs the repository's address",
    "make serve": "installs packages and serves until it is stopped; tests/e2e start the same server",
    "elbarto serve": "serves until it is stopped; tests/e2e start the same server",
    ".venv/bin/python -m app serve": "serves until it is stopped; tests/e2e start the same server",
    "pipx install": "installs packages",
    "python3 -m venv": "makes the .venv that this test may run in",
    ".venv/bin/pip install": "installs packages",
    "./setup-spark.sh": "sets up a DGX Spark; tests/test_packaging.py runs it with stand-ins",
    "docker compose": "needs Docker and a GPU",
}
# What differs from run to run, or with what is in the prefix cache, or with the number of drafts that pay here.
COUNTERS = r"(?:cached_tokens|prefill_\w+|denoise_forwards|tpf)"
VOLATILE = re.compile(
    r'("(?:id|request_id)": ?)"[^"]*"'
    rf'|("(?:created|\w+_ms|{COUNTERS}|seed)": ?)[\d.]+'
    rf"|(\b{COUNTERS} +)[\d.]+"
    r"|([\"'](?:tried|accepted)[\"']: ?)\d+"
)


@dataclass(frozen=True)
class Command:
    page: str
    text: str
    shown: str

    @property
    def is_skipped(self) -> bool:
        return self.text.startswith(tuple(SKIPPED))


def commands() -> list[Command]:
    return [
        Command(str(page.relative_to(ROOT)), *parts)
        for page in PAGES
        for _, block in BLOCK.findall(page.read_text(encoding="utf-8"))
        for parts in split(block)
    ]


def split(block: str) -> list[tuple[str, str]]:
    """Each command of a block, which begins at "$ " and may go over several lines, and the output shown after it."""
    found: list[tuple[str, str]] = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        num = next(num for num in range(1, len(lines) + 1) if is_whole("\n".join(lines[:num])))
        found.append(("\n".join(lines[:num]), "\n".join(lines[num:])))
    return found


def is_whole(command: str) -> bool:
    """Whether every quote is closed and no line continues."""
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return not command.endswith(("\\", "|"))


def pattern(shown: str) -> str:
    """The output as a page shows it, with "…" for anything and without what differs from run to run."""
    return ".*?".join(re.escape(part.strip()) for part in stable(shown).split("…"))


def stable(text: str) -> str:
    return VOLATILE.sub(lambda match: f"{match[match.lastindex or 0]}*", text)


def run(command: str, url: str) -> subprocess.CompletedProcess[str]:
    command = command.replace("http://127.0.0.1:8000", url).replace(".venv/bin/python", shlex.quote(sys.executable))
    variables = environment(ELBARTO_MODEL_PATH="", OPENAI_BASE_URL=f"{url}/v1", NO_COLOR="1")
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def test_every_page_has_commands_and_every_skip_is_used() -> None:
    found = commands()

    assert {command.page for command in found} == {str(page.relative_to(ROOT)) for page in PAGES}
    assert [begin for begin in SKIPPED if not any(command.text.startswith(begin) for command in found)] == []
    assert sum(not command.is_skipped for command in found) >= 10


@pytest.mark.parametrize(
    "command",
    [command for command in commands() if not command.is_skipped],
    ids=lambda command: f"{command.page}: {command.text[:40]}",
)
def test_a_command_says_what_the_page_shows(embedded: Server, command: Command) -> None:
    done = run(command.text, embedded.url)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    if command.shown:
        assert re.fullmatch(pattern(command.shown), stable(done.stdout).strip(), re.DOTALL), done.stdout


def test_the_readmes_first_answer(embedded: Server) -> None:
    """It is in a separate block below the command, because it contains a fence."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^~~~text\n(.*?)^~~~$", readme, re.DOTALL | re.MULTILINE)
    (command,) = [each for each in commands() if each.page == "README.md" and "chat/completions" in each.text]

    assert run(command.text, embedded.url).stdout == shown


@pytest.mark.parametrize("program", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name)
def test_an_example_runs(embedded: Server, program: Path) -> None:
    done = run(f".venv/bin/python -m examples.{program.stem}", embedded.url)

    assert done.returncode == 0, done.stderr
    assert "def " in done.stdout


def test_every_example_is_tried() -> None:
    """Programs run here; tests/test_documentation.py reads the rest. Folders have tests of their own."""
    files = [path.name for path in (ROOT / "examples").iterdir() if path.is_file() and path.suffix != ".py"]
    assert files == ["continue-config.yaml"]
