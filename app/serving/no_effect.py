"""Fields of a request that change nothing beside its others: a warning for each."""

from __future__ import annotations

from collections.abc import Iterator

from app.messages.decoding import SCHEDULED_MODES, Decoding, without_effect
from app.serving.requests import DecodingRequest, Rendering, ToolUse
from app.text.tokenizer import Tokenizer


def unused_fields(request: DecodingRequest, decoding: Decoding) -> Iterator[str]:
    """`decoding` are the options that apply."""
    is_timed = request.time_budget_ms is not None
    yield from without_effect(request.decoding, decoding, is_timed)
    if request.steps is not None and request.steps_per_block is not None:
        yield "steps has no effect beside steps_per_block."
    for name in ("steps", "steps_per_block"):
        if getattr(request, name) is None:
            continue
        if is_timed:
            yield f"{name} has no effect with time_budget_ms."
        elif decoding.mode not in SCHEDULED_MODES:
            modes = ", ".join(SCHEDULED_MODES)
            yield f"{name} has no effect in decode_mode {decoding.mode}; it has one in {modes}."


def unknown_variables(rendering: Rendering, tokenizer: Tokenizer) -> Iterator[str]:
    for name in rendering.variables:
        if name not in tokenizer.template_variables:
            yield f"chat_template_kwargs.{name[:64]} has no effect: the chat template has no such variable."


def unused_strict(tools: ToolUse | None) -> Iterator[str]:
    if (
        tools is not None
        and not tools.is_certain
        and any(tool.definition["function"].get("strict") for tool in tools.tools)
    ):
        yield "strict has no effect with tool_choice auto: only forced calls follow a schema."
