"""A real Neovim, driven like by a user: keys go in, and the screen is looked at.

It runs as a child that embeds it, with a screen of its own and without anybody's configuration, and every call has a
time limit.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    import msgpack
except ModuleNotFoundError:  # the tests are skipped then
    msgpack = None

ROOT = Path(__file__).resolve().parents[3]
PLUGIN = ROOT / "editors" / "nvim"
INSTALLED = ROOT / ".venv-nvim" / "bin" / "nvim"  # by install.sh
COLUMNS, ROWS = 90, 24
# Not named as our settings are: the server refuses to start with one that it does not know.
NAMED = os.environ.get("TEST_NVIM")

SCREEN = """
vim.cmd.redraw()
local rows = {}
for row = 1, vim.o.lines do
  local cells = {}
  for column = 1, vim.o.columns do
    cells[column] = vim.fn.screenstring(row, column)
  end
  rows[row] = table.concat(cells):gsub('%s+$', '')
end
return rows
"""
GHOST = """
local namespace = vim.api.nvim_get_namespaces()[...]
if not namespace then return vim.NIL end
local mark = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })[1]
if not mark then return vim.NIL end
local function words(chunks)
  return vim.iter(chunks or {}):map(function(chunk) return chunk[1] end):join('')
end
local lines = { words(mark[4].virt_text) }
for _, line in ipairs(mark[4].virt_lines or {}) do table.insert(lines, words(line)) end
return table.concat(lines, '\\n')
"""


def find_nvim(least: tuple[int, int] = (0, 11)) -> tuple[str | None, str]:
    """The Neovim to test, or why there is none: the one that TEST_NVIM names, or the first that is new enough."""
    wanted = "{}.{}".format(*least)
    for path in (NAMED,) if NAMED else (shutil.which("nvim"), str(INSTALLED)):
        version = _version_of(path) if path else None
        if version and version >= least:
            return path, ""
        if NAMED:
            return None, f"TEST_NVIM must be a Neovim from {wanted}, and is {NAMED} ({version or 'cannot be run'})"
    return None, f"no Neovim {wanted} or newer here: install one with `make nvim`, or name it in TEST_NVIM"


def _version_of(path: str) -> tuple[int, int] | None:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return None
    found = re.match(r"NVIM v(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else None


class Editor:
    """One Neovim. A reader thread takes its answers; notifications (drawing) are dropped."""

    def __init__(self, nvim: str, home: Path, **environment: str) -> None:
        folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ELBARTO_", "NVIM"))}
        self.home = home
        self._answers: dict[int, tuple[Any, Any]] = {}
        self._arrived = threading.Condition()
        self._ids = itertools.count(1)
        self.process = subprocess.Popen(
            [nvim, "--clean", "-n", "--embed", "--headless"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=home,
            env={**kept, **folders, "NVIM_LOG_FILE": str(home / "nvim.log"), **environment},
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.call("nvim_ui_attach", COLUMNS, ROWS, {"rgb": True, "ext_linegrid": True})
        self.command("set shortmess+=I more nowrap noshowmode noruler laststatus=0")
        self.command(f"set runtimepath^={PLUGIN} | runtime plugin/elbarto.lua")

    def call(self, method: str, *arguments: Any, seconds: float = 20) -> Any:
        assert self.process.stdin is not None
        id = next(self._ids)
        self.process.stdin.write(msgpack.packb([0, id, method, arguments]))
        self.process.stdin.flush()
        with self._arrived:
            assert self._arrived.wait_for(lambda: id in self._answers, seconds), f"no answer to {method} {arguments}"
            error, result = self._answers.pop(id)
        assert error is None, error
        return result

    def command(self, text: str) -> str:
        return str(self.call("nvim_exec2", text, {"output": True})["output"])

    def lua(self, code: str, *arguments: Any) -> Any:
        return self.call("nvim_exec_lua", code, arguments)

    def keys(self, keys: str) -> None:
        """Type; `<Esc>` and the like are keys."""
        self.call("nvim_input", keys)

    def ex(self, text: str) -> None:
        """Type a command line."""
        self.keys(f":{text}<CR>")

    def open(self, path: Path, text: str) -> None:
        path.write_bytes(text.encode())
        self.command(f"edit {path}")

    @property
    def lines(self) -> list[str]:
        return list(self.call("nvim_buf_get_lines", 0, 0, -1, True))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def screen(self) -> list[str]:
        return list(self.lua(SCREEN))

    @property
    def ghost(self) -> str | None:
        """What is drawn of a suggestion, by the plugin."""
        text: str | None = self.lua(GHOST, "elbarto.ghost")
        return text

    @property
    def builtin_ghost(self) -> str | None:
        """The same, where Neovim itself draws it."""
        text: str | None = self.lua(GHOST, "nvim.lsp.inline_completion")
        return text

    @property
    def mode(self) -> str:
        return str(self.call("nvim_get_mode")["mode"])

    @property
    def messages(self) -> str:
        return self.command("messages")

    def wait(self, what: Callable[[], Any], seconds: float = 15) -> Any:
        """Until it is so, and then what it is."""
        deadline = time.monotonic() + seconds
        while not (value := what()):
            assert time.monotonic() < deadline, f"in vain:\n{self.describe()}"
            time.sleep(0.02)
        return value

    def shows_ghost(self, text: str, seconds: float = 15) -> None:
        self.wait(lambda: self.ghost == text, seconds)

    def has_text(self, text: str, seconds: float = 15) -> None:
        self.wait(lambda: self.text == text, seconds)

    def settle(self, seconds: float = 0.4) -> None:
        """Let happen what should not."""
        time.sleep(seconds)

    def describe(self) -> str:
        return "\n".join([*self.screen, "mode " + self.mode, "messages:", self.messages])

    def quit(self) -> None:
        with contextlib.suppress(AssertionError, OSError):
            self.call("nvim_input", "<C-\\><C-n>:qall!<CR>")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):
                stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        unpacker = msgpack.Unpacker(raw=False, strict_map_key=False, unicode_errors="replace", ext_hook=_handle)
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self.process.stdout.fileno(), 1 << 16):
                unpacker.feed(chunk)
                for message in unpacker:
                    if message[0] == 1:
                        with self._arrived:
                            self._answers[message[1]] = (message[2], message[3])
                            self._arrived.notify_all()


def _handle(kind: int, data: bytes) -> Any:
    """Buffers, windows and tab pages are numbers to us."""
    return msgpack.unpackb(data)


@contextmanager
def running(nvim: str, home: Path, **environment: str) -> Iterator[Editor]:
    editor = Editor(nvim, home, **environment)
    try:
        yield editor
    finally:
        editor.quit()
