"""The counters of an answer: OpenAI's `usage` and our `elbarto` object."""

from __future__ import annotations

from typing import Any

from app.messages.params import GenerationParams
from app.serving.work import Usage

REPLY_NUMBERS = ("steps", "fused_commits", "first_block_ms")
INFILL_NUMBERS = ("sequences",)


def usage_body(usage: Usage) -> dict[str, Any]:
    """OpenAI's `usage`."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_prompt_tokens},
    }


def elbarto_body(usage: Usage) -> dict[str, Any]:
    """Our `elbarto` object, without the counters that this kind of work does not have."""
    body = {
        "steps": usage.steps,
        "denoise_forwards": usage.denoise_forwards,
        "fused_commits": usage.fused_commits,
        "drafts": {"tried": usage.drafts_tried, "accepted": usage.drafts_accepted},
        "prefill_forwards": usage.prefill_forwards,
        "sequences": len(usage.infill_counters),
        "tpf": round(usage.tpf, 3),
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "prefill_tokens": usage.prefill_tokens,
        "queue_ms": round(usage.queue_ms, 1),
        "first_block_ms": None if usage.first_block_ms is None else round(usage.first_block_ms, 1),
        "total_ms": round(usage.total_ms, 1),
        "params": usage_params(usage),
        "warnings": list(usage.warnings),
    }
    if usage.restarts:
        body["restarts"] = usage.restarts
    omitted = INFILL_NUMBERS if usage.infill_mode is None else () if usage.reply_counters else REPLY_NUMBERS
    return {name: value for name, value in body.items() if name not in omitted}


def completion_elbarto_body(usage: Usage) -> dict[str, Any]:
    """Begins with `infill_mode` if a prompt had a hole."""
    mode = {} if usage.infill_mode is None else {"infill_mode": usage.infill_mode}
    return {**mode, **elbarto_body(usage)}


def usage_params(usage: Usage) -> dict[str, Any]:
    """The parameters that applied, after rounding, without those that differ between sequences."""
    return {name: value for name, value in params_body(usage.params).items() if name not in usage.varied_params}


def params_body(params: GenerationParams) -> dict[str, Any]:
    """The parameters that applied, after rounding."""
    return {
        "steps": params.steps,
        "gen_length": params.gen_length,
        "block_length": params.block_length,
        **params.in_force(),
        "time_budget_ms": params.time_budget_ms,
        "speculation": params.speculation,
        "seed": params.seed,
    }
