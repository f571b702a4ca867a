"""A model server that is down, loading, refusing or back again: one message, and no restart needed."""

from __future__ import annotations

import threading
import time
from http.server import HTTPServer, SimpleHTTPRequestHandler

from tests.lsp import fake_server
from tests.lsp.raw import URI, language_server

ANSWERS: dict[str, str | list[str]] = {"return ": "a + b"}


def test_down_from_the_start_then_up() -> None:
    fake = fake_server.FakeServer(answers=ANSWERS)
    fake.start()
    fake.stop()
    with language_server("--server", fake.url) as client:
        client.initialize(clientFeatures=["status"])
        client.open("return ")
        client.wait_for(client.messages)
        for _ in range(20):
            started = time.monotonic()
            assert client.complete(0, 7) == []
            assert time.monotonic() - started < 0.5, "answered at once"
        assert client.messages() == [
            f"No server answers on {fake.url}. Completions start automatically once it is ready."
        ]
        assert client.of("elbarto/status")[-1]["state"] == "error"
        fake.start()
        client.wait_until_ready()
        assert client.complete(0, 7) == ["a + b"]
        assert len(client.messages()) == 2
        assert client.messages()[1] == f"El Barto Serve is ready: fake on {fake.url}."
        fake.stop()


def test_gone_in_between_and_back() -> None:
    fake = fake_server.FakeServer(answers=ANSWERS)
    fake.start()
    with language_server("--server", fake.url) as client:
        client.initialize(clientFeatures=["status"])
        client.wait_until_ready()
        client.open("return ")
        fake.stop()
        for number in range(10):
            client.change(f"x = {number}\nreturn ")
            assert client.complete(1, 7) == []
        assert len(client.messages()) == 1
        fake.start()
        client.wait_until_ready()
        assert client.complete(1, 7) == ["a + b"]
        fake.stop()


def test_a_command_that_finds_the_server_gone_says_so_once() -> None:
    fake = fake_server.FakeServer(answers=ANSWERS)
    fake.start()
    with language_server("--server", fake.url) as client:
        client.initialize()
        client.wait_until_ready()
        client.open("def f():\n    return ...\n")
        fake.stop()
        answer = client.command("fillHole", uri=URI, position={"line": 1, "character": 12})
        assert answer == {"applied": False, "reason": f"No server answers on {fake.url}."}
        assert client.messages() == [
            f"No server answers on {fake.url}. Completions start automatically once it is ready."
        ]


def test_loading_is_not_an_error_and_says_nothing_for_a_while() -> None:
    with fake_server.running(answers=ANSWERS, is_loading=True) as fake, language_server("--server", fake.url) as client:
        client.initialize(clientFeatures=["status"])
        client.wait_for(lambda: [one for one in client.of("elbarto/status") if one["state"] == "loading"])
        client.open("return ")
        assert client.complete(0, 7) == []
        assert client.messages() == []
        fake.is_loading = False
        client.wait_until_ready()
        assert client.complete(0, 7) == ["a + b"]
        assert client.messages() == []


def test_loading_for_long_is_one_message() -> None:
    with fake_server.running(is_loading=True) as fake, language_server("--server", fake.url) as client:
        client.initialize()
        (message,) = client.wait_for(client.messages)
        assert "is loading its model" in message
        time.sleep(1)
        assert len(client.messages()) == 1


def test_a_wrong_key_is_one_message_that_names_the_setting() -> None:
    with fake_server.running(api_key="right") as fake:
        with language_server("--server", fake.url, ELBARTO_API_KEY="wrong") as client:
            client.initialize()
            (message,) = client.wait_for(client.messages)
            assert "ELBARTO_LSP_API_KEY" in message
        with language_server("--server", fake.url, ELBARTO_API_KEY="right") as client:
            client.initialize()
            client.wait_until_ready()


def test_a_refusal_is_shown_once() -> None:
    refusal = (400, "hole.max_tokens must be an integer.")
    with fake_server.running(refuse=refusal) as fake, language_server("--server", fake.url) as client:
        client.initialize()
        client.wait_until_ready()
        client.open("return ")
        for number in range(5):
            client.change(f"x = {number}\nreturn ")
            assert client.complete(1, 7) == []
        message = f"The server on {fake.url} refused the request (400): hole.max_tokens must be an integer."
        assert client.messages() == [message]


def test_a_full_server_is_nothing_to_talk_about() -> None:
    with fake_server.running(refuse=(429, "full")) as fake, language_server("--server", fake.url) as client:
        client.initialize()
        client.wait_until_ready()
        client.open("return ")
        assert client.complete(0, 7) == []
        assert client.messages() == []
        assert client.command("status")["state"] == "ready"


def test_a_route_that_is_not_there_is_explained() -> None:
    with fake_server.running(refuse=(404, "No such route.")) as fake, language_server("--server", fake.url) as client:
        client.initialize()
        client.wait_until_ready()
        client.open("return ")
        assert client.complete(0, 7) == []
        (message,) = client.messages()
        assert "has no /v1/infill: is it El Barto Serve, and a recent one?" in message


def test_a_model_that_cannot_infill_is_said_so() -> None:
    with fake_server.running(infill_modes=()) as fake, language_server("--server", fake.url) as client:
        client.initialize()
        (message,) = client.wait_for(client.messages)
        assert "cannot infill" in message
        client.open("x = ...")
        assert client.complete(0, 7) == []
        assert client.command("fillHole", uri=URI, position={"line": 0, "character": 5})["applied"] is False
        assert not fake.infills


def test_something_else_on_the_port() -> None:
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{other.server_port}"
        with language_server("--server", url) as client:
            client.initialize()
            (message,) = client.wait_for(client.messages)
            assert message.startswith(f"No server answers on {url}.")
        other.shutdown()


def test_another_server_can_be_named_while_it_runs() -> None:
    with (
        fake_server.running(answers={"return ": "one"}) as one,
        fake_server.running(answers={"return ": "two"}) as two,
        language_server() as client,
    ):
        configured = {"serverUrl": one.url}
        client.handlers["workspace/configuration"] = lambda message: [configured]
        client.initialize()
        client.wait_until_ready()
        client.open("return ")
        assert client.complete(0, 7) == ["one"]
        configured["serverUrl"] = f"{two.url}/v1/"
        client.notify("workspace/didChangeConfiguration", settings=None)
        client.wait_for(lambda: client.command("status")["server"] == two.url)
        client.change("x = 1\nreturn ")
        assert client.complete(1, 7) == ["two"]
