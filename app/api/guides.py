"""The guides of docs/, as their text with working links: for who has only the server's address."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from flask import Response
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from app.paths import GUIDES

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


def render_guide(name: str) -> Response:
    """The guide `name`, a path below docs/. Raises NotFound."""
    path = safe_join(str(GUIDES), name)
    if path is None or not Path(path).is_file():
        raise NotFound
    text = Path(path).read_text(encoding="utf-8")
    title = next((line.lstrip("# ") for line in text.splitlines() if line.startswith("# ")), name)
    top = "../" * (name.count("/") + 1)
    return Response(PAGE.format(title=escape(title), top=top, text=_linked(text, Path(path).parent)))


def _linked(text: str, folder: Path) -> str:
    """Escaped text; links to guides that are here become links."""

    def link(match: re.Match[str]) -> str:
        label, target = match[1], match[2]
        if not (folder / target).resolve().is_relative_to(GUIDES) or not (folder / target).is_file():
            return match[0]
        return f'<a href="{target}">{label}</a>'

    return LINK.sub(link, escape(text, quote=False))
