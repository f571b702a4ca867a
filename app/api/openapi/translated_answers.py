"""JSON Schemas of the answers in Anthropic's and Ollama's formats."""

from __future__ import annotations

from app.api.openapi.answers import BOOLEAN, COUNT, STRING, TEXT_OR_NULL, Json, array, enum, record, ref

OLLAMA_HEAD = {"model": STRING, "created_at": STRING}
NANOSECONDS = {**COUNT, "description": "Nanoseconds."}
LOADED = "The answer to a request without a prompt has no counters."
OLLAMA_COUNTS = {
    "total_duration": NANOSECONDS,
    "load_duration": {**NANOSECONDS, "description": "0: the model is loaded."},
    "prompt_eval_count": {**COUNT, "description": "Tokens of the prompt."},
    "prompt_eval_duration": NANOSECONDS,
    "eval_count": {**COUNT, "description": "Tokens of the reply."},
    "eval_duration": NANOSECONDS,
    "elbarto": ref("Made"),
}
OLLAMA_END = {"done": BOOLEAN, "done_reason": enum("stop", "length", "load"), **OLLAMA_COUNTS}
OLLAMA_DETAILS = record(
    parent_model=STRING,
    format=STRING,
    family=STRING,
    families=array(STRING),
    parameter_size=STRING,
    quantization_level=STRING,
)

SCHEMAS: dict[str, Json] = {
    "AnthropicError": record(
        "Every error of Anthropic's routes.",
        type=enum("error"),
        error=record(
            type=enum(
                *("invalid_request_error", "authentication_error", "permission_error", "not_found_error"),
                *("timeout_error", "request_too_large", "rate_limit_error", "overloaded_error", "api_error"),
            ),
            message=STRING,
        ),
        request_id=STRING,
    ),
    "AnthropicMessage": record(
        id=STRING,
        type=enum("message"),
        role=enum("assistant"),
        model=STRING,
        content=array(
            {
                "anyOf": [
                    record(type=enum("text"), text=STRING),
                    record(type=enum("tool_use"), id=STRING, name=STRING, input={"type": "object"}),
                ]
            }
        ),
        stop_reason=enum("end_turn", "max_tokens", "stop_sequence", "tool_use"),
        stop_sequence={**TEXT_OR_NULL, "description": "The one that ended the text."},
        usage=record(
            input_tokens={**COUNT, "description": "Without the cached ones."},
            cache_creation_input_tokens=COUNT,
            cache_read_input_tokens={**COUNT, "description": "Taken from the prefix cache."},
            output_tokens=COUNT,
        ),
        elbarto=ref("Made"),
    ),
    "CountedTokens": record(input_tokens=COUNT),
    "OllamaError": record("Every error of Ollama's routes.", error=STRING),
    "OllamaChat": record(
        LOADED,
        tuple(OLLAMA_COUNTS),
        **OLLAMA_HEAD,
        message=record(
            "",
            ("tool_calls",),
            role=enum("assistant"),
            content=STRING,
            tool_calls=array(
                record(id=STRING, function=record(index=COUNT, name=STRING, arguments={"type": "object"}))
            ),
        ),
        **OLLAMA_END,
    ),
    "OllamaGenerated": record(LOADED, tuple(OLLAMA_COUNTS), **OLLAMA_HEAD, response=STRING, **OLLAMA_END),
    "OllamaShown": record(
        modelfile=STRING,
        parameters=STRING,
        template={**STRING, "description": "With .Suffix if holes can be filled. Not the checkpoint's chat template."},
        details=OLLAMA_DETAILS,
        model_info={"type": "object"},
        capabilities=array(enum("completion", "tools", "insert")),
        modified_at=STRING,
    ),
    "OllamaTags": record(
        models=array(
            record(
                "",
                ("modified_at", "expires_at", "size_vram", "context_length"),
                name=STRING,
                model=STRING,
                modified_at=STRING,
                size={**COUNT, "description": "0: unknown."},
                digest={**STRING, "description": "Of the name."},
                details=OLLAMA_DETAILS,
                expires_at=STRING,
                size_vram=COUNT,
                context_length=COUNT,
            )
        )
    ),
    "OllamaVersion": record(version=STRING, elbarto_version=STRING),
}
