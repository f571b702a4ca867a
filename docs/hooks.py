"""Hooks of the site's build: pages whose text is a file elsewhere in the repository, and links to such files.

A page with `source: bench/README.md` in its front matter shows that file. A link that leaves docs/ leads to such a page
if there is one for the file, into the repository if `repo_url` is configured, and becomes the file's path otherwise. On
GitHub the same links work as they are.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCS = "docs"
SOURCE = re.compile(r"\A---\nsource: (\S+)\n---\n")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **kwargs: Any) -> str:
    """The page's Markdown, with `source` included and links out of docs/ resolved."""
    path = posixpath.join(DOCS, page.file.src_uri)
    source = page.meta.get("source")
    if source:
        markdown = (ROOT / source).read_text(encoding="utf-8")
        markdown = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.DOTALL)
    return _resolve(markdown, source or path, path, config.get("repo_url"))


def _resolve(markdown: str, source: str, page: str, repo_url: str | None) -> str:
    """`markdown` of the file `source`, with links as they must be in the page `page` (paths in the repository)."""
    shown_by = _pages_by_source()

    def link(match: re.Match[str]) -> str:
        text, target, anchor = match[1], match[2], match[3] or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if not (ROOT / path).exists():
            return match[0]  # code that looks like a link, or a broken link, which the strict build reports
        path = shown_by.get(path, path)
        if path.startswith(f"{DOCS}/"):
            return f"[{text}]({posixpath.relpath(path, posixpath.dirname(page))}{anchor})"
        if repo_url:
            return f"[{text}]({repo_url.rstrip('/')}/blob/main/{path}{anchor})"
        plain = text.strip("`")
        return f"`{path}`" if plain in path else f"{text} (`{path}`)"

    return LINK.sub(link, markdown)


def _pages_by_source() -> dict[str, str]:
    pages = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / DOCS).rglob("*.md")
    }
    return {match[1]: path for path, text in pages.items() if (match := SOURCE.match(text))}
