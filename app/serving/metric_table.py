"""Every metric of this server, declared once: its name, meaning and labels, and vLLM's name where it means the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.messages.stats import EngineStats

PREFIX = "elbarto:"

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)
SHORT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0)
TOKENS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0, 20000.0, 50000.0)
PER_FORWARD = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 32.0)


@dataclass(frozen=True)
class Declared:
    """`name` is without the prefix, and without the `_total` that the exposition adds to counters."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    vllm: str = ""  # as vLLM exposes it

    @property
    def full_name(self) -> str:
        return PREFIX + self.name


@dataclass(frozen=True)
class Distribution(Declared):
    """A histogram."""

    buckets: tuple[float, ...] = SECONDS


@dataclass(frozen=True)
class Reading(Declared):
    """Read from the engine at each scrape. With a label, `read` returns the value of each of its values."""

    read: Callable[[EngineStats], float | Mapping[str, float]] = lambda stats: 0.0


# Counted where it happens.
COUNTERS = (
    Declared(
        "http_requests",
        "Answered requests, by route: (unknown) if there is none, (refused) before it was read.",
        ("method", "route", "status"),
        "http_requests_total",
    ),
    Declared("errors", "Errors that clients were told, by the `code` of docs/reference/errors.md.", ("code",)),
    Declared(
        "request_success",
        "Complete replies, by finish reason: one for each choice.",
        ("finished_reason",),
        "vllm:request_success_total",
    ),
    Declared(
        "request_aborts",
        "Generating requests that ended without their answer: client_gone, slow_reader, or the error's code.",
        ("reason",),
    ),
    Declared("prompt_tokens", "Tokens of prompts, as `usage` counts them.", (), "vllm:prompt_tokens_total"),
    Declared("generation_tokens", "Tokens of replies, as `usage` counts them.", (), "vllm:generation_tokens_total"),
    Declared("holes_filled", "Holes filled in infills and edits, each once, whatever the number of candidates."),
)

DISTRIBUTIONS = (
    Distribution(
        "http_request_duration_seconds",
        "From a request's arrival to the end of its answer.",
        ("route",),
        "http_request_duration_seconds",
    ),
    Distribution(
        "e2e_request_latency_seconds",
        "From a generating request's arrival to the end of its complete answer.",
        (),
        "vllm:e2e_request_latency_seconds",
    ),
    Distribution(
        "time_to_first_token_seconds",
        "From a generating request's arrival to its first text, which is a whole block or hole.",
        (),
        "vllm:time_to_first_token_seconds",
    ),
    Distribution("inter_block_latency_seconds", "Between two blocks of one reply.", buckets=SHORT_SECONDS),
    Distribution(
        "request_queue_time_seconds",
        "From a sequence's submission to its slot. An infill may have several sequences.",
        (),
        "vllm:request_queue_time_seconds",
    ),
    Distribution(
        "request_prefill_time_seconds",
        "From a sequence's slot to the end of its prefill.",
        (),
        "vllm:request_prefill_time_seconds",
    ),
    Distribution(
        "request_decode_time_seconds",
        "From the end of a sequence's prefill to its own end: denoising.",
        (),
        "vllm:request_decode_time_seconds",
    ),
    Distribution(
        "step_seconds",
        "A step of the engine: at most a chunk of prefill and a denoising step of all running sequences.",
        buckets=SHORT_SECONDS,
    ),
    Distribution(
        "request_prompt_tokens", "Prompt tokens of a complete request.", (), "vllm:request_prompt_tokens", TOKENS
    ),
    Distribution(
        "request_generation_tokens",
        "Reply tokens of a complete request.",
        (),
        "vllm:request_generation_tokens",
        TOKENS,
    ),
    Distribution(
        "request_tokens_per_forward", "Tokens per denoising forward (TPF) of a complete request.", buckets=PER_FORWARD
    ),
)

ENGINE_COUNTERS = (
    Reading(
        "forwards",
        "Runs of the model, each over the rows of one sequence or of several.",
        ("phase",),
        read=lambda stats: {"prefill": stats.prefill_forwards, "denoise": stats.denoise_forwards},
    ),
    Reading(
        "forward_rows",
        "Rows of forwards, drafts included; divided by elbarto:forwards_total, the rows a forward.",
        ("phase",),
        read=lambda stats: {"prefill": stats.prefill_rows, "denoise": stats.denoise_rows},
    ),
    Reading(
        "sequence_forwards",
        "Denoising forwards, counted once for each sequence in them: `denoise_forwards` of all answers.",
        read=lambda stats: stats.sequence_forwards,
    ),
    Reading("denoising_steps", "Denoising steps of all sequences.", read=lambda stats: stats.steps),
    Reading(
        "committed_tokens",
        "Tokens made final, as it happens; also those that are not delivered (behind a stop string, or of a candidate "
        "that is not chosen). Divided by elbarto:sequence_forwards_total, the TPF of the engine.",
        read=lambda stats: stats.generated_tokens,
    ),
    Reading("fused_commits", "Blocks committed by another block's forward.", read=lambda stats: stats.fused_commits),
    Reading(
        "drafts_tried",
        "Drafts (predicted later states of a block) that forwards evaluated.",
        read=lambda stats: stats.drafts_tried,
    ),
    Reading("drafts_accepted", "Drafts that steps then reached.", read=lambda stats: stats.drafts_accepted),
    Reading(
        "prefix_cache_queries",
        "Prompt tokens looked up in the prefix cache.",
        (),
        "vllm:prefix_cache_queries_total",
        lambda stats: stats.prefix_tokens,
    ),
    Reading(
        "prefix_cache_hits",
        "Prompt tokens found in the prefix cache.",
        (),
        "vllm:prefix_cache_hits_total",
        lambda stats: stats.prefix_tokens_found,
    ),
    Reading(
        "prefix_cache_lookups",
        "Sequences that found at least one block in the prefix cache (hit), or none (miss).",
        ("result",),
        read=lambda stats: {"hit": stats.prefix_hits, "miss": stats.prefix_lookups - stats.prefix_hits},
    ),
    Reading(
        "prefix_cache_evictions",
        "Runs of blocks evicted from the prefix cache.",
        read=lambda stats: stats.prefix_evictions,
    ),
)

ENGINE_GAUGES = (
    Reading("prefix_cache_bytes", "Size of the prefix cache.", read=lambda stats: stats.prefix_bytes),
    Reading(
        "prefix_cache_max_bytes",
        "The most that the prefix cache may hold, ELBARTO_PREFIX_CACHE_BYTES.",
        read=lambda stats: stats.prefix_max_bytes,
    ),
    Reading("slots", "Slots of the KV cache: sequences that can run at once.", read=lambda stats: stats.slots),
    Reading("slots_held", "Slots of the KV cache in use.", read=lambda stats: stats.slots_held),
    Reading(
        "kv_cache_usage_perc",
        "The share of the KV cache's slots in use, from 0 to 1.",
        (),
        "vllm:kv_cache_usage_perc",
        lambda stats: stats.slots_held / max(1, stats.slots),
    ),
)

# Read from the server at each scrape.
RUNNING = Declared("num_requests_running", "Sequences that run.", (), "vllm:num_requests_running")
WAITING = Declared("num_requests_waiting", "Sequences in the queue.", (), "vllm:num_requests_waiting")
WAITING_BY_KEY = Declared(
    "num_requests_waiting_by_key",
    "Sequences without a slot yet, by the name of their client's key; anonymous on a server without keys.",
    ("key",),
)
CAPACITY = Declared("queue_capacity", "The most sequences, running and waiting, before requests get 429.")
READY = Declared("ready", "1 once requests are served, else 0.")
MODEL = Declared("model_info", "The served model.", ("model_name", "family", "device", "dtype", "max_model_len"))
BUILD = Declared("build_info", "This server's version.", ("version",))
DROPPED = Declared("log_lines_dropped", "Log lines that were dropped because what reads the log was too slow.")
GAUGES = (RUNNING, WAITING, WAITING_BY_KEY, CAPACITY, READY, *ENGINE_GAUGES, MODEL, BUILD)

ALL_COUNTERS = (*COUNTERS, *ENGINE_COUNTERS, DROPPED)


def exposed() -> dict[str, Declared]:
    """All metrics by the name that queries use; a histogram's without `_bucket`, `_sum` and `_count`."""
    counters = {f"{metric.full_name}_total": metric for metric in ALL_COUNTERS}
    return counters | {metric.full_name: metric for metric in (*DISTRIBUTIONS, *GAUGES)}
