"""Real Python files to train on: the standard library and a fixed list of permissively licensed packages that the
requirements bring. The same versions give the same files in the same order; `manifest.json` says which versions.

    python -m training.data.corpus            # what there is, and where it differs from the manifest
    python -m training.data.corpus --write    # write the manifest anew
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import sys
from collections import Counter
from functools import cache
from typing import Literal

from training.data.manifest import Entry, differences, entry_of, read_manifest, write_manifest
from training.data.sources import SOURCES, Source, SourceFile, read_source

Split = Literal["train", "held_out", "held_out_package"]
HELD_OUT_PACKAGE = "click"  # plain Python with enough text, and no other listed package holds a copy of it
HELD_OUT_PERCENT = 5
NEAR_DUPLICATE = 0.6  # share of a file's telling lines that one earlier file also has
TELLING_CHARS = 16  # shorter lines are alike everywhere
COMMON_LINE = 20  # a line in that many files says nothing about a copy

logger = logging.getLogger(__name__)


def load_corpus(split: Split) -> list[SourceFile]:
    """The cleaned files of one split, no two alike in all of them. The first call reads everything (some seconds) and
    logs a warning for each package that is not as the manifest has it."""
    files = _checked_files()
    return [file for file in files if split_of(file) == split]


def split_of(file: SourceFile) -> Split:
    """By the path alone, so that a file stays where it is from version to version."""
    if file.package == HELD_OUT_PACKAGE:
        return "held_out_package"
    digest = hashlib.sha256(f"split/{file.package}/{file.path}".encode()).digest()
    return "held_out" if int.from_bytes(digest[:4], "big") % 100 < HELD_OUT_PERCENT else "train"


def without_duplicates(files: list[SourceFile]) -> list[SourceFile]:
    """Held-out files go first: what training must not see drops its copies there, not the other way round."""
    seen: set[str] = set()
    kept: dict[int, SourceFile] = {}
    index = _LineIndex()
    for number in sorted(range(len(files)), key=lambda number: split_of(files[number]) == "train"):
        text = files[number].text
        normal = " ".join(text.split())
        if normal in seen or index.share_of_nearest(text) > NEAR_DUPLICATE:
            continue
        seen.add(normal)
        index.add(text)
        kept[number] = files[number]
    return [kept[number] for number in sorted(kept)]


class _LineIndex:
    """Which of the files added so far have a given line."""

    def __init__(self) -> None:
        self.num_files = 0
        self.holders: dict[str, list[int]] = {}

    def add(self, text: str) -> None:
        for line in _telling_lines(text):
            self.holders.setdefault(line, []).append(self.num_files)
        self.num_files += 1

    def share_of_nearest(self, text: str) -> float:
        lines = _telling_lines(text)
        common: Counter[int] = Counter()
        for line in lines:
            holders = self.holders.get(line)
            if holders and len(holders) <= COMMON_LINE:
                for number in holders:
                    common[number] += 1
        return max(common.values(), default=0) / max(1, len(lines))


def _telling_lines(text: str) -> set[str]:
    return {line for line in map(str.strip, text.splitlines()) if len(line) >= TELLING_CHARS}


@cache
def _selected() -> tuple[tuple[Source, tuple[SourceFile, ...]], ...]:
    return tuple((source, tuple(read_source(source))) for source in SOURCES)


@cache
def _kept_files() -> tuple[SourceFile, ...]:
    return tuple(without_duplicates([file for _, files in _selected() for file in files]))


@cache
def _checked_files() -> tuple[SourceFile, ...]:
    for line in differences(installed_entries(), read_manifest()):
        logger.warning("training data differs from training/data/manifest.json: %s", line)
    return _kept_files()


def installed_entries() -> dict[str, Entry]:
    """What this environment has of each package, with duplicates, so that an entry depends on its package alone."""
    return {source.name: entry_of(source, files) for source, files in _selected()}


def table() -> str:
    """One line per package; `used` counts what is left without duplicates."""
    used = Counter(file.package for file in _kept_files())
    lines = [f"{'package':<18} {'version':<12} {'files':>5} {'used':>5} {'KB':>6}  licence"]
    for name, entry in installed_entries().items():
        size = f"{entry.bytes / 1000:6.0f}"
        lines.append(f"{name:<18} {entry.version:<12} {entry.files:>5} {used[name]:>5} {size}  {entry.licence}")
    for split in ("train", "held_out", "held_out_package"):
        files = [file for file in _kept_files() if split_of(file) == split]
        lines.append(f"{split}: {len(files)} files, {sum(len(file.text) for file in files) / 1e6:.2f} MB")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write manifest.json from this environment")
    if parser.parse_args().write:
        write_manifest(installed_entries())
    print(table())
    differing = differences(installed_entries(), read_manifest())
    for line in differing:
        print(f"differs: {line}")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
