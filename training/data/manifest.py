"""The contents of the corpus when the manifest was last written: one entry per package."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from training.data.sources import Source, SourceFile, licence_of_source, version_of

MANIFEST = Path(__file__).with_name("manifest.json")


@dataclass(frozen=True)
class Entry:
    """`bytes` and `sha256` cover the cleaned texts in the order of their paths."""

    version: str
    licence: str
    files: int
    bytes: int
    sha256: str


def entry_of(source: Source, files: Sequence[SourceFile]) -> Entry:
    digest = hashlib.sha256()
    num_bytes = 0
    for file in sorted(files, key=lambda file: file.path):
        content = file.text.encode()
        digest.update(f"{file.path}\0{len(content)}\0".encode() + content)
        num_bytes += len(content)
    return Entry(version_of(source), licence_of_source(source), len(files), num_bytes, digest.hexdigest())


def differences(found: dict[str, Entry], expected: dict[str, Entry]) -> list[str]:
    """One line per package that differs from the expected entry."""
    lines = []
    for name in sorted(found.keys() | expected.keys()):
        ours, theirs = found.get(name), expected.get(name)
        if ours is None or theirs is None:
            lines.append(f"{name} is only in the {'manifest' if ours is None else 'list of sources'}")
        elif ours.version != theirs.version:
            lines.append(f"{name} is {ours.version}, the manifest has {theirs.version}")
        elif ours != theirs:
            fields = [key for key, value in asdict(ours).items() if value != asdict(theirs)[key]]
            lines.append(
                f"{name} {ours.version} has other contents ({', '.join(fields)}; Python {platform.python_version()})"
            )
    return lines


def read_manifest(path: Path = MANIFEST) -> dict[str, Entry]:
    return {name: Entry(**entry) for name, entry in json.loads(path.read_text("utf-8")).items()}


def write_manifest(entries: dict[str, Entry], path: Path = MANIFEST) -> None:
    content = {name: asdict(entry) for name, entry in entries.items()}
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
