"""Fields of a request that this server does not have: each is named in `elbarto.warnings` and in a header.

Clients of other servers send many. Those that never change an answer are passed over, and so are values that ask for
what happens here anyway. Where a text made without the field would be a wrong answer, the request is refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from flask import Flask, Response, g
from marshmallow import Schema, fields

from app.api.infill_schemas import HoleSchema, Segments
from app.api.schemas import Object, Objects, load
from app.errors import Unsupported

HEADER = "x-elbarto-ignored"
MAX_NAMED = 20  # fields in one answer; further ones are only counted
MAX_NAME = 64  # characters
SIMILARITY = 0.75  # of a misspelled name and the right one: chosen so that two swapped letters of four are recognised

# They do not change the text.
HARMLESS = frozenset(
    (
        *("metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key", "request_id", "priority"),
        *("prompt_cache_retention", "include_reasoning", "guided_decoding_backend", "kv_transfer_params", "cache_salt"),
        *("cache_prompt", "id_slot", "slot_id", "t_max_prompt_ms", "timings_per_token", "return_progress"),
        *("n_cache_reuse", "post_sampling_probs", "return_tokens", "include_obfuscation"),
    )
)
# In messages: what servers put into their answers, and clients send back.
ANSWERED = frozenset(
    ("refusal", "annotations", "audio", "reasoning", "reasoning_content", "id", "status", "type", "index")
)
# Values with which a field asks for what happens anyway. Of REASONS and REFUSED, everything false does.
NEUTRAL: Mapping[str, Collection[Any]] = {
    "add_special_tokens": (True, False),
    "best_of": (1,),
    "continuous_usage_stats": (False,),
    "detokenize": (True,),
    "dry_multiplier": (0,),
    "dynatemp_range": (0,),
    "echo": (False,),
    "function_call": ("none", "auto"),
    "include_stop_str_in_output": (False,),
    "length_penalty": (1,),
    "logprobs": (False, 0),
    "min_keep": (0,),
    "min_p": (0,),
    "min_tokens": (0,),
    "mirostat": (0,),
    "modalities": (["text"],),
    "n": (1,),
    "n_probs": (0,),
    "skip_special_tokens": (True,),
    "spaces_between_special_tokens": (True,),
    "tfs_z": (1,),
    "typical_p": (1,),
    "typ_p": (1,),
    "use_beam_search": (False,),
    "xtc_probability": (0,),
}
# The objects of response_format, from the outside to the inside.
FORM_FIELDS: Mapping[str, Collection[str]] = {
    "response_format.": ("type", "json_schema"),
    "response_format.json_schema.": ("name", "description", "schema", "strict"),
}
NO_SAMPLER = "this server has no such sampler"
REASONS: Mapping[str, str] = {
    "echo": "the answer has the new text alone",
    "enable_thinking": "send it in chat_template_kwargs",
    "extra_body": "its fields belong at the top level of the body; SDKs put them there",
    "prediction": "replies are not drafted from a text",
    **dict.fromkeys(
        ("reasoning", "reasoning_effort"), "send what the chat template knows of it in chat_template_kwargs"
    ),
    **dict.fromkeys(("min_p", "typical_p", "typ_p", "tfs_z", "mirostat", "samplers", "top_a"), NO_SAMPLER),
    **dict.fromkeys(("dynatemp_range", "xtc_probability", "dry_multiplier"), NO_SAMPLER),
    "min_tokens": "a reply ends at its end token; ignore_eos goes on",
    "web_search_options": "this server searches nothing",
    "skip_special_tokens": "special tokens are never part of a text",
}
# What a client would take for granted in the answer, so that one without it would be wrong.
REFUSED: Mapping[str, str] = {
    "functions": "is OpenAI's old name for tools: send `tools`",
    "function_call": "is OpenAI's old name for tool_choice: send `tools` and `tool_choice`",
    "chat_template": "is not supported: messages are rendered with the checkpoint's own template",
    "bad_words": "is not supported: send logit_bias to keep tokens out of a text",
    "allowed_token_ids": "is not supported: send guided_regex, guided_choice or guided_grammar to restrict a text",
    "prompt_logprobs": "is not supported: this model does not predict a prompt's tokens one by one",
    "prompt_embeds": "is not supported: send a prompt as text or token ids",
    "image_data": "is not supported: this model accepts text only",
    "multimodal_data": "is not supported: this model accepts text only",
    "audio": "is not supported: this model answers with text only",
    "modalities": 'must be ["text"]: this model answers with text only',
}


def load_request(schema: Schema, body: Mapping[str, Any], handled: Collection[str] = ()) -> dict[str, Any]:
    """As `load`, with `warnings` about the fields that are ignored. Raises RequestError.

    Fields that are `handled` are those of which the route tells in its own words.
    """
    loaded = load(schema, body)
    others = {name: value for name, value in body.items() if name not in handled}
    found = dict([*ignored_fields(schema, others), *_in_response_format(body.get("response_format"))])
    g.ignored_fields = list(found)
    named = list(found.values())[:MAX_NAMED]
    if len(found) > MAX_NAMED:
        named.append(f"{len(found) - MAX_NAMED} more fields are unknown.")
    return {**loaded, "warnings": named}


def ignored_fields(schema: Schema, body: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """(name, warning) for each field that is ignored. Raises Unsupported for one that must not be."""
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    for name, value in body.items():
        field = known.get(name)
        if field is None:
            if not (_asks_for_nothing(name, value) or (path.startswith("messages") and name in ANSWERED)):
                yield _shown(path + name), _warning(path, name, known)
        elif value is not None:
            for index, inner_schema, inner in _parts(field, value):
                yield from ignored_fields(inner_schema, inner, f"{path}{name}{index}.")


def _parts(field: fields.Field[Any], value: Any) -> Iterator[tuple[str, Schema, Mapping[str, Any]]]:
    """(index, schema, object) for the objects in a field's value, which was validated."""
    if isinstance(field, Object) and field.schema:
        yield "", field.schema, value
    elif isinstance(field, Objects) and field.item.schema:
        yield from ((f"[{index}]", field.item.schema, item) for index, item in enumerate(value))
    elif isinstance(field, Segments):
        holes = ((index, item["hole"]) for index, item in enumerate(value) if isinstance(item, dict))
        yield from ((f"[{index}].hole", HoleSchema(), hole) for index, hole in holes)


def _in_response_format(form: Any) -> Iterator[tuple[str, str]]:
    """A misspelled `schema` would allow any object."""
    for path, names in FORM_FIELDS.items():
        for name in form if isinstance(form, dict) else ():
            if name not in names:
                yield _shown(path + name), _warning(path, name, names)
        form = form.get("json_schema") if isinstance(form, dict) else None


def register(app: Flask) -> None:
    @app.after_request
    def name_ignored_fields(response: Response) -> Response:
        if names := g.get("ignored_fields"):
            response.headers[HEADER] = ", ".join(names[:MAX_NAMED])
        return response


def _asks_for_nothing(name: str, value: Any) -> bool:
    if value is None or name in HARMLESS or value in NEUTRAL.get(name, ()):
        return True
    return not value and (name in REASONS or name in REFUSED)


def _warning(path: str, name: str, known: Collection[str]) -> str:
    shown = _shown(path + name)
    if not path and name in REFUSED:
        raise Unsupported(f"{name} {REFUSED[name]}.", name)
    if not path and name in REASONS:
        return f"{name} was ignored: {REASONS[name]}."
    meant = difflib.get_close_matches(_snake_case(name[:MAX_NAME]), known, n=1, cutoff=SIMILARITY)
    if meant:
        return f"{shown} is not a field; did you mean {meant[0]}?"
    return f"{shown} is not a field of this server, and was ignored."


def _snake_case(name: str) -> str:
    """maxTokens and max-tokens as max_tokens."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("-", "_").lower()


def _shown(name: str) -> str:
    """For a header and a log: printable ASCII, and not long."""
    name = name if len(name) <= MAX_NAME else name[: MAX_NAME - 3] + "..."
    return "".join(each if " " < each <= "~" and each != "," else "?" for each in name)
