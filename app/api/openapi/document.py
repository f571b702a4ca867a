"""The OpenAPI document."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from app.api.error_formats import anthropic_error, made_error, ollama_error, openai_error
from app.api.openapi import response_answers, translated_answers
from app.api.openapi.answers import SCHEMAS, ref
from app.api.openapi.fields import property_of
from app.api.openapi.routes import ROUTES, Route

Json = dict[str, Any]

ABOUT = """An OpenAI-compatible server for block-diffusion code models.

`null` means that a field is absent. Fields that are unknown or have no effect are named in `elbarto.warnings`, unknown
ones also in the header `x-elbarto-ignored`. Bodies are JSON, whatever the Content-Type. Every answer has an
`x-request-id` header (the request's own, if it sent one); errors are JSON objects in OpenAI's format, except those of
Anthropic's and Ollama's routes. A stream that fails midway ends with an error event and without `[DONE]`.

[The page](./) shows how the model works. Guides: [first request](docs/start/first-request.md),
[chat](docs/reference/chat.md), [completions](docs/reference/completions.md), [infill](docs/reference/infill.md),
[structured replies](docs/structured.md), [steps](docs/reference/steps.md), [errors](docs/reference/errors.md),
[all](docs/index.md)."""
TAGS = {
    "Text": "Chat and completions.",
    "Infilling": "Filling holes in a text, and replacing parts of it.",
    "Anthropic": "Anthropic's Messages API, and its errors.",
    "Ollama": "Ollama's API, and its errors.",
    "llama.cpp": "Endpoints for editor plugins written for llama.cpp.",
    "Watching": "Every denoising step of any running request.",
    "Server": "The model, its tokenizer, and the server's state.",
    "Pages": "For browsers.",
}
# status: (meaning, type, code, example message)
ERRORS = {
    400: (
        "The request is not valid: `param` names the field. Also for prompts that are too long "
        "(context_length_exceeded) and unsupported features (unsupported_parameter).",
        *("invalid_request_error", "invalid_value", "temperature must be a number of at least 0 and at most 2, got 3"),
    ),
    401: (
        "The key is missing or wrong (only if the server has any: ELBARTO_API_KEY, ELBARTO_API_KEYS_FILE).",
        *("authentication_error", "invalid_api_key"),
        "A valid API key is required: send it as `Authorization: Bearer KEY` or as `X-Api-Key: KEY`.",
    ),
    403: (
        "The page's origin is not allowed (ELBARTO_CORS_ORIGINS), or on a server without a key the name in the Host "
        "header (ELBARTO_ALLOWED_HOSTS), or the client may not watch (ELBARTO_WATCH).",
        *("permission_error", "origin_not_allowed"),
        "Pages from https://elsewhere.example may not use this server; its operator can allow them (cors_origins).",
    ),
    404: (
        "There is no such model (with ELBARTO_STRICT_MODEL, or at /v1/models), file or route.",
        *("invalid_request_error", "model_not_found"),
        "The model 'gpt-4o' does not exist; this server has 'elbarto-mini'.",
    ),
    405: (
        "The path has no such method; the Allow header lists its methods.",
        *(
            "invalid_request_error",
            "method_not_allowed",
            "PUT is not allowed on /health; allowed: GET, HEAD, OPTIONS.",
        ),
    ),
    408: (
        "The body did not arrive in time.",
        *("invalid_request_error", "request_timeout", "The request body did not arrive in time."),
    ),
    413: (
        "The body is larger than ELBARTO_MAX_BODY_BYTES, compressed or not.",
        *("invalid_request_error", "request_too_large"),
        "The request body is larger than the 4194304 bytes that this server accepts.",
    ),
    415: (
        "The body is compressed (Content-Encoding) in a way that the server does not know.",
        *("invalid_request_error", "unsupported_media_type"),
        "Content-Encoding must be one of gzip, deflate, zstd, identity, or two of them, got 'br'.",
    ),
    416: (
        "The file does not have the requested range.",
        *("invalid_request_error", None, "The server cannot provide the requested range."),
    ),
    429: (
        "Too many requests are waiting (ELBARTO_MAX_QUEUE) or in progress, or are one client's "
        "(ELBARTO_MAX_CONCURRENT_PER_KEY, ELBARTO_REQUESTS_PER_MINUTE_PER_KEY). Retry after Retry-After seconds.",
        *("rate_limit_error", "queue_full"),
        "The server is overloaded (replies running or waiting: 80). Try again soon.",
    ),
    500: (
        "A bug, or a failed forward (engine_failed). The server's log has the cause under the request's id.",
        *("server_error", "engine_failed"),
        "The engine failed while it worked on this request; the server's log has the cause.",
    ),
    503: (
        "The model is still loading (model_loading), or the server is shutting down (shutting_down). Retry after "
        "Retry-After seconds.",
        *("unavailable_error", "model_loading", "The model is still loading. Try again soon."),
    ),
}
# By the answer's schema: what the server answered with the embedded model.
ANSWERS: Json = json.loads(Path(__file__).with_name("answers.json").read_text(encoding="utf-8"))
PARAMS = {400: "temperature", 404: "model"}
STREAMS = {
    "text/event-stream": "With `stream`: server-sent events; `data` is JSON, or [DONE].",
    "application/x-ndjson": "Unless `stream` is false: a JSON object a line. The last one has `done`.",
}
ERROR_FORMATS = {"Error": openai_error, "AnthropicError": anthropic_error, "OllamaError": ollama_error}
PLAIN = {
    101: "The WebSocket is open.",
    206: "A part of the file.",
    304: "The file has not changed.",
    308: "The address has slashes at its end; Location has the one without.",
}
REQUEST_ID = {"x-request-id": {"description": "The request's id, as in the log.", "schema": {"type": "string"}}}
RETRY_AFTER = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}}
ALLOW = {"Allow": {"description": "The methods of this path.", "schema": {"type": "string"}}}
CHALLENGE = {"WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}}
ERROR_HEADERS = {401: CHALLENGE, 405: ALLOW, 429: RETRY_AFTER, 503: RETRY_AFTER}


def make_document(version: str, has_key: bool = True) -> Json:
    """`has_key`: whether the server asks for one."""
    plugin = MarshmallowPlugin(schema_name_resolver=_component_name)
    spec = APISpec(
        title="El Barto Serve",
        version=version,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": ABOUT},
        servers=[{"url": "/"}],
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        **({"security": [{"bearer": []}, {"key": []}]} if has_key else {}),
    )
    assert plugin.converter is not None
    plugin.converter.add_attribute_function(property_of)  # type: ignore[no-untyped-call]
    if has_key:
        spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
        spec.components.security_scheme("key", {"type": "apiKey", "in": "header", "name": "X-Api-Key"})
    for name, schema in {**SCHEMAS, **response_answers.SCHEMAS, **translated_answers.SCHEMAS}.items():
        spec.components.schema(name, schema)
    used = {(route.error, status) for route in ROUTES for status in route.errors}
    for kind in ERROR_FORMATS:
        for status in ERRORS:
            if (kind, status) in used:
                spec.components.response(_error_name(kind, status), _error(kind, status))
    for route in ROUTES:
        path = openapi_path(route.rule)
        spec.path(path, operations={route.method.lower(): _operation(route)})
    return spec.to_dict()


def openapi_path(rule: str) -> str:
    """flask's `/v1/models/<path:model_id>` is OpenAPI's `/v1/models/{model_id}`."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _component_name(schema: type[Schema] | Schema) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    name = kind.__name__.removesuffix("Schema")
    return f"{name}Request" if kind in {route.body for route in ROUTES} else name


def _operation(route: Route) -> Json:
    words = re.findall(r"\w+", f"{route.method.lower()} {openapi_path(route.rule)}")
    operation: Json = {
        "operationId": "_".join(words),
        "tags": [route.tag],
        "summary": route.summary,
        "responses": _responses(route),
    }
    if route.description:
        operation["description"] = route.description
    if route.is_open:
        operation["security"] = []
    if route.parameters:
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True, "description": text, "example": example}
            | {"schema": {"type": "string", "minLength": 1}}
            for name, text, example in route.parameters
        ]
    if route.body:
        examples = {_key(name): {"summary": name, "value": value} for name, value in route.examples.items()}
        content = {"application/json": {"schema": route.body, "examples": examples}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _key(summary: str) -> str:
    return re.sub(r"\W+", "-", summary)


def _responses(route: Route) -> Json:
    responses: Json = {}
    if 101 not in route.errors:
        responses["200"] = _success(route)
    for status in sorted(route.errors):
        if status == 503 and route.answer == "Health":
            content = {"application/json": {"schema": ref("Health")}}
            responses["503"] = {"description": "Not ready.", "headers": REQUEST_ID | RETRY_AFTER, "content": content}
        elif status in PLAIN:
            responses[str(status)] = {"description": PLAIN[status]}
            if status == 206:
                responses["206"]["content"] = {route.content_type: {}}
        else:
            responses[str(status)] = {"$ref": f"#/components/responses/{_error_name(route.error, status)}"}
    return responses


def _success(route: Route) -> Json:
    schema = ref(route.answer) if route.answer else {"type": "object"} if "json" in route.content_type else {}
    content: Json = {route.content_type: {"schema": schema} if schema else {}}
    if route.answer in ANSWERS:
        # RapiDoc fails at an `example` that has a null in it.
        content[route.content_type]["examples"] = {"answer": {"summary": "An answer", "value": ANSWERS[route.answer]}}
    if route.stream:
        content[route.stream_type] = {
            "schema": {"description": STREAMS[route.stream_type]},
            "examples": {"stream": {"summary": "A stream, shortened", "value": route.stream}},
        }
    return {"description": "Success.", "headers": REQUEST_ID, "content": content}


def _error_name(kind: str, status: int) -> str:
    return f"{kind}{status}"


def _error(kind: str, status: int) -> Json:
    meaning, type, code, message = ERRORS[status]
    error = made_error(message, status, type, code, PARAMS.get(status))
    content = {"application/json": {"schema": ref(kind), "example": ERROR_FORMATS[kind](error)}}
    return {"description": meaning, "headers": REQUEST_ID | ERROR_HEADERS.get(status, {}), "content": content}
