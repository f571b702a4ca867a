"""Names of the server: DNS rebinding, the server's own page behind proxies, tricks with hosts and origins."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.api.origins import is_own_host, is_own_origin
from tests.api.wire import CHAT, error_of, post

MakeClient = Callable[..., FlaskClient]
ROUTES = ("/v1/models", "/v1/generations", "/v1/steps", "/", "/docs", "/openapi.json", "/nothing")
LOCAL = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "LOCALHOST:8000",
        "tool.localhost",
        "127.0.0.1:8000",
        "192.168.1.5",
        "[::1]:8000",
        "[2001:db8::1]",
        "spark",
        "spark:8000",
        "spark.",
        "box.lan",
        "spark.local:8000",
        "nas.home.arpa",
        "elbarto.default.svc.cluster.local",
        socket.gethostname().upper(),
        "",
    ],
)
def test_names_that_nobody_can_own_are_the_servers(client: FlaskClient, host: str) -> None:
    assert client.get("/v1/models", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8000",
        "evil.example.",
        "xlan.evil",
        "evillan.com",
        "localhost@evil.example",
        "evil.example@localhost",
        "localhost:8000@evil.example",
        "localhost/evil.example",
        "localhost, evil.example",
        "[::1].evil.example",
        "[::1",
        "127.0.0.1:80:80",
        "local host",
        "http://localhost",
        "-",
        "*",
    ],
)
def test_all_others_are_refused_on_every_route_but_those_for_load_balancers(client: FlaskClient, host: str) -> None:
    for path in ROUTES:
        error = error_of(client.get(path, headers={"Host": host}, environ_overrides=LOCAL), 403)
        assert error["code"] == "host_not_allowed"
        assert "ELBARTO_ALLOWED_HOSTS" in error["message"]
    for path in ("/health", "/ready"):
        assert client.get(path, headers={"Host": host}).status_code == 200


def test_a_rebound_page_is_refused_with_the_origin_and_headers_of_its_own_choice(make_client: MakeClient) -> None:
    client = make_client(watch="full")
    page = {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}

    for more in ({}, {"X-Forwarded-Host": "localhost"}, {"Origin": "http://localhost:8000"}):
        assert error_of(post(client, headers=page | more, environ=LOCAL), 403)["code"] == "host_not_allowed"
        error_of(client.get("/v1/generations", headers=page | more, environ_overrides=LOCAL), 403)


def test_a_proxys_host_is_checked_too(client: FlaskClient) -> None:
    headers = {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "evil.example"}

    error_of(client.get("/v1/models", headers=headers, environ_overrides=LOCAL), 403)
    assert client.get("/v1/models", headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_the_operator_allows_names(make_client: MakeClient) -> None:
    client = make_client(allowed_hosts=("spark.example", "*.corp.example"))

    for host in ("spark.example", "SPARK.example:8000", "a.corp.example", "a.b.corp.example"):
        assert client.get("/v1/models", headers={"Host": host}).status_code == 200, host
    for host in ("xspark.example", "a.spark.example", "corp.example", "xcorp.example", "spark.example.evil"):
        error_of(client.get("/v1/models", headers={"Host": host}), 403)
    assert make_client(allowed_hosts=("*",)).get("/v1/models", headers={"Host": "any.example"}).status_code == 200


def test_the_name_that_it_listens_on_is_its_own(make_client: MakeClient) -> None:
    assert (
        make_client(host="gpu.corp.example").get("/v1/models", headers={"Host": "gpu.corp.example"}).status_code == 200
    )


def test_with_a_key_any_name_will_do(make_client: MakeClient) -> None:
    client = make_client(api_key="secret")

    assert post(client, headers={"Host": "any.example", "X-Api-Key": "secret"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "origin", "headers"),
    [
        ("spark.example", "https://spark.example", {}),  # TLS ends at the proxy; nginx's $host
        ("spark.example", "https://spark.example", {"X-Forwarded-Proto": "https"}),
        ("spark.example", "https://spark.example:8443", {}),  # $host drops the port
        ("spark.example:8443", "https://spark.example:8443", {}),
        ("127.0.0.1:8000", "https://spark.example", {"X-Forwarded-Host": "spark.example"}),
    ],
)
@pytest.mark.parametrize("path", [CHAT, "/v1/steps"])
def test_the_page_works_behind_a_proxy_that_ends_tls(
    make_client: MakeClient, host: str, origin: str, headers: dict[str, str], path: str
) -> None:
    page = {"Host": host, "Origin": origin, **headers}

    for client in (make_client(allowed_hosts=("spark.example",)), make_client(api_key="secret")):
        answer = post(client, path, headers=page | {"X-Api-Key": "secret"}, environ=LOCAL)
        assert answer.status_code == (200 if path == CHAT else 405)  # a WebSocket's; pages from elsewhere get a 403


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://box.lan:8000", "box.lan:8000"),
        ("https://box.lan", "box.lan:443"),
        ("http://box.lan", "box.lan:80"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("http://BOX.lan", "box.LAN"),
    ],
)
def test_own_origins(origin: str, host: str) -> None:
    assert is_own_origin(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("null", "null"),
        ("", ""),
        ("http://box.lan:3000", "box.lan:8000"),
        ("http://box.lan", "box.lan:8000"),
        ("https://box.lan", "box.lan:80"),
        ("http://box.lan.evil.example", "box.lan"),
        ("http://box.lan:8000.evil.example", "box.lan:8000"),
        ("http://box.lan@evil.example", "box.lan"),
        ("http://evil.example@box.lan", "box.lan"),
        ("http://box.lan:8000@evil.example", "box.lan:8000"),
        ("http://box.lan/", "box.lan"),
        ("http://box.lan#", "box.lan"),
        ("http://box.lan:99999", "box.lan:99999"),
        ("ftp://box.lan", "box.lan"),
        ("file://box.lan", "box.lan"),
        ("http://box.lan", "user@box.lan"),
        ("http://[::1", "[::1"),
        ("http://", ""),
    ],
)
def test_origins_that_only_look_like_ones_own(origin: str, host: str) -> None:
    assert not is_own_origin(origin, host)


def test_a_name_is_own_in_lower_case_and_without_its_port() -> None:
    assert is_own_host("Own.Example:1", {"own.example"})
    assert not is_own_host("own.example:x", {"own.example"})
