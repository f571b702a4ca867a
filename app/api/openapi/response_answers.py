"""JSON Schemas of OpenAI's responses."""

from __future__ import annotations

from app.api.openapi.answers import (
    BOOLEAN,
    COUNT,
    COUNT_OR_NULL,
    NUMBER,
    STRING,
    TEXT_OR_NULL,
    Json,
    array,
    enum,
    record,
    ref,
)

NULL: Json = {"type": "null"}
ITEM_STATUS = enum("completed", "incomplete")
OUTPUT_TEXT = record(
    type=enum("output_text"),
    text=STRING,
    annotations=array({"type": "object"}),
    logprobs=array({"type": "object"}),
)
MESSAGE = record(
    id=STRING, type=enum("message"), status=ITEM_STATUS, role=enum("assistant"), content=array(OUTPUT_TEXT)
)
CALL = record(
    id=STRING,
    type=enum("function_call"),
    status=ITEM_STATUS,
    call_id=STRING,
    name=STRING,
    arguments={**STRING, "description": "JSON."},
)
USAGE = record(
    input_tokens=COUNT,
    input_tokens_details=record(
        cached_tokens={**COUNT, "description": "Taken from the prefix cache."},
        cache_write_tokens={**COUNT, "description": "Always 0: nothing is charged for them."},
    ),
    output_tokens=COUNT,
    output_tokens_details=record(reasoning_tokens=COUNT),
    total_tokens=COUNT,
)


def or_null(schema: Json, description: str = "") -> Json:
    return {"anyOf": [schema, NULL], **({"description": description} if description else {})}


SCHEMAS: dict[str, Json] = {
    "Response": record(
        id=STRING,
        object=enum("response"),
        created_at=COUNT,
        completed_at=COUNT_OR_NULL,
        status=enum("completed", "incomplete"),
        background={**BOOLEAN, "enum": [False]},
        error={**NULL, "description": "In a stream that fails, an object with `code` and `message`."},
        incomplete_details=or_null(record(reason=TEXT_OR_NULL), "max_output_tokens: the reply reached its limit."),
        model=STRING,
        output=array({"anyOf": [MESSAGE, CALL]}),
        previous_response_id=NULL,
        reasoning=record(effort=NULL, summary=NULL),
        service_tier=enum("default"),
        store={**BOOLEAN, "enum": [False], "description": "Nothing is stored."},
        temperature=NUMBER,
        text=record(format={"type": "object"}),
        tools=array({"type": "object"}, description="The functions of the request."),
        top_logprobs=COUNT,
        top_p=NUMBER,
        truncation=enum("disabled"),
        usage=USAGE,
        instructions=TEXT_OR_NULL,
        max_output_tokens=COUNT_OR_NULL,
        max_tool_calls=COUNT_OR_NULL,
        prompt_cache_key=TEXT_OR_NULL,
        safety_identifier=TEXT_OR_NULL,
        user=TEXT_OR_NULL,
        metadata={"type": "object"},
        parallel_tool_calls=BOOLEAN,
        tool_choice={"anyOf": [STRING, {"type": "object"}]},
        elbarto=ref("Made"),
    ),
}
