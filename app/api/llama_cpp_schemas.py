"""The bodies of llama.cpp's own endpoints, and what they mean to the service."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.api.completion_schemas import Dialects, Prompts
from app.api.infill_schemas import ContextFileSchema, context_files
from app.api.schemas import BodySchema, Boolean, Integer, Number, Objects, StopList, Text, refusal
from app.errors import RequestError
from app.serving.completion import CompletionRequest

SAME = ("stop", "top_p", "top_k", "presence_penalty", "frequency_penalty", "fim_dialects")
MAX_BUDGET_MS = 3_600_000
HIGHEST_TEMPERATURE = 2


class Names(fields.Field[list[str]]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise refusal("a list of names", value)
        return value


class LlamaCppSchema(BodySchema):
    """What both endpoints take. Of the samplers' many other fields none means anything here; they are ignored."""

    model = Text()
    stream = Boolean(load_default=False)
    n_predict = Integer(-2, load_default=-1)  # below 0: as many as it likes
    stop = StopList()
    seed = Integer(-1, 2**64 - 1)
    temperature = Number(0)
    top_p = Number(0, 1)
    top_k = Integer(-1)
    repeat_penalty = Number(high=100, above=0)
    presence_penalty = Number(-2, 2)
    frequency_penalty = Number(-2, 2)
    t_max_predict_ms = Integer()
    n_indent = Integer(0, load_default=0)
    response_fields = Names()
    fim_dialects = Dialects()


class LlamaCppInfillSchema(LlamaCppSchema):
    """POST /infill. `prompt` is what stands before the hole on its own line."""

    input_prefix = Text(load_default="")
    input_suffix = Text(load_default="")
    prompt = Text(load_default="")
    context = Objects(ContextFileSchema(), data_key="input_extra")


class LlamaCppCompletionSchema(LlamaCppSchema):
    """POST /completion."""

    prompt = Prompts(required=True, error_messages={"required": "is required: a string or a list of token ids"})


def infill_request(body: dict[str, Any]) -> CompletionRequest:
    """As in llama.cpp, the time for predicting counts once there is a line: llama.vim allows a quarter of a second."""
    return CompletionRequest(
        prompts=[body["input_prefix"] + body["prompt"]],
        suffix=body["input_suffix"],
        context=context_files(body),
        min_indent=body["n_indent"],
        soft_budget_ms=_budget_ms(body),
        **_common(body),
    )


def completion_request(body: dict[str, Any]) -> CompletionRequest:
    if len(body["prompt"]) > 1:
        raise RequestError("prompt must be one prompt here; /v1/completions takes several.", "prompt")
    return CompletionRequest(
        prompts=body["prompt"], min_indent=body["n_indent"], time_budget_ms=_budget_ms(body), **_common(body)
    )


def _budget_ms(body: dict[str, Any]) -> int | None:
    budget_ms: int = body.get("t_max_predict_ms", 0)
    return min(budget_ms, MAX_BUDGET_MS) if budget_ms > 0 else None


def _common(body: dict[str, Any]) -> dict[str, Any]:
    given = {name: body[name] for name in SAME if name in body}
    if body["n_predict"] >= 0:
        given["max_tokens"] = max(1, body["n_predict"])  # none at all: the prompt is read for the prefix cache
    if body.get("seed", -1) >= 0:
        given["seed"] = body["seed"]
    if "temperature" in body:
        given["temperature"] = min(body["temperature"], HIGHEST_TEMPERATURE)
    if "repeat_penalty" in body:
        given["repetition_penalty"] = body["repeat_penalty"]
    return given
