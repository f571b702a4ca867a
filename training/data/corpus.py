"""Real Python files to train on: the standard library and a fixed list of permissively licensed packages from the
requirements. The same versions give the same files in the same order; `manifest.json` lists the versions.

    python -m training.data.corpus            # list the packages, and differences from the manifest
    python -m training.data.corpus --write    # rewrite the manifest
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
HELD_OUT_PACKAGE = "click"  # plain Python with enough text, of which no other listed package contains a copy
HELD_OUT_PERCENT = 5
NEAR_DUPLICATE = 0.6  # share of a file's distinctive lines that one earlier file also has
TELLING_CHARS = 16  # shorter lines occur everywhere
COMMON_LINE = 20  # a line in that many files is no evidence of a copy

logger = logging.getLogger(__name__)


def load_corpus(split: Split) -> list[SourceFile]:
    """The cleaned files of one split, without duplicates in any split. The first call reads everything (some seconds)
    and logs a warning for each package that differs from the manifest."""
    files = _checked_files()
    return [file for file in files if split_of(file) == split]


def split_of(file: SourceFile) -> Split:
    """The split of a path. It depends on the path alone, so that a file keeps its split in other versions."""
    if file.package == HELD_OUT_PACKAGE:
        return "held_out_package"
    digest = hashlib.sha256(f"split/{file.package}/{file.path}".encode()).digest()
    return "held_out" if int.from_bytes(digest[:4], "big") % 100 < HELD_OUT_PERCENT else "train"


def without_duplicates(files: list[SourceFile]) -> list[SourceFile]:
    """Held-out files come first, so that copies of them are dropped from the training split, not vice versa."""
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
    """The files, of those added so far, that contain a given line."""

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
    """An entry per installed package. Duplicates are counted, so that an entry depends on its package alone."""
    return {source.name: entry_of(source, files) for source, files in _selected()}


def table() -> str:
    """A table with one line per package; `used` counts files without duplicates."""
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
