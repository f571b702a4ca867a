"""A real language server over its pipes: messages that are spoiled, and bytes that frame none."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import ROOT
from bench.fuzz.mutation import cut, flipped
from bench.fuzz.report import Tally, Verdict
from tests.lsp.fuzz import TEXT, FuzzClient, fuzz
from tests.lsp.raw import environment

MESSAGES = 2500  # to one process
KNOWN_URI = "file:///tmp/known.py"
BODY = b'{"jsonrpc": "2.0", "id": "broken", "method": "shutdown?", "params": {"a": [1, 2]}}'
MAX_CLAIMED = 4000  # bytes of a body that a header may promise and not send
HEADERS = (
    *(
        b"Content-Length: x",
        b"Content-Length: -5",
        b"Content-Length: +5",
        b"Content-Length:",
        b"Content-Length",
        b"Content-Length: 5 5",
    ),
    *(
        b"Content-Length: 99999999999",
        b"Content-Length: 0x10",
        b"Content-Length: \xd9\xa1",
        b"ContentLength: 5",
        b": 5",
        b"\x00\x01\x02",
    ),
    *(
        b"Content-Type: \xff\xfe",
        b"a" * 70_000,
        b"X: " + b"y" * 70_000,
        b"GET / HTTP/1.1",
        b"{}",
        b"\r\r\r",
        b"\xef\xbb\xbf",
        b"no colon",
    ),
    *(
        b"Content-Length: 5",
        b"Content-Length: 0",
        b"content-length :  7  ",
        b"Content-Length: %d" % MAX_CLAIMED,
        b"Content-Length: 00012",
    ),
)
ENDS = (b"\r\n", b"\n", b"\r\n \r\n")


def fuzz_messages(url: str, number: int, seed: int, tally: Tally) -> None:
    """Well framed messages, spoiled inside: each request is answered once."""
    for begin in range(0, number, MESSAGES):
        part, part_seed = min(MESSAGES, number - begin), seed + begin
        again = f"python -m bench.fuzz --only messages --requests {part} --seed {part_seed}"
        with language_server(url, tally, "messages", again) as client:
            fuzz(client, part, part_seed)
            _check_service(client)
            for code, count in client.codes.items():
                tally.add("messages", Verdict(str(code)), count=count)
            tally.add("messages", Verdict("no answer due"), count=max(0, part - client.codes.total()))


def fuzz_framing(url: str, number: int, seed: int, tally: Tally) -> None:
    """After bytes that frame no message, or another than they should, the next good message is answered."""
    last = b""
    for begin in range(0, number, MESSAGES):
        with language_server(url, tally, "framing", lambda: repr(last[:4096])) as client:  # noqa: B023
            for index in range(begin, min(number, begin + MESSAGES)):
                last = broken_frame(random.Random(f"{seed}/framing/{index}"))
                assert client.process.stdin is not None
                client.process.stdin.write(last)
                client.command("status")
                tally.add("framing", Verdict("served"))
            _check_service(client)


def broken_frame(chance: random.Random) -> bytes:
    """Ends with more line ends than it may have promised bytes: whatever the server still waits for has come."""
    headers = [chance.choice(HEADERS) for _ in range(chance.choice((1, 1, 2, 3)))]
    body = chance.choice(
        (lambda: BODY, lambda: cut(BODY, chance), lambda: flipped(BODY, chance), lambda: BODY + BODY)
    )()
    if chance.random() < 0.3:
        headers.append(b"Content-Length: %d" % max(0, len(body) + chance.choice((0, -1, 1, -20, 20, 300))))
    if chance.random() < 0.1:
        body = body.decode("latin-1").encode("utf-16")
    end = chance.choice(ENDS)
    return end.join([*headers, end]) + body + b"\n" * (MAX_CLAIMED + 2)


def _check_service(client: FuzzClient) -> None:
    """A request as an editor sends it."""
    client.open(TEXT, KNOWN_URI)
    answer = client.answer(client.ask(1, 11, uri=KNOWN_URI))
    assert "error" not in answer, answer


@contextmanager
def language_server(url: str, tally: Tally, kind: str, reproduction: str | Callable[[], str]) -> Iterator[FuzzClient]:
    """`python -m lsp`. It has to end with status 0, and without a traceback in its log."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-m", "lsp", "--server", url]
        with log.open("wb") as output:
            process = subprocess.Popen(
                *(command,), cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output
            )
        fault = ""
        try:
            client = FuzzClient(process)
            client.initialize()
            yield client
            if status := client.stop():
                fault = f"the process has ended with {status}"
        except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
            fault = f"{type(error).__name__}: {str(error)[:600]}"
        finally:
            process.kill()
            process.wait()
        lines = log.read_text(errors="replace")
        if "Traceback" in lines:
            fault = fault or "a traceback in the log: " + lines[lines.index("Traceback") :][:3000]
        if fault:
            tally.add(kind, Verdict("fault", fault), reproduction() if callable(reproduction) else reproduction)
