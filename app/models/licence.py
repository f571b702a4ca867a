"""What a checkpoint's folder says of its licence. Needs no torch."""

from __future__ import annotations

import re
from pathlib import Path

from app.errors import CheckpointError
from app.models.files import check_file

README = "README.md"
FRONT_MATTER = re.compile(r"---\n(.*?\n)---", re.DOTALL)
FIELD = re.compile(r"""^(license(?:_name)?): *["']?([^"'\n]{1,100}?)["']? *$""", re.MULTILINE)
MAX_CHARACTERS = 20_000


def read_licence(directory: Path) -> str | None:
    """From the model card's front matter, else the first words of a licence file; None: neither says."""
    card = FRONT_MATTER.match(_beginning(directory / README))
    fields = dict(FIELD.findall(card[1])) if card else {}
    named = fields.get("license_name") if fields.get("license") in (None, "other") else fields["license"]
    if named or fields.get("license"):
        return named or fields["license"]
    for path in sorted(directory.glob("LICEN[CS]E*")):
        lines = (line.strip("# \t") for line in _beginning(path).splitlines())
        title = next((line for line in lines if line.isprintable() and line), None)
        if title:
            return f"{title[:60]} ({path.name})"
    return None


def _beginning(path: Path) -> str:
    """Empty for a file that is not there, or not the checkpoint's own."""
    try:
        check_file(path)
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(MAX_CHARACTERS)
    except (OSError, CheckpointError):
        return ""
