"""Hostile answers: what a program can do to other programs and to the machine."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.evaluation import sandbox as sandbox_module
from app.evaluation.sandbox import EVERYTHING, Sandbox
from tests.waiting import wait_until

FINE = "def f():\n    return 1\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def isolated(sandbox: Sandbox) -> Sandbox:
    if sandbox.kept_from != EVERYTHING:
        pytest.skip("this system does not let programs be isolated")
    return sandbox


def run(sandbox: Sandbox, code: str, seconds: float = 10.0) -> tuple[str, str]:
    return sandbox.run({"harness": "test", "code": code, "data": {"test": "assert f() == 1"}}, seconds)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("while True:\n    pass", "timeout"),
        ("import time\ntime.sleep(60)", "timeout"),
        ("import signal, time\nsignal.pthread_sigmask(signal.SIG_SETMASK, range(1, 65))\ntime.sleep(60)", "timeout"),
        ("x = [0] * 10**12", "MemoryError"),
        ("x = []\nwhile True:\n    x.append(bytearray(2**28))", "MemoryError"),
        ("open('f', 'wb').write(bytes(2 << 20))", "OSError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("import os\nos._exit(0)", "died"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "died"),
        ("class E(Exception):\n    def __str__(self):\n        raise E\nraise E", "E"),
        ("import ctypes\nctypes.string_at(0)", "died"),
        ("input()", "EOFError"),
    ],
)
def test_it_ends_and_the_next_program_runs(code: str, verdict: str, sandbox: Sandbox) -> None:
    assert run(sandbox, code, seconds=3 if verdict == "timeout" else 30)[0] == verdict
    assert run(sandbox, FINE) == ("passed", "")


def test_too_much_computing_is_a_timeout(sandbox: Sandbox) -> None:
    job = {"harness": "test", "code": "while True:\n    pass", "data": {"test": ""}, "cpu_seconds": 1}

    assert sandbox.run(job, 30)[0] == "timeout"


def test_a_process_that_the_answer_forks_has_no_say(sandbox: Sandbox) -> None:
    code = "import os, time\nif os.fork():\n    time.sleep(0.5)\n    raise KeyError\n" + FINE

    assert run(sandbox, code)[0] == "KeyError"


def test_what_a_program_says_is_not_a_verdict(sandbox: Sandbox) -> None:
    assert run(sandbox, "import os\nos.write(1, b'\"passed\"\\n')\nprint('passed', flush=True)\nf = int")[0] != "passed"


def test_a_fork_bomb_stays_small_and_leaves_nothing(isolated: Sandbox) -> None:
    mark = "fork-bomb-of-a-test"
    code = f"""
import os, time
num = 0
try:
    while num < 1000:
        if os.fork() == 0:
            os.setsid()
            os.execv("/bin/sh", ["{mark}", "-c", "sleep 50; sleep 51"])
        num += 1
except OSError:
    pass
raise KeyError(num)
"""
    verdict, message = run(isolated, code)

    assert verdict == "KeyError"
    assert 0 < int(message) < 100
    wait_until(lambda: mark not in subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True).stdout)
    assert run(isolated, FINE) == ("passed", "")


def test_a_fork_bomb_that_never_ends_does(isolated: Sandbox) -> None:
    code = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n"
    started = time.monotonic()

    assert run(isolated, code, seconds=2)[0] == "timeout"
    assert time.monotonic() - started < 20
    assert run(isolated, FINE) == ("passed", "")


def test_it_writes_to_its_folder_only(isolated: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    tmp_path.chmod(0o777)
    writes = f"""
import os
for change in (
    lambda: open({str(tmp_path / "new")!r}, "w"),
    lambda: os.remove({str(tmp_path / "kept")!r}),
    lambda: os.chmod({str(tmp_path / "kept")!r}, 0),
    lambda: open("/proc/1/root" + {str(tmp_path / "new")!r}, "w"),
    lambda: open("/etc/new", "w"),
    lambda: os.mkdir("../beside"),
):
    try:
        change()
    except OSError:
        continue
    raise KeyError("written")
open("here", "w").write("written")
"""
    assert run(isolated, writes + FINE) == ("passed", "")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert run(isolated, "import os\nassert os.listdir('.') == []\n" + FINE) == ("passed", "")


def test_a_full_folder_is_the_programs_own_problem(isolated: Sandbox) -> None:
    job = {"harness": "test", "data": {"test": "assert f() == 1"}, "file_bytes": 1 << 40}
    code = "file = open('f', 'wb')\nwhile True:\n    file.write(bytes(1 << 24))\n"

    assert isolated.run({**job, "code": code})[0] == "OSError"
    assert run(isolated, "open('f', 'w').write('room again')\n" + FINE) == ("passed", "")


def test_it_reaches_no_network(isolated: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        call = f"import socket\nsocket.create_connection({server.getsockname()!r}, 1)\n"
        bare = "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)\n"

        assert run(isolated, call)[0] == "OSError"
        assert run(isolated, bare)[0] == "OSError"


@pytest.mark.parametrize("target", ["1", "os.getppid()", "-1"])
def test_it_cannot_end_the_process_that_judges_it(target: str, isolated: Sandbox) -> None:
    code = f"import os\ntry:\n    os.kill({target}, 9)\nexcept OSError:\n    pass\n"

    assert run(isolated, code + FINE)[0] == "passed"


def test_it_does_not_become_root_again(isolated: Sandbox) -> None:
    code = """
import ctypes, os
libc = ctypes.CDLL(None)
MS_REMOUNT = 32
assert libc.mount(b"none", b"/", None, ctypes.c_ulong(MS_REMOUNT), None) == -1
assert libc.umount(b"/proc") == -1
assert libc.unshare(0x00020000) == -1  # CLONE_NEWNS
"""
    assert run(isolated, code + FINE) == ("passed", "")


def test_it_knows_nothing_of_this_process(isolated: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import glob, os\nassert len(glob.glob('/proc/[0-9]*')) <= 2\nassert 'KEY' not in str(os.environ)\n"
    monkeypatch.setenv("ELBARTO_API_KEY", "sk-KEY")

    with Sandbox() as sandbox:
        assert run(sandbox, code + FINE) == ("passed", "")


def test_it_is_ended_from_another_thread() -> None:
    with Sandbox() as sandbox:
        assert run(sandbox, FINE) == ("passed", "")
        timer = threading.Timer(0.5, sandbox.kill)
        timer.start()

        assert run(sandbox, "import time\ntime.sleep(60)", seconds=60)[0] == "died"
        assert run(sandbox, FINE) == ("passed", "")


def test_a_python_that_is_not_there_is_an_error() -> None:
    with Sandbox("/nowhere/python") as sandbox, pytest.raises(OSError, match=r"ended while it started|No such file"):
        run(sandbox, FINE)


def test_where_there_are_no_namespaces_only_the_limits_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_module, "namespaces", lambda: ())

    with Sandbox() as sandbox:
        assert sandbox.kept_from == frozenset()
        assert run(sandbox, FINE) == ("passed", "")
        assert run(sandbox, "while True:\n    pass", seconds=0.5)[0] == "timeout"
        assert run(sandbox, "x = [0] * 10**12")[0] == "MemoryError"
        assert run(sandbox, FINE) == ("passed", "")
