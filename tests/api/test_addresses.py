"""Base URLs as people type them, behind proxies and under a path; what a 404 says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.api.proxies import SENT_PATH, Addresses, one_spelling
from tests.api.wire import CHAT, USER, error_of, post

MakeClient = Callable[..., FlaskClient]
PROXY, CLIENT = "10.0.0.1", "192.0.2.7"


def seen(
    path: str = "/v1/models",
    trusted: tuple[str, ...] = (PROXY,),
    root_path: str = "",
    peer: str = PROXY,
    **headers: str,
) -> dict[str, str]:
    """What the application gets: address, scheme, host, script name and path; a redirect's Location."""
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "127.0.0.1:8000", "PATH_INFO": path}
    environ |= {f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()}
    found: dict[str, str] = {}

    def application(environ: dict[str, str], start_response: object) -> list[bytes]:
        names = ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO")
        found.update({name: environ.get(name, "") for name in names})
        return []

    Addresses(application, trusted, root_path)(environ, lambda status, lines: found.update(lines))
    return found


@pytest.mark.parametrize(
    "path", ["/v1//chat/completions", "//v1/chat/completions", "/v1/chat/completions/", "///v1//chat//completions//"]
)
@pytest.mark.parametrize("stream", [False, True])
def test_slashes_make_no_difference(client: FlaskClient, path: str, stream: bool) -> None:
    answer = post(client, environ={"PATH_INFO": path}, stream=stream)

    assert answer.status_code == 200
    assert answer.mimetype == ("text/event-stream" if stream else "application/json")


@pytest.mark.parametrize("path", ["/v1/models/", "//health", "/health/", "/v1/models/fake-model/", "//"])
def test_slashes_make_no_difference_to_get(client: FlaskClient, path: str) -> None:
    assert client.get(environ_overrides={"PATH_INFO": path}, buffered=True).status_code == 200


def test_the_wrong_method_stays_one(client: FlaskClient) -> None:
    error_of(client.put(environ_overrides={"PATH_INFO": "//v1/models/"}), 405)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/v1/v1/chat/completions", ": the base URL has /v1 twice. Use /v1/chat/completions. /docs lists"),
        ("//v1/v1/models/", ": the base URL has /v1 twice. Use /v1/models. /docs lists"),
        ("/v1/v1/nothing", ": the base URL has /v1 twice. /docs lists"),
        ("/chat/completions", ": the base URL lacks /v1. Use /v1/chat/completions. /docs lists"),
        ("/v1/chat/completion", ". Did you mean /v1/chat/completions? /docs lists"),
        ("/v1/tokenise", ". Did you mean /tokenize? /docs lists"),
        ("/v1/embeddings", ". /docs lists"),
        ("/v1/" + "x" * 5000, ". /docs lists"),
    ],
)
def test_a_404_names_the_slip_and_where_the_routes_are(client: FlaskClient, path: str, hint: str) -> None:
    message = error_of(post(client, environ={"PATH_INFO": path}), 404)["message"]

    assert message == f"There is no route POST {path}{hint} the routes."


def test_one_spelling() -> None:
    paths = {"": "/", "/": "/", "//": "/", "/a//b/": "/a/b", "/a/b///": "/a/b"}
    assert {path: one_spelling(path) for path in paths} == paths


def test_a_trusted_proxy_is_believed() -> None:
    assert seen(**{"for": CLIENT, "proto": "https", "host": "spark.example"}) == {
        "REMOTE_ADDR": CLIENT,
        "wsgi.url_scheme": "https",
        "HTTP_HOST": "spark.example",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/v1/models",
    }


def test_others_are_not() -> None:
    found = seen(peer=CLIENT, **{"for": "127.0.0.1", "proto": "https", "host": "localhost", "prefix": "/v1"})

    assert (found["REMOTE_ADDR"], found["wsgi.url_scheme"]) == (CLIENT, "http")
    assert (found["HTTP_HOST"], found["PATH_INFO"]) == ("127.0.0.1:8000", "/v1/models")


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ((PROXY,), PROXY, f"1.2.3.4, {CLIENT}", CLIENT),  # the client wrote the first
        (("10.0.0.0/8",), PROXY, f"{CLIENT}, 10.9.9.9", CLIENT),
        (("10.0.0.0/8",), PROXY, "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        (("127.0.0.1",), "::ffff:127.0.0.1", CLIENT, CLIENT),
        (("*",), "anything", CLIENT, CLIENT),
        (("::1",), "::1", "", "::1"),
        ((), PROXY, CLIENT, PROXY),
        ((PROXY,), "", CLIENT, ""),
    ],
)
def test_the_client_is_the_last_that_no_trusted_proxy_is(
    trusted: tuple[str, ...], peer: str, forwarded: str, client: str
) -> None:
    assert seen(trusted=trusted, peer=peer, **{"for": forwarded})["REMOTE_ADDR"] == client


@pytest.mark.parametrize(
    ("path", "root_path", "prefix", "expected"),
    [
        ("/elbarto/v1/models", "/elbarto", "", ("/elbarto", "/v1/models")),
        ("/elbarto/v1/models", "/elbarto/", "", ("/elbarto", "/v1/models")),
        ("/health", "/elbarto", "", ("", "/health")),  # a probe that does not pass the proxy
        ("/elbarto/", "/elbarto", "", ("/elbarto", "/")),
        ("/v1/models", "", "/elbarto", ("/elbarto", "/v1/models")),  # the proxy took it off
        ("/elbarto/v1/models", "", "/elbarto/", ("/elbarto", "/v1/models")),
        ("/elbartone", "/elbarto", "", ("", "/elbartone")),
    ],
)
def test_a_path_in_front_is_taken_off(path: str, root_path: str, prefix: str, expected: tuple[str, str]) -> None:
    found = seen(path, root_path=root_path, prefix=prefix)

    assert (found["SCRIPT_NAME"], found["PATH_INFO"]) == expected


def test_the_page_needs_its_slash() -> None:
    assert seen("/a/elbarto", root_path="/a/elbarto")["Location"] == "elbarto/"


def test_under_a_path_everything_works_with_and_without_it(make_client: MakeClient) -> None:
    client = make_client(root_path="/elbarto")

    for path in ("/elbarto/v1/models", "/v1/models", "/elbarto//health/", "/health", "/elbarto/", "/elbarto/docs"):
        assert client.get(path, buffered=True).status_code == 200, path
    assert post(client, f"/elbarto{CHAT}", messages=[USER]).status_code == 200
    assert client.get("/elbarto/openapi.json").json["servers"] == [{"url": "/elbarto/"}]
    assert client.get("/openapi.json").json["servers"] == [{"url": "/"}]
    assert client.get("/docs/").headers["Location"] == "../docs"
    assert error_of(client.get("/elbarto/v1/v1/models"), 404)["message"].startswith("There is no route GET /elbarto/v1")


def test_the_pages_addresses_are_relative(client: FlaskClient) -> None:
    for path in ("/", "/docs", "/web/style.css", "/docs/docs.css", "/web/client.js"):
        text = client.get(path, buffered=True).text
        assert not [word for word in ('"/web', '"/docs', '"/v1', '"/health', '"/openapi') if word in text], path


def test_the_path_that_was_sent_is_kept(client: FlaskClient) -> None:
    with client.application.test_request_context("//v1//models"):
        environ = {"PATH_INFO": "//v1//models/", "REMOTE_ADDR": ""}
        Addresses(lambda environ, start: [], (), "")(environ, None)
    assert environ[SENT_PATH] == "//v1//models/"
