"""The sources of options, and invalid values."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app.settings import LSP_VARIABLES
from app.settings import load_settings as load_server_settings
from lsp.options import PREFIX, SERVER_PYTHON, Options, load_options, markdown_table, server_python, variables
from tests.lsp import fake_server
from tests.lsp.raw import ROOT, language_server


def test_all_have_defaults() -> None:
    loaded = load_options(environ={})
    assert (loaded.options, loaded.problems, loaded.unknown) == (Options(), (), ())


def test_the_higher_source_wins() -> None:
    sources: list[dict[str, Any]] = [{"maxTokens": 1}, {"maxTokens": 2}, {"maxTokens": 3}]
    environ = {"ELBARTO_LSP_MAX_TOKENS": "4"}
    assert load_options(*sources, environ=environ).options.max_tokens == 1
    assert load_options({}, *sources[1:], environ=environ).options.max_tokens == 2
    assert load_options(None, {"maxTokens": None}, sources[2], environ).options.max_tokens == 3
    assert load_options(None, None, None, environ).options.max_tokens == 4
    assert load_options(None, {"serverUrl": ""}, {"serverUrl": "http://a"}, {}).options.server_url == "http://a"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("maxTokens", 0),
        ("maxTokens", "many"),
        ("maxTokens", 1.5),
        ("maxTokens", True),
        ("maxTokens", [1]),
        ("confidenceThreshold", 2),
        ("confidence", "loud"),
        ("serverUrl", "ftp://a"),
        ("serverUrl", "spark.local:8000"),
        ("serverUrl", 8000),
        ("automatic", "perhaps"),
        ("automatic", 1),
        ("disabledLanguages", [1]),
        ("parameters", []),
        ("deadlineMs", float("nan")),
        ("deadlineMs", float("inf")),
        ("maxTokens", float("inf")),
        ("maxTokens", float("nan")),
        ("parameters", {"threshold": float("nan")}),
        ("serverUrl", "http://a:99999"),
        ("serverUrl", "http://a\x00b"),
        ("serverUrl", "http://a\ud800"),
    ],
)
def test_a_bad_value_is_a_problem_and_the_default_holds(name: str, value: Any) -> None:
    loaded = load_options(None, {name: value}, None, {})
    assert loaded.options == Options()
    (problem,) = loaded.problems
    assert f"elbarto.{name}" in problem
    assert repr(value) in problem


@pytest.mark.parametrize("key", ["\ud800", "schlüssel", "a\r\nX: y"])
def test_a_key_that_no_header_can_carry_is_a_problem_and_not_shown(key: str) -> None:
    loaded = load_options(None, {"apiKey": key}, None, {})
    assert loaded.options == Options()
    (problem,) = loaded.problems
    assert problem.startswith("elbarto.apiKey in the configuration must be ASCII text, got the value;")


def test_a_bad_value_leaves_it_to_the_next_source() -> None:
    assert load_options(None, {"maxTokens": -1}, {"maxTokens": 9}, {}).options.max_tokens == 9


def test_a_key_is_never_shown() -> None:
    loaded = load_options(None, {"apiKey": 12345}, {"apiKey": "secret"}, {})
    assert "12345" not in loaded.problems[0]
    assert "secret" not in repr(loaded.options)


def test_unknown_keys_and_shapes() -> None:
    assert load_options(None, {"maxToken": 1}, None, {}).unknown[0].startswith("elbarto.maxToken ")
    assert "must be an object" in load_options(None, "x", None, {}).problems[0]


@pytest.mark.parametrize("url", ["http://a:1", "http://a:1/", "http://a:1/v1", "http://a:1/v1/"])
def test_urls_with_and_without_v1(url: str) -> None:
    assert load_options({"serverUrl": url}, environ={}).options.server_url == "http://a:1"


def test_the_documentation_has_the_table_of_options() -> None:
    """`python -m lsp.options` prints it."""
    text = (Path(ROOT) / "docs" / "reference" / "lsp.md").read_text(encoding="utf-8")
    assert f"\n\n{markdown_table()}\n\n" in text


def test_variables_have_a_prefix_and_an_alias() -> None:
    by_name = {item.name: variables(item) for item in fields(Options)}
    assert by_name["debounce_ms"] == ("ELBARTO_LSP_DEBOUNCE_MS", "ELBARTO_DEBOUNCE_MS")
    assert by_name["max_tokens"] == ("ELBARTO_LSP_MAX_TOKENS", "ELBARTO_COMPLETION_MAX_TOKENS")
    assert by_name["parameters"] == ()


@pytest.mark.parametrize(
    ("environ", "debounce_ms"),
    [
        ({"ELBARTO_LSP_DEBOUNCE_MS": "1"}, 1),
        ({"ELBARTO_DEBOUNCE_MS": "2"}, 2),
        ({"ELBARTO_LSP_DEBOUNCE_MS": "1", "ELBARTO_DEBOUNCE_MS": "2"}, 1),
        ({"ELBARTO_LSP_DEBOUNCE_MS": "", "ELBARTO_DEBOUNCE_MS": "2"}, 2),
        ({"ELBARTO_LSP_DEBOUNCE_MS": ""}, 250),
    ],
)
def test_the_alias_of_a_variable_works_and_its_name_wins(environ: dict[str, str], debounce_ms: int) -> None:
    assert load_options(environ=environ).options.debounce_ms == debounce_ms


def test_the_model_servers_max_tokens_is_another_setting() -> None:
    assert load_options(environ={"ELBARTO_MAX_TOKENS": "7"}).options.max_tokens == 48


def test_the_python_of_a_server_has_a_variable_and_an_alias() -> None:
    assert server_python({}) is None
    assert server_python({"ELBARTO_SERVER_PYTHON": "old"}) == "old"
    assert server_python({"ELBARTO_LSP_SERVER_PYTHON": "new", "ELBARTO_SERVER_PYTHON": "old"}) == "new"


def test_a_model_server_in_the_same_environment_ignores_these_variables(tmp_path: Path) -> None:
    names = {name for item in fields(Options) for name in variables(item)} - {"ELBARTO_API_KEY"}
    names |= {SERVER_PYTHON, "ELBARTO_SERVER_PYTHON"}
    assert {name for name in names if not name.startswith(PREFIX)} == LSP_VARIABLES
    env_file = tmp_path / ".env"
    assert load_server_settings(environ=dict.fromkeys(names, "x"), env_file=env_file) == load_server_settings(
        environ={}, env_file=env_file
    )


def test_a_bad_value_is_shown_in_the_editor() -> None:
    with (
        fake_server.running(answers={"return ": "a"}) as fake,
        language_server("--server", fake.url, ELBARTO_LSP_DEBOUNCE_MS="soon") as client,
    ):
        client.handlers["workspace/configuration"] = lambda message: [{"maxTokens": 0, "invokedCandidates": 1}]
        client.initialize()
        client.wait_until_ready()
        client.open("return ")
        assert client.complete(0, 7) == ["a"]
        assert fake.infills[0].body["segments"][1]["hole"]["max_tokens"] == 48
        problems = client.messages()
        assert len(problems) == 2
        assert "elbarto.debounceMs in the environment must be an integer from 0 to 2000, got 'soon'" in problems[0]
        client.notify("workspace/didChangeConfiguration", settings=None)
        client.command("status")
        assert client.messages() == problems, "once is enough"


def test_automatic_completions_can_be_turned_off_and_invoked_ones_still_come() -> None:
    with fake_server.running(answers={"return ": "a"}) as fake, language_server("--server", fake.url) as client:
        client.initialize(settings={"disabledLanguages": ["python"]})
        client.wait_until_ready()
        client.open("return ")
        assert client.complete(0, 7, invoked=False) == []
        assert client.complete(0, 7) == ["a"]
