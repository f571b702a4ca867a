"""A real, headless Neovim (0.12 or newer), driven by keys."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.editors.nvim.editor import find_nvim
from tests.lsp.raw import PATIENCE_S, ROOT, environment

GHOST = "nvim.lsp.inline_completion"
CONFIG = """
vim.o.swapfile = false
vim.o.shadafile = 'NONE'
vim.o.expandtab = true
vim.o.shiftwidth = 4
_G.statuses, _G.messages = {}, {}
vim.lsp.config('elbarto', {
  cmd = { %(python)r, '-m', 'lsp' },
  cmd_cwd = %(root)r,
  filetypes = { 'python' },
  init_options = { settings = { serverUrl = %(url)r }, clientFeatures = { 'status' } },
  handlers = {
    ['elbarto/status'] = function(_, params) table.insert(_G.statuses, params.state) end,
    ['window/showMessage'] = function(_, params) table.insert(_G.messages, params.message) end,
  },
})
vim.lsp.enable('elbarto')
vim.lsp.inline_completion.enable()
vim.keymap.set('i', '<Tab>', function()
  if not vim.lsp.inline_completion.get() then return '<Tab>' end
end, { expr = true })
vim.keymap.set('i', '<M-]>', function() vim.lsp.inline_completion.select() end)
vim.keymap.set('i', '<M-l>', function()
  vim.lsp.inline_completion.get({ on_accept = function(item)
    local line = vim.split(item.insert_text, '\\n')[1]
    vim.api.nvim_paste(line, false, 0)
  end })
end)
"""


def find_neovim() -> str:
    """The editor; skips the test if no recent one is installed."""
    command, reason = find_nvim((0, 12))
    if command is None:
        pytest.skip(reason)
    return command


class Neovim:
    """One editor with one window."""

    def __init__(self, nvim: Any) -> None:
        self.nvim = nvim

    def keys(self, keys: str, each_ms: int = 0) -> None:
        """Type the keys, all at once or with a pause between them."""
        if not each_ms:
            self.nvim.input(keys)
            return
        for key in keys:
            self.nvim.input(key)
            time.sleep(each_ms / 1000)

    def lua(self, code: str, *arguments: Any) -> Any:
        return self.nvim.exec_lua(code, *arguments)

    def edit(self, path: Path, text: str) -> None:
        path.write_text(text, newline="")
        self.nvim.command(f"edit! {path}")
        self.wait_for(lambda: self.lua("return #vim.lsp.get_clients({ bufnr = 0 }) > 0"))
        self.wait_for(lambda: self.lua("return vim.lsp.get_clients({ bufnr = 0 })[1].initialized"))
        # Before that it has no suggestions, and Neovim requests again only after a key.
        self.wait_for(lambda: (self.command("status") or {}).get("state") in ("ready", "busy"))

    def lines(self) -> list[str]:
        return list(self.nvim.current.buffer[:])

    def ghost(self) -> list[str] | None:
        """The lines of virtual text at the cursor."""
        for mark in self.lua(
            "local found = {} for name, id in pairs(vim.api.nvim_get_namespaces()) do "
            "if name:find('inline_completion') then vim.list_extend(found, "
            "vim.api.nvim_buf_get_extmarks(0, id, 0, -1, { details = true })) end end return found"
        ):
            details = mark[3]
            first = "".join(part[0] for part in details.get("virt_text", ()))
            return [first, *("".join(part[0] for part in line) for line in details.get("virt_lines", ()))]
        return None

    def settled_ghost(self) -> list[str] | None:
        """Ghost text that stays the same for a while: after cursor movements Neovim hides it and requests it again."""
        ghost = self.ghost()
        time.sleep(0.5)
        return ghost if ghost == self.ghost() else None

    def wait_for(self, condition: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, (self.lines(), self.ghost(), self.lua("return _G.messages"))
            time.sleep(0.02)
        return value

    def wait_for_ghost(self, *lines: str) -> None:
        self.wait_for(lambda: self.ghost() == list(lines))

    def command(self, name: str, **argument: Any) -> Any:
        """Run a command of the language server as a plugin would; returns its result."""
        return self.lua(
            "local name, argument = ... "
            "local client = vim.lsp.get_clients({ bufnr = 0 })[1] "
            "argument.uri = vim.uri_from_bufnr(0) "
            "local answer = client:request_sync('workspace/executeCommand', "
            "{ command = 'elbarto.ls.' .. name, arguments = { argument } }, 60000) "
            "return answer and answer.result",
            name,
            argument,
        )


@contextmanager
def running(url: str, config: str = CONFIG, **variables: str) -> Iterator[Neovim]:
    """An editor with a plain `vim.lsp.config`, without plugins and without the user's settings."""
    import pynvim

    command = find_neovim()
    lua = config % {"python": sys.executable, "root": str(ROOT), "url": url}
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment(**variables))
    try:
        nvim = pynvim.attach("child", argv=[command, "--embed", "--headless", "--clean", "-n"])
    finally:
        os.environ.clear()
        os.environ.update(before)
    try:
        nvim.exec_lua(lua)
        yield Neovim(nvim)
    finally:
        with suppress(OSError, EOFError, pynvim.NvimError):
            nvim.command("qall!")
        nvim.close()
