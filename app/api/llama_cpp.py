"""llama.cpp's native endpoints, as far as editor plugins use them: POST /infill and /completion, GET /props."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, jsonify

from app.api.context import json_body, service
from app.api.ignored_fields import load_request
from app.api.llama_cpp_schemas import LlamaCppCompletionSchema, LlamaCppInfillSchema, completion_request, infill_request
from app.api.running import RunningAnswer, answer_head
from app.api.sse import StreamEvent
from app.api.usage import completion_elbarto_body
from app.serving.completion import Completion, CompletionRequest
from app.serving.completion_parts import CompletionChoice, CompletionDelta
from app.serving.generation import SILENCE
from app.serving.work import Usage

blueprint = Blueprint("llama_cpp", __name__)


@blueprint.post("/infill")
def infill() -> Response:
    body = load_request(LlamaCppInfillSchema(), json_body())
    return _answer(infill_request(body), body)


@blueprint.post("/completion")
def completion() -> Response:
    body = load_request(LlamaCppCompletionSchema(), json_body())
    return _answer(completion_request(body), body)


@blueprint.get("/props")
def props() -> Response:
    health, model = service().health(), service().model
    return jsonify(
        {
            "default_generation_settings": {"n_ctx": model.max_model_len, "params": {"n_predict": -1}},
            "total_slots": service().max_running,
            "model_alias": model.id,
            "model_path": model.id,
            "modalities": {"vision": False, "audio": False},
            "is_sleeping": False,
            "status": health.state,
        }
    )


def _answer(request: CompletionRequest, body: dict[str, Any]) -> Response:
    service().check_model(body.get("model"))
    return LlamaCppAnswer(service().completion(request), body).respond(is_streamed=body["stream"])


class LlamaCppAnswer(RunningAnswer):
    """`content` and timings; a stream's last event has `stop`, and no [DONE] follows.

    Plugins send an `n_predict` of 0 to warm the prefix cache; no predicted text is returned then.
    """

    def __init__(self, completion: Completion, body: dict[str, Any]) -> None:
        super().__init__(completion, answer_head("llamacpp", completion.model.id))
        self._completion = completion
        self._fields: Sequence[str] | None = body.get("response_fields")
        self._is_warming = body["n_predict"] == 0

    def body(self) -> dict[str, Any]:
        return _selected(self._final(self._completion.choices[0].text), self._fields)

    def stream(self) -> Iterator[StreamEvent]:
        num_tokens = 0
        for event in self.updates():
            if isinstance(event, CompletionDelta) and not self._is_warming:
                num_tokens += len(event.tokens)
                tokens = [token.id for token in event.tokens]
                if event.text:
                    answer = {"index": 0, "content": event.text, "tokens": tokens, "stop": False, "id_slot": 0}
                    yield answer | {"tokens_predicted": num_tokens}
            elif event is SILENCE:
                yield SILENCE
        if self.is_complete:
            yield _selected(self._final(""), self._fields)

    def _final(self, content: str) -> dict[str, Any]:
        (choice,) = self._completion.choices
        usage = self._completion.usage()
        counters = completion_elbarto_body(usage)
        predicted = 0 if self._is_warming else usage.completion_tokens
        answer = _empty(self._completion.model.id)
        if predicted:
            answer |= {"content": content, "tokens": [token.id for token in choice.tokens]}
        return answer | {
            "tokens_predicted": predicted,
            "tokens_evaluated": usage.prompt_tokens,
            "tokens_cached": usage.cached_tokens,
            "generation_settings": counters["params"],
            "has_new_line": "\n" in choice.text and predicted > 0,
            "stop_type": _stop_type(choice),
            "stopping_word": choice.stopping_word,
            "timings": timings(usage, predicted),
            "elbarto": counters,
        }


def _stop_type(choice: CompletionChoice) -> str:
    if choice.stopping_word:
        return "word"
    return "limit" if choice.finish_reason == "length" else "eos"


def timings(usage: Usage, num_tokens: int) -> dict[str, Any]:
    """Times of prompt and reply: the total, divided in the ratio of prefill to denoising forwards."""
    ran_ms = max(0.0, round(usage.total_ms, 1) - round(usage.queue_ms, 1))
    prefills = usage.prefill_forwards
    prompt_ms = round(ran_ms * prefills / max(1, prefills + usage.denoise_forwards), 3)
    return {
        "cache_n": usage.cached_tokens,
        **_pace("prompt", usage.prefill_tokens, prompt_ms),
        **_pace("predicted", num_tokens, round(ran_ms - prompt_ms, 3)),
    }


def _pace(name: str, num: int, spent_ms: float) -> dict[str, Any]:
    return {
        f"{name}_n": num,
        f"{name}_ms": spent_ms,
        f"{name}_per_token_ms": round(spent_ms / num, 3) if num else 0.0,
        f"{name}_per_second": round(1000 * num / spent_ms, 3) if spent_ms else 0.0,
    }


def _empty(model: str) -> dict[str, Any]:
    return {
        "index": 0,
        "content": "",
        "tokens": [],
        "id_slot": 0,
        "stop": True,
        "model": model,
        "tokens_predicted": 0,
        "tokens_evaluated": 0,
        "tokens_cached": 0,
        "generation_settings": {},
        "has_new_line": False,
        "truncated": False,  # a shortened prefix or suffix does not count
        "stop_type": "limit",
        "stopping_word": "",
        "timings": {"cache_n": 0, **_pace("prompt", 0, 0.0), **_pace("predicted", 0, 0.0)},
    }


def _selected(answer: dict[str, Any], names: Sequence[str] | None) -> dict[str, Any]:
    """The answer, or only its named fields, if there are any; a path such as timings/prompt_n becomes a key."""
    if not names:
        return answer
    selected: dict[str, Any] = {}
    for name in names:
        value: Any = answer
        for key in name.split("/"):
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            selected[name] = value
    return selected
