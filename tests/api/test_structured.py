"""The form of a reply, by every name that clients have for it; on the embedded model, in this process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from app.messages.params import ModelSource
from app.serving.backend import load_backend
from app.settings import EMBEDDED_MODEL
from tests.api.wire import error_of, post, stream, text_of
from tests.doubles import app as fake_app

ASKED = {"messages": [{"role": "user", "content": "Describe Ada, 36."}], "max_tokens": 96, "temperature": 0}
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 10}, "age": {"type": "integer", "maximum": 200}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    source = ModelSource(path=str(EMBEDDED_MODEL), device="cpu", dtype="float32", num_threads=1, max_sequences=8)
    loaded = load_backend(source)
    client = fake_app.make_client(load=lambda: loaded)
    fake_app.service_of(client).wait_until_ready()
    yield client
    fake_app.close_client(client)


def as_schema(schema: Any, **more: Any) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "form", "schema": schema, **more}}}


@pytest.mark.parametrize(
    "fields",
    [
        as_schema(PERSON),
        as_schema(PERSON, strict=True),
        {"structured_outputs": {"json": PERSON}},
        {"structured_outputs": {"json": json.dumps(PERSON)}},
        {"guided_json": PERSON},
    ],
    ids=["response_format", "strict", "structured_outputs", "as text", "guided_json"],
)
def test_a_schema(client: FlaskClient, fields: dict[str, Any]) -> None:
    (choice,) = post(client, **ASKED, **fields).json["choices"]

    assert choice["finish_reason"] == "stop"
    jsonschema.validate(json.loads(choice["message"]["content"]), PERSON)


@pytest.mark.parametrize(
    ("fields", "pattern"),
    [
        ({"structured_outputs": {"regex": "[a-z]{3}-[0-9]{2}"}}, "[a-z]{3}-[0-9]{2}"),
        ({"guided_regex": "[a-z]{3}-[0-9]{2}"}, "[a-z]{3}-[0-9]{2}"),
        ({"structured_outputs": {"choice": ["red", "gr.en"]}}, r"red|gr\.en"),
        ({"guided_choice": ["red", "green"]}, "red|green"),
        ({"guided_grammar": 'root ::= "a" | "b" [0-9]+'}, "a|b[0-9]+"),
        ({"structured_outputs": {"grammar": 'start: "a" | "b" /[0-9]+/'}}, "a|b[0-9]+"),
    ],
)
def test_other_forms(client: FlaskClient, fields: dict[str, Any], pattern: str) -> None:
    (choice,) = post(client, **ASKED, **fields).json["choices"]

    assert re.fullmatch(pattern, choice["message"]["content"])


@pytest.mark.parametrize(
    "fields", [{"response_format": {"type": "json_object"}}, {"structured_outputs": {"json_object": True}}]
)
def test_any_object(client: FlaskClient, fields: dict[str, Any]) -> None:
    (choice,) = post(client, **ASKED, **fields).json["choices"]

    if choice["finish_reason"] == "stop":
        assert isinstance(json.loads(choice["message"]["content"]), dict)
    else:
        assert choice["message"]["content"].startswith("{")


@pytest.mark.parametrize(
    "fields", [{}, {"response_format": {"type": "text"}}, {"structured_outputs": {}}, {"guided_json": None}]
)
def test_no_form(client: FlaskClient, fields: dict[str, Any]) -> None:
    plain = post(client, **ASKED).json["choices"][0]["message"]

    assert post(client, **ASKED, **fields).json["choices"][0]["message"] == plain


def test_streamed_and_whole_and_many(client: FlaskClient) -> None:
    asked = {**ASKED, **as_schema(PERSON), "temperature": 1, "seed": 5, "n": 3}

    whole = [choice["message"]["content"] for choice in post(client, **asked).json["choices"]]
    events = stream(client, **asked)

    assert [text_of(events, index) for index in range(3)] == whole
    for text in whole:
        jsonschema.validate(json.loads(text), PERSON)


@pytest.mark.parametrize(
    "fields", [{"structured_outputs": {"json": PERSON}}, {"guided_json": PERSON}, as_schema(PERSON)]
)
def test_a_completion(client: FlaskClient, fields: dict[str, Any]) -> None:
    answer = client.post("/v1/completions", json={"prompt": "Ada: ", "max_tokens": 96, **fields}).json

    jsonschema.validate(json.loads(answer["choices"][0]["text"]), PERSON)


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        ({"json_schema": PERSON}, lambda text: jsonschema.validate(json.loads(text), PERSON)),
        ({"grammar": 'root ::= "yes" | "no"'}, lambda text: {"yes", "no"}.index),
    ],
)
def test_llama_cpps_names(client: FlaskClient, fields: dict[str, Any], check: Any) -> None:
    answer = client.post("/completion", json={"prompt": "Ada: ", "n_predict": 96, **fields}).json

    if "grammar" in fields:
        assert answer["content"] in ("yes", "no")
    else:
        check(answer["content"])


@pytest.mark.parametrize(
    ("fields", "param", "message"),
    [
        (
            as_schema({"type": "object", "properties": {"a": {"type": "strin"}}}),
            "response_format.json_schema.schema.properties.a",
            "cannot be compiled: Invalid type: strin.",
        ),
        (
            {"response_format": {"type": "xml"}},
            "response_format.type",
            "must be text, json_object or json_schema, got 'xml'.",
        ),
        (
            {"response_format": {"type": "json_schema"}},
            "response_format.json_schema",
            "must be an object with a name and a schema.",
        ),
        (
            {"structured_outputs": {"xml": "a"}},
            "structured_outputs.xml",
            "is not supported; there are json, regex, choice, grammar and json_object.",
        ),
        ({"guided_choice": []}, "guided_choice", "must be a list of strings, at least one and none of them empty."),
        (
            {"guided_choice": ["a", 1]},
            "guided_choice",
            "must be a list of strings, at least one and none of them empty.",
        ),
        ({"guided_json": 5}, "guided_json", "must be a JSON schema: an object."),
        ({"guided_json": "{"}, "guided_json", "must be a JSON schema, but is not JSON"),
        ({"guided_regex": "("}, "guided_regex", "cannot be compiled: "),
        ({"guided_regex": "a", "guided_json": {}}, "guided_regex", "guided_json and guided_regex exclude each other"),
        ({"guided_regex": "a", "ignore_eos": True}, "ignore_eos", "cannot be combined with guided_regex"),
    ],
)
def test_a_bad_form_is_a_400_that_names_it(
    client: FlaskClient, fields: dict[str, Any], param: str, message: str
) -> None:
    response = post(client, **ASKED, **fields)

    error = error_of(response, 400)
    assert error["param"] == param
    assert message in error["message"]
    assert error["message"].startswith((param, "guided_json"))


@pytest.mark.parametrize("route", ["/v1/completions", "/infill"])
def test_a_hole_has_no_form(client: FlaskClient, route: str) -> None:
    bodies = {
        "/v1/completions": {"prompt": "x = ", "suffix": "\n", "guided_regex": "[0-9]+"},
        "/infill": {"input_prefix": "x = ", "input_suffix": "\n", "grammar": 'root ::= "1"'},
    }

    response = client.post(route, json=bodies[route])

    assert "is not supported for a hole" in error_of(response, 400)["message"]


def test_a_model_that_cannot(make_client: Any) -> None:
    response = post(make_client(), **ASKED, guided_regex="a")

    assert error_of(response, 400)["param"] == "guided_regex"
