"""Files of API keys."""

from __future__ import annotations

import os
import subprocess
from hashlib import sha256
from pathlib import Path
from shutil import which

import pytest

from app.errors import ConfigError
from app.keys import Keys, read_keys


def line(name: str, key: str) -> str:
    return f"{name}:{sha256(key.encode()).hexdigest()}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def write(file: Path, text: str) -> None:
    """With another time of change, however coarse the file system's are."""
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text)
    os.utime(file, ns=(before + 10**9, before + 10**9))


def test_keys_have_names(file: Path) -> None:
    write(
        file,
        "# of the office\n\n" + line("alice", "a-key") + line("b.o_b-2", "b-key").upper().replace("B.O_B", "b.o_b"),
    )
    keys = Keys("own", file)

    assert [keys.name_of(key) for key in ("a-key", "b-key", "own")] == ["alice", "b.o_b-2", "default"]
    assert [keys.name_of(key) for key in ("", "A-key", "alice", sha256(b"a-key").hexdigest())] == [None] * 4
    assert keys.are_required


def test_without_keys_none_is_right() -> None:
    assert not Keys().are_required
    assert Keys().name_of("") is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "has no API key"),
        ("# none\n", "has no API key"),
        ("alice\n", "line 1: must be name:hash"),
        ("\n" + line("two words", "k"), "line 2: must be name:hash"),
        ("alice:" + "a" * 63, "line 1: must be name:hash"),
        ("alice:secret-key", "line 1: must be name:hash"),
        (line("alice", "a").rstrip() + ":x=1", "line 1: must be name:hash"),
        (line("a", "1") + line("a", "2"), "line 2: this name is there already"),
        (line("a", "1") + line("b", "1"), "line 2: this key is there already"),
        (line("default", "1"), "line 1: the name default is that of ELBARTO_API_KEY"),
        ("\udcff", "cannot be read: it is not UTF-8"),
    ],
)
def test_wrong_files(file: Path, text: str, complaint: str) -> None:
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError) as raised:
        read_keys(file)
    assert complaint in str(raised.value)
    assert str(file) in str(raised.value)
    assert "secret-key" not in str(raised.value).replace(str(file), "")


def test_a_file_that_is_not_there(file: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        Keys(None, file)


def test_a_changed_file_counts_at_once_and_a_wrong_one_not(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(file, line("alice", "old"))
    keys = Keys(None, file)
    assert keys.name_of("old") == "alice"

    write(file, line("alice", "new"))
    assert (keys.name_of("old"), keys.name_of("new")) == (None, "alice")

    write(file, line("alice", "newer") + "oops\n")
    for _ in range(3):
        assert (keys.name_of("new"), keys.name_of("newer")) == ("alice", None)
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "the old ones remain" in record.getMessage()
    assert f"{file}, line 2: must be" in record.getMessage()

    file.unlink()
    assert keys.name_of("new") == "alice"
    write(file, line("alice", "newest"))
    assert keys.name_of("newest") == "alice"


@pytest.mark.process
@pytest.mark.skipif(not (which("openssl") and which("sha256sum")), reason="needs openssl and sha256sum")
def test_the_command_in_the_docs(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "operations.md").read_text()
    command = page.partition("```bash\n")[2].partition("```")[0].strip()
    printed = [
        subprocess.run(["bash", "-c", command.replace("alice", name)], cwd=tmp_path, capture_output=True, text=True)
        for name in ("alice", "bob")
    ]
    keys = Keys(None, tmp_path / "keys")
    assert [keys.name_of(each.stdout.strip()) for each in printed] == ["alice", "bob"]
