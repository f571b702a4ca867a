"""POST /v1/completions, /v1/fim/completions (Mistral's) and /beta/completions (DeepSeek's)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from app.api.completion_answers import ChatShapedAnswer, TextAnswer
from app.api.completion_schemas import CompletionSchema
from app.api.context import json_body, service
from app.api.ignored_fields import load_request
from app.api.infill_schemas import context_files
from app.api.schemas import SHARED_FIELDS, check_logprobs
from app.api.structured import requested_grammar
from app.errors import RequestError, Unsupported
from app.messages.decoding import Decoding
from app.messages.options import Overrides
from app.serving.completion import CompletionRequest

blueprint = Blueprint("completions", __name__)

REQUEST_FIELDS = (
    *SHARED_FIELDS,
    *(
        "n",
        "best_of",
        "gen_length",
        "steps_per_block",
        "ignore_eos",
        "stop_token_ids",
        "suffix",
        "fim_dialects",
        "infill_mode",
        "length_method",
        "language",
    ),
)


# DeepSeek's clients append /beta/completions to base URLs with and without /v1.
@blueprint.post("/v1/completions")
@blueprint.post("/beta/completions")
@blueprint.post("/v1/beta/completions")
def completions() -> Response:
    return _answer(TextAnswer, is_fim=False)


@blueprint.post("/v1/fim/completions")
def fim_completions() -> Response:
    """Every prompt is the text before a hole."""
    return _answer(ChatShapedAnswer, is_fim=True)


def _answer(answer: type[TextAnswer], is_fim: bool) -> Response:
    body = load_request(CompletionSchema(), json_body())
    if is_fim and body.get("logprobs") is not None:
        raise Unsupported("logprobs are not supported here; /v1/completions has them.", "logprobs")
    service().check_model(body.get("model"))
    completion = service().completion(to_request(body, is_fim))
    return answer(completion, body).respond(is_streamed=body["stream"])


def to_request(body: dict[str, Any], is_fim: bool) -> CompletionRequest:
    """From a validated body; raises RequestError."""
    _check(body)
    fields = {name: body[name] for name in REQUEST_FIELDS if name in body}
    if "random_seed" in body:
        fields.setdefault("seed", body["random_seed"])
    return CompletionRequest(
        prompts=body["prompt"],
        max_tokens=body.get("max_completion_tokens", body.get("max_tokens")),
        decoding=Overrides.pick(Decoding, body),
        is_fim=is_fim,
        context=context_files(body),
        scored=bool(body.get("logprobs")),
        alternatives=body.get("logprobs", 0),
        grammar=requested_grammar(body),
        **fields,
    )


def _check(body: dict[str, Any]) -> None:
    """Raise RequestError for mutually exclusive fields."""
    if body["echo"] and "logprobs" in body:
        raise Unsupported(
            "logprobs of an echoed prompt are not supported: this model denoises blocks and does not predict a "
            "prompt's tokens one by one. Leave out echo to get those of the completion.",
            "echo",
        )
    for field in ("max_tokens", "max_completion_tokens"):
        if body.get(field) == 0:
            raise RequestError(f"{field} must be an integer of at least 1, got 0.", field)
    best_of, n = body.get("best_of", body["n"]), body["n"]
    if best_of < n:
        raise RequestError(f"best_of must be at least n ({n}), got {best_of}.", "best_of")
    check_logprobs(best_of * len(body["prompt"]), body.get("logprobs", 0), "best_of (or n) times logprobs", "best_of")
    if best_of > n and body["stream"]:
        raise RequestError("best_of > n cannot be streamed: the ranking is known only at the end.", "best_of")
