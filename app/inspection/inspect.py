"""From a checkpoint's headers, configuration and tokenizer to a report. No weights are read.

The checks are those of the loader, in its words. The report has whatever does not depend on what failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from app.engine.limits import engine_config
from app.engine.loading import choose_placement, dtype_name
from app.engine.memory import check_memory, memory_need
from app.errors import CheckpointError, StartError
from app.inspection.report import Denoising, Memory, Report, Shape, Stored, Text, Token
from app.messages.defaults import Defaults
from app.messages.params import ModelSource
from app.models.blueprint import Blueprint, read_blueprint
from app.models.config import ModelConfig
from app.models.families import Hints
from app.models.generation_config import read_request_defaults
from app.models.hub import HubCheckpoint, inspected_source
from app.models.machine import device_memory
from app.models.sources import CheckpointSource
from app.models.tensor_files import TensorHeader
from app.models.weights import check_tensors, loading_device
from app.serving.backend import ModelInfo
from app.serving.infill.capabilities import find_capabilities
from app.text.chat_template import check_chat_template
from app.text.template_facts import read_template
from app.text.tokenizer import Tokenizer

T = TypeVar("T")


@dataclass
class Attempts:
    """Collects what fails, so that one problem does not hide the rest."""

    problems: list[str] = field(default_factory=list)

    def __call__(self, attempt: Callable[[], T]) -> T | None:
        try:
            return attempt()
        except StartError as error:
            if str(error) not in self.problems:
                self.problems.append(str(error))
            return None


def inspect(options: ModelSource, with_memory: bool = True) -> Report:
    """Raises CheckpointError if there is no checkpoint to describe."""
    source = inspected_source(options)
    hints = Hints(options.family, options.mask_token_id, options.block_length)
    config = source.config()
    attempts = Attempts()
    blueprint = attempts(lambda: read_blueprint(source, hints))
    headers = attempts(source.headers)
    plain_tokenizer = attempts(source.tokenizer)
    tokenizer = None if plain_tokenizer is None else Tokenizer(plain_tokenizer)
    if blueprint is not None:
        _check(blueprint, headers, source, options, attempts)
    text = None if tokenizer is None else attempts(lambda: _text(tokenizer, blueprint, _defaults(source, options)))
    memory = None
    if blueprint is not None and with_memory:
        memory = attempts(lambda: _memory(source, blueprint, options, attempts))
    return Report(
        name=source.name,
        path=options.path,
        architectures=_architectures(config),
        licence=source.licence(),
        stored=None if headers is None else _stored(headers, blueprint),
        shape=None if blueprint is None else _shape(blueprint.config),
        denoising=None if blueprint is None else _denoising(blueprint, plain_tokenizer),
        text=text,
        memory=memory,
        problems=attempts.problems,
        missing=_missing(source, blueprint, text),
    )


def _architectures(config: Mapping[str, Any]) -> list[str]:
    names = config.get("architectures")
    return [name[:80] for name in names[:4] if isinstance(name, str)] if isinstance(names, list) else []


def _check(
    blueprint: Blueprint,
    headers: Mapping[str, TensorHeader] | None,
    source: CheckpointSource,
    options: ModelSource,
    attempts: Attempts,
) -> None:
    if headers is not None:
        attempts(lambda: check_tensors(blueprint.model, headers, blueprint.family.names))
    if options.generation_config == "auto":
        attempts(lambda: read_request_defaults(source.generation_config(), source.generation_config_path))


def _defaults(source: CheckpointSource, options: ModelSource) -> Defaults:
    """The checkpoint's own; `_check` reports wrong ones."""
    if options.generation_config != "auto":
        return Defaults()
    try:
        found = read_request_defaults(source.generation_config(), source.generation_config_path)
    except CheckpointError:
        return Defaults()
    return found.over(Defaults())


def _stored(headers: Mapping[str, TensorHeader], blueprint: Blueprint | None) -> Stored:
    kinds = Counter[str]()
    for header in headers.values():
        kinds[header.kind] += header.num_bytes
    claimed = sum(header.num_values for header in headers.values())
    return Stored(
        parameters=claimed if blueprint is None else sum(p.numel() for p in blueprint.model.parameters()),
        num_bytes=sum(header.num_bytes for header in headers.values()),
        num_tensors=len(headers),
        kinds=dict(kinds.most_common()),
    )


def _shape(config: ModelConfig) -> Shape:
    same = {name: getattr(config, name) for name in Shape.__dataclass_fields__ if hasattr(config, name)}
    return Shape(**same, rope_type=config.rope.kind, rope_theta=config.rope.theta)


def _denoising(blueprint: Blueprint, tokenizer: Any) -> Denoising:
    diffusion = blueprint.diffusion

    def token(token_id: int) -> Token:
        text = None if tokenizer is None else tokenizer.convert_ids_to_tokens(token_id)
        return Token(id=token_id, text=text)

    return Denoising(
        family=blueprint.family.name,
        recognised_by=blueprint.recognised_by,
        attention=diffusion.attention,
        shift=diffusion.shift,
        block_length=diffusion.block_length,
        mask_token=token(diffusion.mask_token_id),
        end_tokens=[token(token_id) for token_id in diffusion.eos_token_ids],
        delete_token=None if diffusion.delete_token_id is None else token(diffusion.delete_token_id),
    )


def _card(blueprint: Blueprint | None) -> ModelInfo:
    """As the server would have it, as far as infill routes depend on it."""
    card = ModelInfo("", "", "", "", max_model_len=1, block_length=1, mask_token_id=0, vocab_size=1)
    if blueprint is None:
        return card
    diffusion = blueprint.diffusion
    return replace(
        card,
        max_model_len=blueprint.config.max_position,
        delete_token_id=diffusion.delete_token_id,
        attention=diffusion.attention,
        fills_canvas=diffusion.fills_canvas,
    )


def _text(tokenizer: Tokenizer, blueprint: Blueprint | None, defaults: Defaults) -> Text:
    """Raises CheckpointError for a chat template that is refused."""
    template = tokenizer.chat_template
    check_chat_template(template)
    facts = read_template("\n".join(template.values()) if isinstance(template, dict) else template or "")
    modes = find_capabilities(tokenizer, _card(blueprint), defaults).modes
    return Text(
        num_tokens=tokenizer.num_tokens,
        special_tokens=list(tokenizer.special_tokens),
        has_chat_template=tokenizer.has_chat_template,
        roles=list(facts.roles),
        has_tools=facts.has_tools,
        template_variables=list(facts.variables),
        infill_modes=list(modes),
    )


def _memory(source: CheckpointSource, blueprint: Blueprint, options: ModelSource, attempts: Attempts) -> Memory:
    """Raises StartError for settings that this machine or this checkpoint does not support."""
    device, dtype = choose_placement(options)
    config = engine_config(options, blueprint.config, source.name)
    need = memory_need(blueprint, config, device, dtype, options.quantization)
    attempts(lambda: check_memory(need, config, device, source.name))
    machine = device_memory(device)
    return Memory(
        device=str(device),
        dtype=dtype_name(dtype),
        quantization=options.quantization,
        max_sequences=config.max_sequences,
        max_model_len=config.max_model_len,
        weights=need.weights,
        kv_cache=need.kv_cache,
        rotary=need.rotary,
        forward=need.forward,
        prefix_cache=need.prefix_cache,
        total=need.total,
        loading=need.loading,
        loading_device=str(loading_device(device, options.quantization)),
        device_total=machine.total,
        device_free=machine.free,
    )


def _missing(source: CheckpointSource, blueprint: Blueprint | None, text: Text | None) -> list[str]:
    missing = []
    if isinstance(source, HubCheckpoint) and not source.is_here:
        missing.append("weights on this machine: `elbarto pull` downloads them, and so does the first start")
    if text is not None and not text.has_chat_template:
        missing.append("a chat template: completions and infills are served, chats are refused")
    if text is not None and "fim" not in text.infill_modes:
        missing.append("fill-in-the-middle sentinels")
    if blueprint is not None and blueprint.diffusion.delete_token_id is None:
        missing.append("a delete token: the canvas is not its own route for holes")
    if source.licence() is None:
        missing.append("a licence, or a README.md that names it")
    return missing
