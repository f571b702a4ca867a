"""Who may use the server: the API key, and pages of other origins."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.api.origins import origin_pattern
from tests.api.wire import CHAT, error_of, post

MakeClient = Callable[..., FlaskClient]

KEY = "sk-bart"


@pytest.fixture
def guarded(make_client: MakeClient) -> FlaskClient:
    return make_client(api_key=KEY)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": f"bearer  {KEY} "},
        {"X-Api-Key": KEY},
        {"Authorization": "Bearer ", "X-Api-Key": KEY},  # Continue does that
        {"Authorization": "Bearer wrong", "X-Api-Key": KEY},
        {"Authorization": f"Bearer {KEY}", "X-Api-Key": ""},
    ],
)
def test_the_right_key_opens(guarded: FlaskClient, headers: dict[str, str]) -> None:
    assert post(guarded, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": KEY},
        {"X-Api-Key": ""},
        {"X-Api-Key": KEY.upper()},
        {"X-Api-Key": KEY[:-1]},
        {"X-Api-Key": "schlüssel"},
        {"Authorization": "Bearer \xff\xfe"},
    ],
)
def test_nothing_else_does(guarded: FlaskClient, headers: dict[str, str]) -> None:
    response = post(guarded, headers=headers)
    error = error_of(response, 401)

    assert (error["type"], error["code"], error["param"]) == ("authentication_error", "invalid_api_key", None)
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert KEY not in response.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/models"),
        ("GET", "/v1/models/fake-model"),
        ("POST", "/tokenize"),
        ("POST", "/detokenize"),
        ("GET", "/nothing"),
        ("PUT", "/v1/models"),
        ("GET", "/healthy"),
    ],
)
def test_every_other_route_is_guarded(guarded: FlaskClient, method: str, path: str) -> None:
    error_of(guarded.open(path, method=method), 401)


def test_health_is_open(guarded: FlaskClient) -> None:
    assert guarded.get("/health").status_code == 200


def test_without_a_key_all_is_open(client: FlaskClient) -> None:
    assert client.get("/v1/models").status_code == 200
    assert client.get("/v1/models", headers={"Authorization": "Bearer anything"}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost",
        "http://localhost:3000",
        "http://127.0.0.1:8080",
        "https://localhost:5173",
        "vscode-webview://0c1d2e3f",
    ],
)
def test_pages_of_this_machine_may_call(client: FlaskClient, origin: str) -> None:
    response = client.get("/v1/models", headers={"Origin": origin})

    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost.evil.example",
        "http://localhost:80.evil.example",
        "http://localhost:3000/",
        "http://evil.example/http://localhost",
        "http://127.0.0.1.evil.example:80",
        "http://127x0x0x1",
        "null",
    ],
)
def test_pages_from_elsewhere_may_not(client: FlaskClient, origin: str) -> None:
    response = client.get("/v1/models", headers={"Origin": origin})

    assert "Access-Control-Allow-Origin" not in response.headers
    assert error_of(response, 403)["code"] == "origin_not_allowed"


def test_a_foreign_page_cannot_even_ask(client: FlaskClient) -> None:
    """Forms and text/plain fetches need no preflight, so hiding the answer from the page is not enough."""
    response = post(client, headers={"Origin": "https://evil.example", "Content-Type": "text/plain"})

    assert "https://evil.example" in error_of(response, 403)["message"]


def test_the_servers_own_pages_may_ask(client: FlaskClient) -> None:
    assert post(client, headers={"Host": "box.lan:8000", "Origin": "http://box.lan:8000"}).status_code == 200


@pytest.mark.parametrize("origin", ["https://any.example", "null", "http://localhost:1"])
def test_a_star_lets_every_page_call(make_client: MakeClient, origin: str) -> None:
    client = make_client(cors_origins=("*",))

    assert client.get("/v1/models", headers={"Origin": origin}).headers["Access-Control-Allow-Origin"] in (origin, "*")


def test_errors_can_be_read_by_pages_too(guarded: FlaskClient) -> None:
    for path in ("/v1/models", "/nothing"):
        response = guarded.get(path, headers={"Origin": "http://localhost:3000"})

        assert response.status_code == 401
        assert response.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
        exposed = response.headers["Access-Control-Expose-Headers"].lower()
        assert all(name in exposed for name in ("x-request-id", "retry-after"))


@pytest.mark.parametrize("path", [CHAT, "/v1/models", "/tokenize"])
def test_a_preflight_needs_no_key(guarded: FlaskClient, path: str) -> None:
    asked = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-api-key",
    }

    response = guarded.options(path, headers=asked)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    allowed = response.headers["Access-Control-Allow-Headers"].replace(" ", "").split(",")
    assert set(allowed) == {"authorization", "content-type", "x-api-key"}
    foreign = guarded.options(path, headers={**asked, "Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in foreign.headers


@pytest.mark.parametrize(
    ("allowed", "origin", "matches"),
    [
        ("https://chat.example", "https://chat.example", True),
        ("https://chat.example", "https://chat.example:8443", False),
        ("https://chat.example", "https://chatxexample", False),
        ("https://chat.example:*", "https://chat.example:8443", True),
        ("https://chat.example:*", "https://chat.example", True),
        ("https://chat.example:*", "https://chat.example:", False),
        ("https://*.example", "https://a.b.example", True),
        ("https://*.example", "https://evil.test/.example", False),
        ("vscode-webview://*", "vscode-webview://1a2b", True),
        ("*", "anything", True),
    ],
)
def test_origin_patterns(allowed: str, origin: str, matches: bool) -> None:
    assert (origin_pattern(allowed).match(origin) is not None) is matches
