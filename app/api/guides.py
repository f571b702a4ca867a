"""The guides of docs/, as their text with working links: for who has only the server's address."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from flask import Response
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s:]+\.md)(?:#[^)\s]*)?\)")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{top}web/icon.svg">
<link rel="stylesheet" href="{top}docs/docs.css">
</head>
<body class="guide">
<p><a href="{top}docs">API docs</a> · <a href="{top}docs/index.md">All guides</a></p>
<pre>{text}</pre>
</body>
</html>
"""


def render_guide(guides: Path | None, name: str) -> Response:
    """The guide `name`, a path below the folder `guides`. Raises NotFound."""
    path = safe_join(str(guides), name) if guides else None
    if guides is None or path is None or not Path(path).is_file():
        raise NotFound
    text = Path(path).read_text(encoding="utf-8")
    title = next((line.lstrip("# ") for line in text.splitlines() if line.startswith("# ")), name)
    top = "../" * (name.count("/") + 1)
    linked = _linked(text, Path(path).parent, guides)
    return Response(PAGE.format(title=escape(title), top=top, text=linked))


def _linked(text: str, folder: Path, guides: Path) -> str:
    """Escaped text; links to guides that are here become links."""

    def link(match: re.Match[str]) -> str:
        label, target = match[1], match[2]
        path = (folder / target).resolve()
        return f'<a href="{target}">{label}</a>' if path.is_file() and path.is_relative_to(guides) else match[0]

    return LINK.sub(link, escape(text, quote=False))
