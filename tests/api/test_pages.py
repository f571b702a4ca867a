"""The page at / and its files. tests/browser uses it in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.api.pages import WEB
from tests.api.wire import error_of

ASSETS = sorted(path.relative_to(WEB).as_posix() for path in WEB.rglob("*") if path.is_file())
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def test_the_page_may_load_and_reach_nothing_but_its_server(client: FlaskClient) -> None:
    response = client.get("/", buffered=True)

    policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    assert response.mimetype == "text/html"
    assert policy["default-src"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", [name for name in ASSETS if Path(name).suffix in TYPES])
def test_no_asset_names_another_host(client: FlaskClient, name: str) -> None:
    response = client.get(f"/web/{name}", buffered=True)

    namespaces = {"http://www.w3.org/2000/svg"}
    assert response.status_code == 200
    assert response.mimetype == TYPES[Path(name).suffix]
    assert "Content-Security-Policy" in response.headers
    assert set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\"\s]*", response.text)) <= namespaces


def test_all_that_the_page_names_is_there(client: FlaskClient) -> None:
    named = set()
    for name in ASSETS:
        if Path(name).suffix in TYPES:
            text = (WEB / name).read_text(encoding="utf-8")
            named |= {f"/{path}" for path in re.findall(r"[\"'](web/[\w./-]+)", text)}
            named |= {f"/web/{path}" for path in re.findall(r"url\([\"'](fonts/[\w./-]+)", text)}
            named |= {f"/web/{other}" for other in re.findall(r"from \"\./([\w.-]+)\"", text)}

    assert "/web/main.js" in named
    assert {path: client.get(path, buffered=True).status_code for path in sorted(named)} == dict.fromkeys(
        sorted(named), 200
    )


def test_nothing_else_is_served(client: FlaskClient) -> None:
    for path in ("/web/", "/web/../api/pages.py", "/web/%2e%2e/api/pages.py", "/web/fonts", "/web/none.js"):
        error_of(client.get(path), 404)


def test_the_page_needs_no_key_and_the_socket_does(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client(api_key="secret")

    assert client.get("/", buffered=True).status_code == 200
    assert client.get("/web/main.js", buffered=True).status_code == 200
    error_of(client.get("/v1/models"), 401)
