"""JSON Schemas of the answers. Fields may be added; clients should ignore unknown ones."""

from __future__ import annotations

from typing import Any

from app.api.openapi.rules import or_null, schema_of_rule
from app.messages.decoding import DECODING_OPTIONS, Decoding
from app.messages.defaults import INFILL_MODES

Json = dict[str, Any]

STRING: Json = {"type": "string"}
TEXT_OR_NULL: Json = {"type": ["string", "null"]}
BOOLEAN: Json = {"type": "boolean"}
COUNT: Json = {"type": "integer", "minimum": 0}
COUNT_OR_NULL: Json = {"type": ["integer", "null"], "minimum": 0}
NUMBER: Json = {"type": "number"}
MS: Json = {"type": ["number", "null"], "description": "Milliseconds."}
SHARE: Json = {"type": "number", "minimum": 0, "maximum": 1}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def enum(*values: str, **more: Any) -> Json:
    return {"type": "string", "enum": list(values), **more}


def array(items: Json, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


def record(description: str = "", optional: tuple[str, ...] = (), /, **properties: Json) -> Json:
    """An object whose properties are all required, except the optional ones."""
    required = [name for name in properties if name not in optional]
    schema: Json = {"type": "object", "required": required, "properties": properties}
    return {"description": description, **schema} if description else schema


HEAD = {"id": STRING, "created": {**COUNT, "description": "Seconds since 1970."}, "model": STRING}
COUNTERS = {"usage": ref("Usage"), "elbarto": ref("Made")}
FINISH = {"finish_reason": enum("stop", "length")}
LOGGED = {
    "token": STRING,
    "logprob": NUMBER,
    "bytes": {"type": ["array", "null"], "items": COUNT, "description": "UTF-8. null: a part of a character."},
}
HOLES = array(ref("FilledHole"))
# The decoding options in force: null only where no value applies by default.
DECODING = {
    name: schema_of_rule(DECODING_OPTIONS[name].rule)
    if value is not None
    else or_null(schema_of_rule(DECODING_OPTIONS[name].rule))
    for name, value in Decoding().in_force().items()
}
PACE = {
    f"{part}_{name}": NUMBER for part in ("prompt", "predicted") for name in ("n", "ms", "per_token_ms", "per_second")
}
LLAMA_CPP_FIELDS = (
    *("index", "content", "tokens", "id_slot", "stop", "model", "tokens_predicted", "tokens_evaluated"),
    *("tokens_cached", "generation_settings", "has_new_line", "truncated", "stop_type", "stopping_word"),
    *("timings", "elbarto"),
)
GENERATION_PROGRESS = record(
    "Replies have `tokens` and `max_tokens`; infills have `holes_filled` and `holes`.",
    ("tokens", "max_tokens", "holes_filled", "holes"),
    tokens=COUNT,
    max_tokens=COUNT,
    holes_filled=COUNT,
    holes=COUNT,
)

SCHEMAS: dict[str, Json] = {
    "Error": record(
        "Every error, in OpenAI's format.",
        error=record(
            message=STRING,
            type=enum(
                *("invalid_request_error", "authentication_error", "permission_error", "rate_limit_error"),
                *("unavailable_error", "server_error"),
            ),
            param={**TEXT_OR_NULL, "description": "The field at fault."},
            code=TEXT_OR_NULL,
        ),
    ),
    "Usage": record(
        prompt_tokens=COUNT,
        completion_tokens={**COUNT, "description": "Tokens delivered, over all choices."},
        total_tokens=COUNT,
        prompt_tokens_details=record(cached_tokens={**COUNT, "description": "Taken from the prefix cache."}),
    ),
    "Params": record(
        "The parameters that applied, after rounding. For an infill on a canvas, without the lengths.",
        ("steps", "gen_length"),
        steps=COUNT,
        gen_length=COUNT,
        block_length=COUNT,
        **DECODING,
        time_budget_ms=COUNT_OR_NULL,
        speculation={**COUNT_OR_NULL, "description": "null: the server's limit."},
        seed={"type": "integer"},
    ),
    "Made": record(
        "Counters of the answer, summed over its sequences; times are those of the slowest sequence.",
        ("steps", "fused_commits", "first_block_ms", "sequences", "infill_mode", "restarts"),
        steps={**COUNT, "description": "Denoising steps. Several may share one forward."},
        denoise_forwards={**COUNT, "description": "Denoising forwards: fewer than steps if steps reached drafts."},
        fused_commits={**COUNT, "description": "Denoising forwards that also committed the previous block."},
        drafts=record(
            "Predicted later states of a block that these forwards also evaluated.",
            tried=COUNT,
            accepted={**COUNT, "description": "Drafts that turned out to be the next state, which saved a forward."},
        ),
        prefill_forwards=COUNT,
        restarts={
            **COUNT,
            "description": "Sequences that went on elsewhere because their engine was lost; else absent.",
        },
        sequences={**COUNT, "description": "For an infill: the sequences that ran for it."},
        tpf={**NUMBER, "description": "Tokens per forward: delivered tokens divided by denoising forwards."},
        prompt_tokens=COUNT,
        cached_tokens=COUNT,
        prefill_tokens=COUNT,
        queue_ms=MS,
        first_block_ms=MS,
        total_ms=MS,
        infill_mode=enum(*INFILL_MODES),
        params=ref("Params"),
        warnings=array(STRING),
    ),
    "ChatCompletion": record(
        **HEAD,
        object=enum("chat.completion"),
        choices=array(
            record(
                "",
                ("token_ids",),
                index=COUNT,
                message=record(
                    "",
                    ("tool_calls",),
                    role=enum("assistant"),
                    content={**TEXT_OR_NULL, "description": "null: there are only calls."},
                    tool_calls=array(
                        record(
                            id=STRING,
                            type=enum("function"),
                            function=record(name=STRING, arguments={**STRING, "description": "JSON."}),
                        )
                    ),
                ),
                logprobs={"anyOf": [ref("ChatLogprobs"), {"type": "null"}]},
                finish_reason=enum("stop", "length", "tool_calls"),
                token_ids=array(COUNT, description="With `return_token_ids`."),
            )
        ),
        **COUNTERS,
    ),
    "TextCompletion": record(
        **HEAD,
        object=enum("text_completion"),
        choices=array(
            record(
                "",
                ("token_ids",),
                index=COUNT,
                text=STRING,
                logprobs={"anyOf": [ref("Logprobs"), {"type": "null"}]},
                **FINISH,
                token_ids=array(COUNT, description="With `return_token_ids`."),
            )
        ),
        **COUNTERS,
    ),
    "ChatLogprobs": record(
        "Of the tokens when they became final.",
        content=array(record(**LOGGED, top_logprobs=array(record(**LOGGED)))),
        refusal={"type": "null"},
    ),
    "Logprobs": record(
        "Of the tokens when they were accepted.",
        tokens=array(STRING),
        token_logprobs=array(NUMBER),
        top_logprobs=array({"type": "object", "additionalProperties": NUMBER}),
        text_offset=array(COUNT, description="In characters."),
    ),
    "FilledHole": record(
        index=COUNT,
        text=STRING,
        finish_reason=STRING,
        tokens=array(
            record(
                id=COUNT,
                text=STRING,
                confidence=SHARE,
                step={**COUNT_OR_NULL, "description": "null: the token was in the request."},
                pinned=BOOLEAN,
            ),
            description="The decoded tokens. `text` is what remains after stop strings and cleanup.",
        ),
    ),
    "Infill": record(
        **HEAD,
        object=enum("infill"),
        infill_mode=enum(*INFILL_MODES),
        filled=enum("together", "in order"),
        text={**STRING, "description": "The whole text of the best candidate."},
        holes=HOLES,
        choices=array(
            record(
                "The best is first.",
                ("parses",),
                index=COUNT,
                score={**NUMBER, "description": "Mean log probability of its tokens."},
                parses={
                    "type": ["boolean", "null"],
                    "description": "With `syntax`: whether the file has no syntax error. null: it was not parsed.",
                },
                text=STRING,
                holes=HOLES,
            )
        ),
        **COUNTERS,
    ),
    "Edit": record(
        **HEAD,
        object=enum("edit"),
        infill_mode=enum(*INFILL_MODES),
        text=STRING,
        edits=array({"allOf": [record(start=COUNT, end=COUNT), ref("FilledHole")]}),
        **COUNTERS,
    ),
    "LlamaCppAnswer": record(
        "With `response_fields`, only those.",
        LLAMA_CPP_FIELDS,
        index=COUNT,
        content=STRING,
        tokens=array(COUNT),
        id_slot=COUNT,
        stop=BOOLEAN,
        model=STRING,
        tokens_predicted=COUNT,
        tokens_evaluated=COUNT,
        tokens_cached=COUNT,
        generation_settings={"type": "object"},
        has_new_line=BOOLEAN,
        truncated=BOOLEAN,
        stop_type=enum("limit", "eos", "word"),
        stopping_word=STRING,
        timings=record(cache_n=COUNT, **PACE),
        elbarto=ref("Made"),
    ),
    "Props": record(
        default_generation_settings=record(n_ctx=COUNT, params={"type": "object"}),
        total_slots=COUNT,
        model_alias=STRING,
        model_path=STRING,
        modalities={"type": "object"},
        is_sleeping=BOOLEAN,
        status=STRING,
    ),
    "Model": record(
        id=STRING,
        object=enum("model"),
        created=COUNT,
        owned_by=STRING,
        max_model_len={**COUNT, "description": "Prompt and reply together, in tokens."},
        family=STRING,
        block_length=COUNT,
        mask_token_id=COUNT,
        infill_modes=array(enum(*INFILL_MODES)),
        infill_context={**COUNT_OR_NULL, "description": "Tokens around a hole that the model uses."},
        infill_syntax=array(STRING, description="Languages for `syntax`: those that are installed."),
    ),
    "ModelList": record(object=enum("list"), data=array(ref("Model"))),
    "Health": record(
        "",
        ("replicas",),
        status=enum("ok", "loading", "failed", "closed"),
        queue=record("Sequences.", running=COUNT, waiting=COUNT, capacity=COUNT),
        model=TEXT_OR_NULL,
        device=TEXT_OR_NULL,
        dtype=TEXT_OR_NULL,
        replicas={
            **array(
                record(
                    name=STRING,
                    state=enum("loading", "ready", "failed", "closed"),
                    sequences={**COUNT, "description": "Running and waiting."},
                    step_age_s={**NUMBER, "description": "How long the step that runs now has been running."},
                )
            ),
            "description": "Of a cluster only.",
        },
    ),
    "Tokens": record(tokens=array(COUNT), count=COUNT, max_model_len=COUNT),
    "TokenizerInfo": record(
        "As in tokenizer_config.json, with a member for each special token, such as `eos_token`.",
        tokenizer_class=STRING,
        added_tokens_decoder={"type": "object", "description": "The added tokens, by their ids."},
        chat_template={"anyOf": [STRING, array({"type": "object"}), {"type": "null"}]},
        model_max_length={**COUNT, "description": "Prompt and reply together, in tokens."},
    ),
    "Version": record(version=STRING),
    "Detokenized": record("The text, under two names.", prompt=STRING, content=STRING),
    "Generation": record(
        "",
        ("texts",),
        id={**STRING, "description": "As in the answer."},
        object=enum("generation"),
        request_id={**STRING, "description": "As in the answer's x-request-id header."},
        endpoint=STRING,
        model=STRING,
        created=COUNT,
        age_ms=NUMBER,
        progress=GENERATION_PROGRESS,
        texts=array(TEXT_OR_NULL, description="With ELBARTO_WATCH=full: the text so far of each choice or hole."),
    ),
    "GenerationList": record(object=enum("list"), data=array(ref("Generation"))),
}
