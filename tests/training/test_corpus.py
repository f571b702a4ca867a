"""The real code in the training data: its sources, that it is deterministic, and what is held out."""

import importlib.metadata
import itertools
import logging
import platform
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from training.data import corpus, manifest, sources
from training.data.corpus import HELD_OUT_PACKAGE, load_corpus, split_of, without_duplicates
from training.data.licences import LicenceNotAllowed
from training.data.sources import SOURCES, STDLIB, Source, SourceFile, SourceMissing, cleaned, read_source

ROOT = Path(__file__).parents[2]
SPLITS = ("train", "held_out", "held_out_package")
LONG_TEXT = "".join(f"value_{number} = compute_number({number})\n" for number in range(20))


@pytest.fixture(scope="module")
def files():
    return {split: load_corpus(split) for split in SPLITS}


def install(folder, name, metadata, contents):
    """Create a distribution as pip installs it; `contents` are its files by path."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{metadata}\n")
    for path, content in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content.encode("latin-1"))
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in contents))


def test_every_split_has_text_and_no_file_is_in_two(files):
    places = {split: {(file.package, file.path) for file in files[split]} for split in SPLITS}
    texts = {split: {file.text for file in files[split]} for split in SPLITS}
    for one, other in itertools.combinations(SPLITS, 2):
        assert not places[one] & places[other]
        assert not texts[one] & texts[other]
    assert len(files["train"]) > 1000
    share = len(files["held_out"]) / (len(files["train"]) + len(files["held_out"]))
    assert 0.03 < share < 0.07


def test_the_held_out_package_is_nowhere_else(files):
    assert {file.package for file in files["held_out_package"]} == {HELD_OUT_PACKAGE}
    assert sum(len(file.text) for file in files["held_out_package"]) > 100_000
    lines = {line for file in files["held_out_package"] for line in file.text.split("\n") if len(line) > 60}
    for file in files["train"]:
        assert file.package != HELD_OUT_PACKAGE
        assert not file.path.startswith(f"{HELD_OUT_PACKAGE}/")
        assert sum(line in lines for line in file.text.split("\n")) < 20, file.path


def test_files_are_clean(files):
    for file in itertools.chain.from_iterable(files.values()):
        head = file.text[:2000]
        assert not head.startswith("#"), file.path
        assert not re.search(r"^# .*(Licensed under|All rights reserved|Copyright)", file.text, re.MULTILINE), file.path
        assert "General Public Licen" not in file.text
        assert not {"test", "tests", "_vendor", "site-packages", "idlelib"} & set(file.path.split("/")[:-1]), file.path


def test_reading_again_gives_the_same_bytes_in_the_same_order():
    source = Source("werkzeug")
    once, again = list(read_source(source)), list(read_source(source))
    assert once == again
    assert [file.path for file in once] == sorted(file.path for file in once)
    assert manifest.entry_of(source, once) == manifest.entry_of(source, again)


def test_listed_packages_come_with_the_requirements():
    wanted = [
        Requirement(line)
        for name in ("requirements.txt", "requirements-dev.txt", "requirements-lsp.txt")
        for line in (ROOT / name).read_text().splitlines()
        if line and line[0] not in "#-"
    ]
    reached = set()
    while wanted:
        name = wanted.pop().name
        if canonicalize_name(name) in reached:
            continue
        reached.add(canonicalize_name(name))
        needed = map(Requirement, importlib.metadata.requires(name) or [])
        wanted += [item for item in needed if item.marker is None or item.marker.evaluate({"extra": ""})]
    assert {canonicalize_name(source.name) for source in SOURCES if source.name != STDLIB} <= reached


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_manifest_describes_what_is_installed(source):
    expected, found = manifest.read_manifest()[source.name], corpus.installed_entries()[source.name]
    python = manifest.read_manifest()[STDLIB].version
    if platform.python_version_tuple()[:2] != tuple(python.split(".")[:2]):
        pytest.skip(f"the manifest was written by Python {python}: another grammar takes other files")
    if found.version != expected.version:
        pytest.skip(f"{source.name} {found.version} is installed, the manifest has {expected.version}")
    assert found == expected


def test_manifest_names_listed_packages_only():
    assert list(manifest.read_manifest()) == [source.name for source in SOURCES]


def test_another_version_is_reported(monkeypatch, caplog):
    entry = manifest.Entry("1.0", "MIT", 1, 10, "abc")
    monkeypatch.setattr(corpus, "installed_entries", lambda: {"one": entry, "two": entry})
    newer, changed = manifest.Entry("2.0", "MIT", 1, 10, "abc"), manifest.Entry("1.0", "MIT", 1, 10, "def")
    monkeypatch.setattr(corpus, "read_manifest", lambda: {"one": newer, "two": changed})
    with caplog.at_level(logging.WARNING):
        corpus._checked_files.__wrapped__()
    assert "one is 1.0, the manifest has 2.0" in caplog.text
    assert "two 1.0 has other contents (sha256" in caplog.text


def test_manifest_survives_writing_and_reading(tmp_path):
    entries = {"one": manifest.Entry("1.0", "MIT", 1, 10, "abc")}
    manifest.write_manifest(entries, tmp_path / "manifest.json")
    assert manifest.read_manifest(tmp_path / "manifest.json") == entries


def test_only_permitted_files_are_taken(tmp_path, monkeypatch):
    contents = {
        "fine/b.py": "# Copyright me\nb = 1\n",
        "fine/a.py": "a = 1\n",
        "fine/tests/c.py": "c = 1\n",
        "fine/test_c.py": "c = 1\n",
        "fine/_vendor/other/d.py": "d = 1\n",
        "fine/gpl.py": "# GNU General Public License\ne = 1\n",
        "fine/broken.py": "def (:\n",
        "fine/latin.py": "f = '\xe9'\n",
        "fine/huge.py": "g = 1\n" * 30_000,
        "fine/only.py": "# nothing\n",
        "fine/data.txt": "h = 1\n",
    }
    install(tmp_path, "fine", "License-Expression: MIT", contents)
    monkeypatch.syspath_prepend(tmp_path)
    assert list(read_source(Source("fine"))) == [
        SourceFile("fine", "fine/a.py", "a = 1\n"),
        SourceFile("fine", "fine/b.py", "b = 1\n"),
    ]
    assert list(read_source(Source("fine", share=0.0))) == []
    assert [file.path for file in read_source(Source("fine", without=frozenset({"a.py"})))] == ["fine/b.py"]


def test_other_licences_and_missing_packages_are_errors(tmp_path, monkeypatch):
    install(tmp_path, "copyleft", "License-Expression: MPL-2.0 AND MIT", {"copyleft.py": "a = 1\n"})
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(LicenceNotAllowed, match=r"copyleft: MPL-2\.0 AND MIT"):
        list(read_source(Source("copyleft")))
    with pytest.raises(SourceMissing, match=r"not-there is missing: pip install -r requirements\.txt"):
        list(read_source(Source("not-there")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#!/usr/bin/python\n# Copyright A\n\nimport os\n", "import os\n"),
        ('# MIT licence\n"""What it does."""\nx = 1\n', '"""What it does."""\nx = 1\n'),
        ('"""Short.\n\nCopyright A.\n"""\nx = 1\n', '"""Short."""\nx = 1\n'),
        ('"""Copyright A."""\nx = 1\n', "x = 1\n"),
        ('r"""First.\n\n' + "line\n" * 9 + '"""\nx = 1\n', 'r"""First."""\nx = 1\n'),
        ("import os\n# Licensed under\n# such terms\nx = 1\n", "import os\nx = 1\n"),
        ("x = f()  # type: ignore[misc]\ny = 1  # noqa: E501\n", "x = f()\ny = 1\n"),
        ("import os\n# a remark\nx = 1\n", "import os\n# a remark\nx = 1\n"),
    ],
)
def test_cleaning(text, expected):
    assert cleaned(text) == expected


def test_a_training_file_that_is_held_out_elsewhere_is_dropped():
    paths = [f"{number}.py" for number in range(200)]
    held_out = next(path for path in paths if split_of(SourceFile("p", path, "")) == "held_out")
    train = [path for path in paths if split_of(SourceFile("p", path, "")) == "train"]
    unlike = LONG_TEXT.replace("compute_number", "something_else")
    given = [
        SourceFile("p", train[0], LONG_TEXT.replace("\n", "\n\n")),
        SourceFile("p", train[1], LONG_TEXT.replace("compute_number(1)", "another_number(1)")),
        SourceFile("p", train[2], unlike),
        SourceFile("p", held_out, LONG_TEXT),
    ]
    assert without_duplicates(given) == given[2:]


def test_a_file_stays_in_its_split_whatever_its_text():
    assert {split_of(SourceFile("p", "a.py", f"x = {number}\n")) for number in range(200)} == {"train"}


def test_build_products_are_not_taken(files):
    taken = {file.path for file in itertools.chain.from_iterable(files.values()) if file.package == STDLIB}
    assert "textwrap.py" in taken
    assert not [path for path in taken if "_sysconfigdata" in path or path.startswith("config-")]
    assert sources.version_of(Source("torch")) == importlib.metadata.version("torch").partition("+")[0]
