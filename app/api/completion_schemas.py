"""The request bodies of completions, in OpenAI's, Mistral's and DeepSeek's formats."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from app.api.infill_schemas import LENGTH_METHODS, MAX_FILES, ContextFileSchema
from app.api.schemas import (
    Boolean,
    DecodingSchema,
    Integer,
    Object,
    Objects,
    StreamOptionsSchema,
    Text,
    TokenIds,
    refusal,
)
from app.messages.defaults import INFILL_MODES
from app.serving.completion import DIALECT_NAMES

PROMPT = "a string, a list of strings, a list of token ids, or a list of such lists"


class Prompts(fields.Field[list[str | list[int]]]):
    """A list of prompts, each a text or token ids."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str | list[int]]:
        if isinstance(value, str):
            return [value]
        if not isinstance(value, list) or not value:
            raise refusal(PROMPT, value)
        prompts = [value] if _is_id(value[0]) else value
        for prompt in prompts:
            if not isinstance(prompt, str) and not (isinstance(prompt, list) and prompt and all(map(_is_id, prompt))):
                raise refusal(PROMPT, value)
        return prompts


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Dialects(fields.Field[tuple[str, ...]]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise refusal("a list of names", value)
        unknown = [name for name in value if name not in DIALECT_NAMES]
        if unknown:
            raise ValidationError(refusal(f"a list of any of {', '.join(DIALECT_NAMES)}", unknown[0]).messages)
        return tuple(value)


class CompletionSchema(DecodingSchema):
    """POST /v1/completions and the fill-in-the-middle endpoints."""

    prompt = Prompts(required=True, error_messages={"required": f"is required: {PROMPT}"})
    suffix = Text()
    max_tokens = Integer(0, unset=(-1,))
    max_completion_tokens = Integer(0, unset=(-1,))
    gen_length = Integer(1)
    steps_per_block = Integer(1)
    n = Integer(1, load_default=1)
    best_of = Integer(1)
    echo = Boolean(load_default=False)
    logprobs = Integer(0, 20, unset=(False,))  # clients share the option with chats, where it is a boolean
    ignore_eos = Boolean()
    stop_token_ids = TokenIds(may_be_empty=True)
    stream_options = Object(StreamOptionsSchema())
    return_token_ids = Boolean(load_default=False)
    fim_dialects = Dialects()
    infill_mode = Text(*INFILL_MODES)
    length_method = Text(*LENGTH_METHODS)
    language = Text()
    context = Objects(ContextFileSchema(), most=MAX_FILES)
    random_seed = Integer(-(2**63), 2**64 - 1, unset=(-1,))  # Mistral's name for the seed
