"""How a reply was made: OpenAI's `usage` and our `elbarto` object."""

from __future__ import annotations

from typing import Any

from app.messages.params import GenerationParams
from app.serving.completion import Completion
from app.serving.completion_parts import InfillPart, Part, ReplyPart
from app.serving.infill.infill import Infill
from app.serving.infill.requests import Outcome
from app.serving.reply import Reply


def usage(reply: Reply) -> dict[str, Any]:
    """`completion_tokens` counts the tokens delivered, of all choices together."""
    completion = reply.completion_tokens
    return {
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": reply.prompt_tokens + completion,
        "prompt_tokens_details": {"cached_tokens": reply.cached_tokens},
    }


def elbarto(reply: Reply) -> dict[str, Any]:
    """Counters summed over the choices (times: the longest), and the parameters after rounding."""
    return {
        "steps": reply.total("steps"),
        "denoise_forwards": reply.total("steps"),
        "fused_commits": reply.total("fused_commits"),
        "prefill_forwards": reply.total("prefill_forwards"),
        "tpf": round(reply.tokens_per_forward, 3),
        "prompt_tokens": reply.prompt_tokens,
        "cached_tokens": reply.cached_tokens,
        "prefill_tokens": reply.total("prefill_tokens"),
        "queue_ms": reply.longest_ms("queue_ms"),
        "first_block_ms": reply.longest_ms("first_block_ms"),
        "total_ms": reply.longest_ms("total_ms"),
        "params": params_body(reply.params),
        "warnings": reply.warnings,
    }


def params_body(params: GenerationParams) -> dict[str, Any]:
    """The parameters that applied, after rounding."""
    return {
        "steps": params.steps,
        "gen_length": params.gen_length,
        "block_length": params.block_length,
        **params.in_force(),
        "time_budget_ms": params.time_budget_ms,
        "seed": params.seed,
    }


def infill_params_body(infill: Infill) -> dict[str, Any]:
    """On a canvas without the lengths: every window has its own."""
    body = params_body(infill.params)
    return {name: body[name] for name in body if infill.mode != "canvas" or name not in ("steps", "gen_length")}


def infill_usage(outcome: Outcome) -> dict[str, Any]:
    """`completion_tokens` counts the tokens of all candidates that are delivered."""
    completion = num_tokens(outcome)
    return {
        "prompt_tokens": outcome.prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": outcome.prompt_tokens + completion,
        "prompt_tokens_details": {"cached_tokens": min((each.cached_tokens for each in outcome.counters), default=0)},
    }


def infill_elbarto(infill: Infill, outcome: Outcome) -> dict[str, Any]:
    """Counters summed over every sequence that ran for it, probes and discarded candidates too (times: the longest)."""
    counters = outcome.counters
    forwards = sum(each.steps for each in counters)
    return {
        "denoise_forwards": forwards,
        "prefill_forwards": sum(each.prefill_forwards for each in counters),
        "sequences": len(counters),
        "tpf": round(num_tokens(outcome) / max(1, forwards), 3),
        "prompt_tokens": outcome.prompt_tokens,
        "cached_tokens": sum(each.cached_tokens for each in counters),
        "prefill_tokens": sum(each.prefill_tokens for each in counters),
        "queue_ms": round(max((each.queue_ms for each in counters), default=0.0), 1),
        "total_ms": round(outcome.total_ms, 1),
        "params": infill_params_body(infill),
        "warnings": list(outcome.warnings),
    }


def num_tokens(outcome: Outcome) -> int:
    return sum(not token.is_pinned for one in outcome.candidates for hole in one.holes for token in hole.tokens)


def completion_usage(completion: Completion) -> dict[str, Any]:
    """`completion_tokens` counts the tokens delivered, of all choices together."""
    parts = [_part_usage(part) for part in completion.parts]
    prompt = sum(part["prompt_tokens"] for part in parts)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion.num_tokens,
        "total_tokens": prompt + completion.num_tokens,
        "prompt_tokens_details": {
            "cached_tokens": sum(part["prompt_tokens_details"]["cached_tokens"] for part in parts)
        },
    }


def completion_elbarto(completion: Completion) -> dict[str, Any]:
    """As for a reply or an infill. Of several, counters are summed, times the longest, and `params` the first's.

    `infill_mode` is there if any prompt had a hole.
    """
    bodies = [_part_elbarto(part) for part in completion.parts]
    if len(bodies) == 1:
        return bodies[0]
    merged: dict[str, Any] = {}
    for name in {name: None for body in bodies for name in body}:
        values = [body[name] for body in bodies if body.get(name) is not None]
        if name == "warnings":
            merged[name] = list(dict.fromkeys(text for texts in values for text in texts))
        elif name.endswith("_ms"):
            merged[name] = max(values, default=None)
        elif name in ("params", "infill_mode"):
            merged[name] = values[0]
        elif name != "tpf":
            merged[name] = sum(values)
    merged["tpf"] = round(completion.num_tokens / max(1, merged["denoise_forwards"]), 3)
    return merged


def _part_usage(part: Part) -> dict[str, Any]:
    if isinstance(part, InfillPart):
        return infill_usage(part.outcome)
    assert isinstance(part, ReplyPart)
    return usage(part.reply)


def _part_elbarto(part: Part) -> dict[str, Any]:
    if isinstance(part, InfillPart):
        return {"infill_mode": part.infill.mode, **infill_elbarto(part.infill, part.outcome)}
    assert isinstance(part, ReplyPart)
    return elbarto(part.reply)
