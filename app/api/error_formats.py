"""The bodies of errors, in the formats of the APIs that clients speak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, has_app_context

from app.errors import ApiError, PromptTooLong

Body = dict[str, Any]
# Anthropic's types, by status. Its SDKs look at the status, other clients at the type.
ANTHROPIC_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
}
ONE_MODEL = "this server has one model, which its operator chooses"
# Ollama's routes that there are not, with the reason.
OLLAMA_ABSENT = {
    **dict.fromkeys(("/api/embed", "/api/embeddings"), "this server makes no embeddings"),
    **dict.fromkeys((f"/api/{name}" for name in ("pull", "push", "create", "copy", "delete")), ONE_MODEL),
}


def error_format(path: str) -> Callable[[ApiError], Body]:
    """That of the API to which the path belongs."""
    if path == "/v1/messages" or path.startswith("/v1/messages/"):
        return anthropic_error
    return ollama_error if path.startswith("/api/") else openai_error


def made_error(message: str, status: int, type: str, code: str | None, param: str | None = None) -> ApiError:
    """One that no class in app/errors.py stands for."""
    error = ApiError(message, param)
    error.status, error.type, error.code = status, type, code
    return error


def openai_error(error: ApiError) -> Body:
    return {"error": {"message": error.message, "type": error.type, "param": error.param, "code": error.code}}


def anthropic_error(error: ApiError) -> Body:
    message = error.message
    if isinstance(error, PromptTooLong):
        # Claude Code recognises Anthropic's own words, and then shortens the conversation.
        message = f"prompt is too long: {error.requested} tokens > {error.max_model_len} maximum"
    other = "api_error" if error.status >= 500 else "invalid_request_error"
    kind = ANTHROPIC_TYPES.get(error.status, other)
    request_id = g.get("request_id", "-") if has_app_context() else "-"  # none for the examples in the OpenAPI document
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}


def ollama_error(error: ApiError) -> Body:
    return {"error": error.message}
