"""How a reply was made: OpenAI's `usage` and our `elbarto` object."""

from __future__ import annotations

from typing import Any

from app.serving.calls import GenerationParams
from app.serving.infill.calls import Outcome
from app.serving.infill.infill import Infill
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
    """After rounding."""
    return {
        "steps": params.steps,
        "gen_length": params.gen_length,
        "block_length": params.block_length,
        "decode_mode": params.mode,
        "threshold": params.threshold,
        "factor": params.factor,
        "gamma": params.gamma,
        "small_block_length": params.small_block_length,
        "time_budget_ms": params.time_budget_ms,
        "remasking": params.remasking,
        "temperature": params.temperature,
        "top_p": params.top_p,
        "top_k": params.top_k,
        "repetition_penalty": params.repetition_penalty,
        "presence_penalty": params.presence_penalty,
        "frequency_penalty": params.frequency_penalty,
        "seed": params.seed,
    }


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
        "params": params_body(infill.params),
        "warnings": list(outcome.warnings),
    }


def num_tokens(outcome: Outcome) -> int:
    return sum(not token.is_pinned for one in outcome.candidates for hole in one.holes for token in hole.tokens)
