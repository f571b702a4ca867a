"""The commands of pages, and what the pages show as their output.

A command begins at "$ " in a block of `console`. Its output is the lines below it or, if the block ends there, a block
of `text` directly below.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.outputs import is_shown, merged
from tests.servers import PATIENCE_S, environment

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# In this order they are renewed: "First request" is asked first, with an empty prefix cache.
PAGES = [*sorted((DOCS / "start").glob("*.md")), ROOT / "README.md", DOCS / "guides" / "watching.md"]
PAGES += [
    DOCS / "reference" / f"{name}.md" for name in ("chat", "completions", "infill", "messages", "ollama", "responses")
]
PAGES += [DOCS / "structured.md"]
BLOCK = re.compile(r"^(```|~~~)console\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
OUTPUT_BELOW = re.compile(r"(\n\n(```|~~~)text\n)(.*?)^\2$", re.DOTALL | re.MULTILINE)
# Commands that cannot be run here, by their beginning.
SKIPPED = {
    "git clone": "needs the repository's address",
    "make serve": "installs packages and serves until it is stopped; tests/e2e start the same server",
    "elbarto serve": "serves until it is stopped; tests/e2e start the same server",
    ".venv/bin/python -m app serve": "serves until it is stopped; tests/e2e start the same server",
    "pipx install": "installs packages",
    "python3 -m venv": "makes the .venv that this may run in",
    ".venv/bin/pip install": "installs packages",
    "./setup-spark.sh": "sets up a DGX Spark; tests/test_packaging.py runs it with stand-ins",
    "docker compose": "needs Docker and a GPU",
}


@dataclass(frozen=True)
class Command:
    """`between` separates the command from its output, which may be empty, in the page's text."""

    text: str
    between: str
    shown: str

    @property
    def is_skipped(self) -> bool:
        return self.text.startswith(tuple(SKIPPED))


def renewed(page: str, url: str) -> str:
    """The page with the outputs of its commands from the server at `url`: unchanged if they are what it shows."""
    for command in commands(page):
        if command.is_skipped:
            continue
        printed = run(command.text, url)
        if command.shown and not is_shown(command.shown, printed):
            before = command.text + command.between
            page = page.replace(before + command.shown, before + merged(command.shown, printed), 1)
    return page


def commands(page: str) -> Iterator[Command]:
    for block in BLOCK.finditer(page):
        *others, (text, shown) = split(block[2]) or [("", "")]
        yield from (Command(command, "\n", output) for command, output in others)
        below = OUTPUT_BELOW.match(page, block.end())
        if below and text and not shown:
            yield Command(text, f"\n{block[1]}{below[1]}", below[3])
        elif text:
            yield Command(text, "\n", shown)


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


def run(command: str, url: str) -> str:
    """What a reader's command prints. Raises RuntimeError if it fails, or prints nothing."""
    command = command.replace("http://127.0.0.1:8000", url).replace(".venv/bin/python", shlex.quote(sys.executable))
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT,
        env=environment(ELBARTO_MODEL_PATH="", OPENAI_BASE_URL=f"{url}/v1", NO_COLOR="1"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(f"exit status {done.returncode} of: {command}\n{done.stdout}{done.stderr}")
    return done.stdout
