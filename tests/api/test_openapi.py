"""/openapi.json and /docs: the document and the server agree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from app.api.docs import ASSETS
from app.api.openapi.document import ANSWERS, make_document, openapi_path
from app.api.openapi.routes import ROUTES
from tests.api.wire import error_of, events_in, lines_in, named_events_in
from tests.doubles.app import service_of
from tests.doubles.engine import FakeEngine

MakeClient = Callable[..., FlaskClient]
Json = dict[str, Any]
DOCUMENT = make_document("1")
POSTS = [route for route in ROUTES if route.method == "POST"]
EXAMPLES = [
    pytest.param(route.rule, value, id=f"{route.rule}-{name}")
    for route in POSTS
    for name, value in route.examples.items()
]


def resolved(part: Json) -> Json:
    """Follow a $ref into the components."""
    while "$ref" in part:
        kind, name = part["$ref"].removeprefix("#/components/").split("/")
        part = DOCUMENT["components"][kind][name]
    return part


def operation(rule: str, method: str = "post") -> Json:
    found: Json = DOCUMENT["paths"][openapi_path(rule)][method]
    return found


def check(schema: Json, value: Any) -> None:
    """Check the value against a schema of the document."""
    Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(value)


def check_answer(described: Json, response: TestResponse) -> None:
    """Check the answer against those of the operation."""
    answer = resolved(described["responses"][str(response.status_code)])
    content = answer["content"]
    assert response.mimetype in content
    for name in answer["headers"]:
        assert name in response.headers
    if response.mimetype == "application/json":
        check(content["application/json"]["schema"], response.json)


def streamed_in(rule: str, response: TestResponse) -> list[Any]:
    """The events of a stream in the route's format."""
    if rule == "/v1/messages":
        return named_events_in(response)
    return lines_in(response) if rule.startswith("/api/") else events_in(response)


def rules_of(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}
    }


def test_the_document_has_every_route_and_no_other(client: FlaskClient) -> None:
    served = {(method, openapi_path(rule)) for method, rule in rules_of(client.application)}
    described = {(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item}

    assert described == served


def test_the_document_is_served_to_all_who_ask(make_client: MakeClient) -> None:
    response = make_client(api_key="secret").get("/openapi.json")

    assert response.status_code == 200
    assert response.json["openapi"] == "3.1.0"
    assert response.json["paths"] == json.loads(json.dumps(DOCUMENT["paths"]))


def test_only_a_server_with_a_key_asks_for_one(make_client: MakeClient) -> None:
    free, guarded = (make_client(api_key=key).get("/openapi.json").json for key in (None, "secret"))

    assert "security" not in free
    assert "securitySchemes" not in free["components"]
    assert guarded["security"] == [{"bearer": []}, {"key": []}]
    assert guarded["paths"]["/health"]["get"]["security"] == []


def test_the_guides_are_served_and_lead_on(client: FlaskClient) -> None:
    """All links of the index, and those of the document's descriptions."""
    index = client.get("/docs/index.md")
    assert index.mimetype == "text/html"
    names = [urljoin("/docs/index.md", name) for name in re.findall(r'href="([^"]+)"', index.text)]
    names += [f"/{name}" for name in re.findall(r"\]\((docs/[^)]+)\)", json.dumps(DOCUMENT))]
    assert "/docs/reference/infill.md" in names
    for name in names:
        assert client.get(name, buffered=True).status_code == 200, name
    for name in ("none.md", "../README.md", "reference"):
        assert client.get(f"/docs/{name}").status_code == 404


def test_the_examples_of_answers_follow_their_schemas() -> None:
    assert {"ChatCompletion", "TextCompletion", "Infill", "Edit", "Tokens", "ModelList", "Health"} <= ANSWERS.keys()
    for name, answer in ANSWERS.items():
        check(DOCUMENT["components"]["schemas"][name], answer)


def test_every_field_of_every_request_is_described() -> None:
    for route in POSTS:
        assert route.body is not None
        schema = resolved(operation(route.rule)["requestBody"]["content"]["application/json"]["schema"])
        assert schema["properties"].keys() == {field.data_key or name for name, field in route.body().fields.items()}
        assert all(each["description"].strip() for each in schema["properties"].values())


def test_ranges_names_and_defaults_are_those_of_the_fields() -> None:
    chat = DOCUMENT["components"]["schemas"]["ChatRequest"]["properties"]

    assert (chat["temperature"]["minimum"], chat["temperature"]["maximum"]) == (0, 2)
    assert chat["repetition_penalty"]["exclusiveMinimum"] == 0
    assert chat["stream"]["default"] is False
    assert chat["stream_mode"]["default"] == "blocks"
    assert chat["remasking"]["enum"] == ["low_confidence", "low_margin", "high_entropy", "random", None]
    names, integers, null = chat["speculation"]["anyOf"]
    assert (names["enum"], integers["minimum"], integers["maximum"]) == (["auto", "off"], 0, 64)
    assert null == {"type": "null"}
    assert DOCUMENT["components"]["schemas"]["InfillRequest"]["required"] == ["segments"]


def test_all_references_lead_somewhere() -> None:
    for kind, name in re.findall(r'"#/components/(\w+)/(\w+)"', json.dumps(DOCUMENT)):
        assert name in DOCUMENT["components"][kind]


def test_operations_have_names_of_their_own() -> None:
    names = [each["operationId"] for item in DOCUMENT["paths"].values() for each in item.values()]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("rule", "body"), EXAMPLES)
def test_every_example_gets_what_is_documented(embedded: FlaskClient, rule: str, body: Json) -> None:
    described = operation(rule)
    check(described["requestBody"]["content"]["application/json"]["schema"], body)
    response = embedded.post(rule, json=body)

    assert response.status_code == 200, response.text
    check_answer(described, response)
    if body.get("stream"):
        assert streamed_in(rule, response)


@pytest.mark.parametrize("rule", ["/v1/infill", "/v1/edits", "/v1/fim/completions"])
def test_parts_that_do_not_divide_the_block_length_are_refused(embedded: FlaskClient, rule: str) -> None:
    (body, *_) = next(route for route in POSTS if route.rule == rule).examples.values()
    response = embedded.post(rule, json={**body, "small_block_length": 3})

    assert error_of(response, 400)["param"] == "small_block_length"
    check_answer(operation(rule), response)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=lambda route: route.rule)
def test_every_get_gets_what_is_documented(embedded: FlaskClient, route: Any) -> None:
    path = openapi_path(route.rule)
    for name, _, example in route.parameters:
        path = path.replace(f"{{{name}}}", example)
    response = embedded.get(path, buffered=True)
    answers = operation(route.rule, "get")["responses"]

    if "101" in answers:
        assert error_of(response, 400)["message"].endswith("docs/reference/steps.md describes them.")
        return
    assert response.status_code == 200
    assert {response.mimetype, "*/*"} & answers["200"]["content"].keys()
    if response.mimetype == "application/json":
        check(answers["200"]["content"]["application/json"].get("schema", {}), response.json)


def test_the_streams_in_the_document_are_like_those_that_come(embedded: FlaskClient) -> None:
    """Field for field; the documented ones are shortened at `...`."""
    for route in POSTS:
        if route.stream is None:
            continue
        body = next(body for body in route.examples.values() if body.get("stream"))
        real = streamed_in(route.rule, embedded.post(route.rule, json=body))
        kinds = [set(event) for event in real if isinstance(event, dict)]
        lines = [line for line in route.stream.splitlines() if line and not line.startswith("event: ")]
        told = [line.removeprefix("data: ") for line in lines]
        for event in told:
            if event.startswith("{") and "..." not in event:
                assert any(set(json.loads(event)) <= kind for kind in kinds), (route.rule, event)
        assert (told[-1] == "[DONE]") == (real[-1] == "[DONE]")


@pytest.mark.parametrize("name", DOCUMENT["components"]["responses"])
def test_every_error_in_the_document_is_one(name: str) -> None:
    content = DOCUMENT["components"]["responses"][name]["content"]["application/json"]

    check(content["schema"], content["example"])


def documented(client: FlaskClient, status: int, method: str, path: str, rule: str | None = None, **how: Any) -> Json:
    """The answer to a request that causes a documented error."""
    response = client.open(path, method=method, **how)
    error_of(response, status)
    described = DOCUMENT["paths"][openapi_path(rule or path)]
    check_answer(described.get(method.lower()) or next(iter(described.values())), response)
    example = resolved(DOCUMENT["components"]["responses"][f"Error{status}"])["content"]["application/json"]["example"]
    assert response.json is not None
    assert response.json["error"]["type"] == example["error"]["type"]
    found: Json = response.json["error"]
    return found


def test_errors_are_as_documented(make_client: MakeClient) -> None:
    client = make_client(api_key="secret", strict_model=True, max_body_bytes=1000)
    key = {"X-Api-Key": "secret"}
    chat, hello = "/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}

    error = documented(client, 400, "POST", chat, json=hello | {"temperature": 3}, headers=key)
    assert error == DOCUMENT["components"]["responses"]["Error400"]["content"]["application/json"]["example"]["error"]
    documented(client, 401, "POST", chat, json=hello)
    documented(client, 403, "POST", chat, json=hello, headers=key | {"Origin": "https://elsewhere.example"})
    documented(client, 404, "POST", chat, json=hello | {"model": "gpt-4o"}, headers=key)
    documented(client, 404, "GET", "/v1/models/gpt-4o", "/v1/models/<path:model_id>", headers=key)
    documented(client, 404, "GET", "/docs/none.js", "/docs/<path:name>")
    documented(client, 405, "PUT", chat, headers=key)
    documented(client, 413, "POST", chat, data=b"x" * 1001, headers=key)
    documented(client, 415, "POST", chat, data=b"x", headers=key | {"Content-Encoding": "br"})
    documented(client, 416, "GET", "/docs", headers={"Range": "bytes=999999999-"})


def test_what_a_busy_a_broken_and_a_loading_server_answers_is_documented(make_client: MakeClient) -> None:
    chat, hello = "/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}]}
    broken = make_client(FakeEngine(failing_steps=1))
    assert documented(broken, 500, "POST", chat, json=hello)["code"] == "engine_failed"

    engine = FakeEngine(gated=True)
    busy = make_client(engine, max_queue=0)
    stream = busy.post(chat, json=hello | {"stream": True})
    engine.wait_until_stepping()
    assert documented(busy, 429, "POST", chat, json=hello)["code"] == "queue_full"
    engine.allow()
    stream.close()

    closed = make_client()
    service_of(closed).close()
    assert documented(closed, 503, "POST", chat, json=hello)["code"] == "shutting_down"
    check_answer(operation("/health", "get"), closed.get("/health"))


def test_the_page_may_load_nothing_from_elsewhere(client: FlaskClient) -> None:
    response = client.get("/docs", buffered=True)

    policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    assert response.mimetype == "text/html"
    assert policy.pop("style-src") == "'self' 'unsafe-inline'"
    assert policy.pop("img-src") == "'self' data:"
    assert policy["script-src"] == "'self'"
    assert set(policy.values()) == {"'none'", "'self'"}
    for name in re.findall(r'(?:src|href|spec-url)="([^"]+)"', response.text):
        assert not name.startswith("/"), "a proxy may serve the page below a path"
        assert client.get(urljoin("/docs", name), buffered=True).status_code == 200, name
    assert 'load-fonts="false"' in response.text


def test_the_renderer_comes_with_its_licence_and_is_small(client: FlaskClient) -> None:
    assert "MIT License" in client.get("/docs/rapidoc-LICENSE.txt", buffered=True).text
    assert (ASSETS / "rapidoc-min.js").stat().st_size < 1_000_000
