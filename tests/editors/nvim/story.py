"""One session in a real Neovim with the real server and the embedded model, and a transcript of it.

    python -m tests.editors.nvim.story docs/transcripts/neovim.md

The test of the same name runs the same session, and checks the result of each step.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.editors.nvim.conftest import open_ready, set_up
from tests.editors.nvim.editor import Editor, find_nvim, running
from tests.servers import Server
from tests.servers import running as running_server

OPTIONS = """{
  keymaps = { accept = '<Tab>', accept_word = '<M-w>', next = '<M-]>' },
  statusline = { figures = false },
  settings = { parameters = { seed = 2 } },
}"""
STATUSLINE = "set laststatus=2 statusline=%t\\ %m%=%{%v:lua.require'elbarto'.statusline()%}"
LAST = "def last(items):\n"
HOLES = """def celsius_to_fahrenheit(celsius):
    return ...


def fahrenheit_to_celsius(fahrenheit):
    return ...
"""
LOOP = "def count_vowels(text):\n    count = 0\n    for ch in text:\n        count += 1\n    return count\n"
COMMENT = "# Write a Python function that reverses a string.\n"
STATUS = "return require('elbarto').status()"
MANY = 5  # holes: enough work to be still at it when it is cancelled
PATIENCE_S = 120  # the model computes on the processor, which others may use


class Story:
    """What was typed and seen, step by step, as text."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.parts: list[str] = []

    def open(self, path: Path, text: str) -> None:
        self.editor.command("mode")  # no message of an earlier step
        open_ready(self.editor, path, text)
        self._tell(f"`:edit {path.name}`")

    def type(self, keys: str, until: Callable[[], Any]) -> Any:
        """Keys, and what is seen once `until` is true."""
        self.editor.keys(keys)
        value = self.editor.wait(until, PATIENCE_S)
        self._tell(f"Typed: `{keys}`")
        return value

    def title(self, words: str) -> None:
        self.parts.append(f"## {words}\n")

    def _tell(self, what: str) -> None:
        screen = [row for row in self.editor.screen if row != "~"]
        while screen and not screen[-1]:
            screen.pop()
        shown = "\n".join(screen)
        ghost = self.editor.ghost
        suggestion = f"Ghost text: `{ghost!r}`\n" if ghost else ""
        self.parts.append(f"{what}\n\n```text\n{shown}\n```\n" + (f"\n{suggestion}" if suggestion else ""))


def tell(story: Story, folder: Path, server: Server) -> None:
    editor = story.editor
    editor.command(STATUSLINE)
    suggestion(story, folder)
    holes(story, folder)
    rewriting(story, folder)
    generating(story, folder)
    cancelling(story, folder, server)
    restarting(story, folder)


def suggestion(story: Story, folder: Path) -> None:
    editor = story.editor
    story.title("A suggestion: another candidate, a word, the rest, one undo")
    story.open(folder / "last.py", LAST)
    story.type("Goreturn ", lambda: editor.ghost)
    story.type("<M-]>", lambda: re.search(r" \(\d/\d\)$", editor.ghost or ""))
    before, offered = editor.text, (editor.ghost or "").rpartition(" (")[0]
    story.type("<M-w>", lambda: editor.text != before)
    story.type("<Tab>", lambda: editor.ghost is None)
    assert editor.text == before + offered
    part = editor.text
    story.type("<Esc>u", lambda: editor.text != part)
    assert editor.text != before  # the word stays: one undo takes back what one key accepted


def holes(story: Story, folder: Path) -> None:
    editor = story.editor
    story.title("Two holes at once, and one undo")
    story.open(folder / "temperature.py", HOLES)
    story.type(":ElBarto fill_all file<CR>", lambda: "..." not in editor.text)
    story.type("u", lambda: editor.text == HOLES.rstrip("\n"))
    story.title("One hole")
    story.type(":6<CR>:ElBarto fill<CR>", lambda: editor.text.count("...") == 1)


def rewriting(story: Story, folder: Path) -> None:
    editor = story.editor
    story.title("Lines rewritten")
    story.open(folder / "vowels.py", LOOP)
    story.type("4GV:ElBarto rewrite<CR>", lambda: editor.text != LOOP.rstrip("\n"))
    assert editor.text.startswith(LOOP[:40])
    assert editor.text.endswith("return count")


def generating(story: Story, folder: Path) -> None:
    editor = story.editor
    story.title("Code from a comment")
    story.open(folder / "reverse.py", COMMENT)
    story.type(":ElBarto generate<CR>", lambda: "def " in editor.text and editor.lua(STATUS)["state"] == "ready")
    assert editor.text.startswith(COMMENT)


def cancelling(story: Story, folder: Path, server: Server) -> None:
    editor = story.editor
    story.title("Cancelling while the server computes: the text stays, and the work on the server ends")
    text = "\n\n".join(f"def area{number}(width, height):\n    return ...\n" for number in range(1, MANY + 1))
    story.open(folder / "cancelled.py", text)
    story.type(":ElBarto fill_all file<CR>", lambda: server.queue == (1, 0))
    story.type(":ElBarto cancel<CR>", lambda: editor.lua(STATUS)["state"] == "ready" and server.queue == (0, 0))
    assert editor.text == text.rstrip("\n")


def restarting(story: Story, folder: Path) -> None:
    editor = story.editor
    story.title("Restarting the language server")
    identity = "return (vim.lsp.get_clients({ name = 'elbarto', bufnr = 0 })[1] or {}).id"
    first = editor.lua(identity)
    story.open(folder / "again.py", LAST)
    story.type(
        ":ElBarto restart<CR>",
        lambda: editor.lua(identity) not in (None, first) and editor.lua(STATUS)["state"] == "ready",
    )
    story.type("Goreturn ", lambda: editor.ghost)
    story.type("<Tab>", lambda: editor.ghost is None)
    story.type("<Esc>", lambda: editor.mode == "n")


def write(path: Path) -> None:
    nvim, reason = find_nvim()
    if nvim is None:
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        server = stack.enter_context(running_server(folder / "log", ELBARTO_MODEL_PATH=""))
        server.wait_until_ready()
        editor = stack.enter_context(running(nvim, folder, ELBARTO_LSP_SERVER_URL=server.url))
        set_up(editor, OPTIONS)
        editor.command(f"cd {folder}")
        story = Story(editor)
        tell(story, folder, server)
        version = editor.command("version").strip().splitlines()[0]
        model = server.client.get("/health").json()["model"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        HEAD.format(version=version, model=model, options=OPTIONS) + "\n".join(story.parts), encoding="utf-8"
    )


HEAD = """# A session in Neovim

Written by `python -m tests.editors.nvim.story`, not by hand: a real Neovim receives these keys, and the screen is
recorded after each of them. {version}; the plugin of this repository, its language server, and
`python -m app serve` with the embedded model ({model}). That model is a small demonstration: this page shows what
the editor does, not how good the code is.

The options are:

```lua
require('elbarto').setup({options})
```

"""

if __name__ == "__main__":
    write(Path(sys.argv[1]))
