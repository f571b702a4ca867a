"""A report for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from app.engine.memory import gigabytes
from app.inspection.report import Denoising, Memory, Report, Shape, Stored, Text, Token
from app.models.files import printable

LABEL, WIDTH = 16, 100
ATTENTION = {"block_causal": "its own block and earlier ones", "full": "everything"}

Row = tuple[str, str]


def to_text(report: Report) -> str:
    parts = [
        (report.name, _checkpoint(report)),
        ("denoising", [] if report.denoising is None else _denoising(report.denoising)),
        ("text", [] if report.text is None else _text(report.text)),
        ("memory", [] if report.memory is None else _memory(report.memory)),
        ("verdict", _verdict(report)),
    ]
    return "\n\n".join(_part(title, rows) for title, part in parts if (rows := list(part))) + "\n"


def _part(title: str, rows: Iterable[Row]) -> str:
    indent = " " * (LABEL + 2)
    lines = [title]
    for label, value in rows:
        lines += textwrap.wrap(
            printable(value),
            WIDTH,
            initial_indent=f"  {label:{LABEL}}",
            subsequent_indent=indent,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _checkpoint(report: Report) -> Iterator[Row]:
    yield "path", report.path
    yield "architecture", ", ".join(report.architectures) or "not named"
    if report.denoising is not None:
        yield "family", f"{report.denoising.family}, recognised by {report.denoising.recognised_by}"
    if report.shape is not None:
        yield "shape", _shape(report.shape)
    if report.stored is not None:
        yield "parameters", f"{report.stored.parameters:,}"
        yield "stored as", _stored(report.stored)
    yield "licence", report.licence or "not named"


def _shape(shape: Shape) -> str:
    extras = [
        *(["norms of queries and keys"] if shape.qk_norm else []),
        *(["biases of queries, keys and values"] if shape.qkv_bias else []),
        *(["tied embeddings"] if shape.tie_word_embeddings else []),
        f"rotary base {shape.rope_theta:g}" + ("" if shape.rope_type == "default" else f" ({shape.rope_type})"),
    ]
    return (
        f"{shape.num_layers} layers of width {shape.hidden_size}, {shape.num_heads} heads of {shape.head_dim} "
        f"({shape.num_kv_heads} for keys and values), MLP {shape.intermediate_size}, {', '.join(extras)}"
    )


def _stored(stored: Stored) -> str:
    kinds = [kind if len(stored.kinds) == 1 else f"{kind} ({gigabytes(size)})" for kind, size in stored.kinds.items()]
    return f"{', '.join(kinds)}: {gigabytes(stored.num_bytes)} in {stored.num_tensors} tensors"


def _denoising(denoising: Denoising) -> Iterator[Row]:
    yield "attention", f"a position attends to {ATTENTION.get(denoising.attention, denoising.attention)}"
    yield "logits", "for the next position" if denoising.shift else "for the position itself"
    yield "block length", str(denoising.block_length)
    yield "mask token", _token(denoising.mask_token)
    yield "end tokens", ", ".join(map(_token, denoising.end_tokens))
    if denoising.delete_token is not None:
        yield "delete token", _token(denoising.delete_token)


def _token(token: Token) -> str:
    return str(token.id) if token.text is None else f"{token.id} {token.text}"


def _text(text: Text) -> Iterator[Row]:
    yield "tokenizer", f"{text.num_tokens} tokens, special: {_some(text.special_tokens)}"
    if text.has_chat_template:
        roles = f"names the roles {', '.join(text.roles)}" if text.roles else "names no roles"
        yield "chat template", f"{roles}; {'has' if text.has_tools else 'no'} tools"
    else:
        yield "chat template", "none"
    if text.template_variables:
        yield "", f"chat_template_kwargs: {', '.join(text.template_variables)}"
    modes = [f"{mode} (default)" if index == 0 else mode for index, mode in enumerate(text.infill_modes)]
    yield "infill routes", ", ".join(modes) or "none of its own"


def _some(words: Sequence[str], most: int = 12) -> str:
    rest = len(words) - most
    return " ".join(words[:most]) + (f" and {rest} more" if rest > 0 else "")


def _memory(memory: Memory) -> Iterator[Row]:
    quantized = "" if memory.quantization == "none" else f" ({memory.quantization})"
    yield "weights", f"{gigabytes(memory.weights)} in {memory.dtype}{quantized} on {memory.device}"
    yield (
        "KV cache",
        f"{gigabytes(memory.kv_cache)} for {memory.max_sequences} sequences of {memory.max_model_len} tokens",
    )
    yield "rotary table", gigabytes(memory.rotary)
    yield "forward", f"about {gigabytes(memory.forward)}"
    yield "prefix cache", f"up to {gigabytes(memory.prefix_cache)}" if memory.prefix_cache else "off"
    yield "together", f"{gigabytes(memory.total)}{_machine(memory)}"
    yield "while loading", f"up to {gigabytes(memory.loading)} on {memory.loading_device}"


def _machine(memory: Memory) -> str:
    if memory.device_total is None:
        return ""
    free = "" if memory.device_free is None else f", {gigabytes(memory.device_free)} free"
    short = memory.device_free is not None and memory.total > memory.device_free
    return f" of {gigabytes(memory.device_total)}{free}{': more than is free now' if short else ''}"


def _verdict(report: Report) -> Iterator[Row]:
    yield "can be served", "yes" if report.can_be_served else "no"
    for index, problem in enumerate(report.problems):
        yield "because" if index == 0 else "", problem
    for index, missing in enumerate(report.missing):
        yield "missing" if index == 0 else "", missing
