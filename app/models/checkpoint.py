"""Loads a Hugging Face layout directory or hub id into the native decoder. No code from the checkpoint is ever run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from tqdm import tqdm

from app.errors import CheckpointError
from app.messages.defaults import Defaults
from app.messages.options import Overrides
from app.models.config import read_model_config
from app.models.families import Diffusion, find_family, read_diffusion
from app.models.files import find_directory, read_json
from app.models.generation_config import FILE, read_request_defaults
from app.models.quantization import quantize
from app.models.transformer import Attention, Transformer


@dataclass(frozen=True)
class Checkpoint:
    """A loaded model and what belongs to it. `tokenizer` is transformers' object.

    `request_defaults` are what its generation_config.json gives for requests that leave something open.
    """

    name: str
    model: Transformer
    diffusion: Diffusion
    tokenizer: Any
    request_defaults: Overrides[Defaults] = field(default_factory=Overrides)


def load_checkpoint(
    path: str,
    revision: str | None,
    device: torch.device,
    dtype: torch.dtype,
    with_request_defaults: bool = True,
    quantization: str = "none",
) -> Checkpoint:
    """Raises CheckpointError, with one sentence, for everything that can be wrong with the files.

    Weights that are to be quantized are read on the CPU: another device never holds more of them whole than a layer.
    """
    directory = find_directory(path, revision)
    config = read_json(directory / "config.json")
    generation_config = read_json(directory / FILE, optional=True)
    request_defaults: Overrides[Defaults] = Overrides()
    if with_request_defaults:
        request_defaults = read_request_defaults(generation_config, directory / FILE)
    family = find_family(config)
    model_config = read_model_config(config, family.layout)
    tokenizer = _load_tokenizer(directory)
    diffusion = read_diffusion(family, config, generation_config, tokenizer)
    with torch.device("meta"):
        model = Transformer(model_config)
    first_device = device if quantization == "none" else torch.device("cpu")
    model = model.to(dtype).to_empty(device=first_device).requires_grad_(False).eval()
    if model_config.tie_word_embeddings:
        model.head.weight = model.embedding.weight  # to_empty unties them
    load_weights(model, directory, first_device)
    if quantization != "none":
        quantize(model, quantization, device)
    name = path if not Path(path).exists() else directory.resolve().name
    return Checkpoint(name, model, diffusion, tokenizer, request_defaults)


def load_weights(model: Transformer, directory: Path, device: torch.device) -> None:
    """Copy each tensor of the safetensors files into its place; the files are memory-mapped, one tensor at a time."""
    places = tensor_places(model)
    missing = set(places)
    files = _weight_files(directory)
    with tqdm(total=len(places), desc="loading weights", unit="tensor", leave=False, disable=None) as progress:
        for name, tensor in _read_tensors(files, device):
            place = places.get(name)
            if place is None:
                if name.endswith("rotary_emb.inv_freq") or (name == "lm_head.weight" and _is_tied(model)):
                    continue
                raise CheckpointError(f"The weights hold {name!r}, which this architecture does not have.")
            if place.shape != tensor.shape:
                raise CheckpointError(
                    f"{name!r} has shape {list(tensor.shape)}; config.json makes it {list(place.shape)}."
                )
            place.copy_(tensor)
            missing.discard(name)
            progress.update()
    if missing:
        raise CheckpointError(f"The weights lack {len(missing)} tensors, {min(missing)!r} among them.")


def tensor_places(model: Transformer) -> dict[str, Tensor]:
    """Hugging Face's tensor names, each with the part of our fused parameters that it fills."""
    places: dict[str, Tensor] = {
        "model.embed_tokens.weight": model.embedding.weight,
        "model.norm.weight": model.norm.weight,
    }
    if not _is_tied(model):
        places["lm_head.weight"] = model.head.weight
    for index, layer in enumerate(model.layers):
        prefix = f"model.layers.{index}."
        places[prefix + "input_layernorm.weight"] = layer.attention_norm.weight
        places[prefix + "post_attention_layernorm.weight"] = layer.mlp_norm.weight
        places.update(_attention_places(prefix + "self_attn.", layer.attention))
        _add_linear(places, [prefix + "mlp.gate_proj", prefix + "mlp.up_proj"], layer.mlp.gate_up, None)
        _add_linear(places, [prefix + "mlp.down_proj"], layer.mlp.down, None)
    return places


def _attention_places(prefix: str, attention: Attention) -> dict[str, Tensor]:
    places: dict[str, Tensor] = {}
    sizes = [n * attention.head_dim for n in (attention.num_heads, attention.num_kv_heads, attention.num_kv_heads)]
    _add_linear(places, [prefix + "q_proj", prefix + "k_proj", prefix + "v_proj"], attention.qkv, sizes)
    _add_linear(places, [prefix + "o_proj"], attention.output, None)
    if isinstance(attention.q_norm, torch.nn.Identity):
        return places
    places[prefix + "q_norm.weight"] = attention.q_norm.weight
    places[prefix + "k_norm.weight"] = attention.k_norm.weight
    return places


def _add_linear(places: dict[str, Tensor], names: list[str], linear: torch.nn.Linear, sizes: list[int] | None) -> None:
    """Several projections of the checkpoint are stacked, by output rows, in one of ours; `sizes` None: equal parts."""
    sizes = sizes or [linear.out_features // len(names)] * len(names)
    for name, weight in zip(names, linear.weight.split(sizes), strict=True):
        places[name + ".weight"] = weight
    if linear.bias is not None:
        for name, bias in zip(names, linear.bias.split(sizes), strict=True):
            places[name + ".bias"] = bias


def _is_tied(model: Transformer) -> bool:
    return model.config.tie_word_embeddings


def _weight_files(directory: Path) -> list[Path]:
    index = directory / "model.safetensors.index.json"
    if index.exists():
        weight_map = read_json(index).get("weight_map")
        if not isinstance(weight_map, dict):
            raise CheckpointError(f"{index} has no 'weight_map'.")
        files = [directory / name for name in sorted(set(weight_map.values()))]
    else:
        files = [directory / "model.safetensors"]
    for file in files:
        if not file.exists():
            raise CheckpointError(f"{file} is missing.")
    return files


def _read_tensors(files: list[Path], device: torch.device) -> Iterator[tuple[str, Tensor]]:
    for file in files:
        try:
            with safe_open(file, framework="pt", device=str(device)) as tensors:
                for name in tensors.keys():  # noqa: SIM118 (safe_open is no mapping)
                    yield name, tensors.get_tensor(name)
        except (OSError, SafetensorError) as error:
            raise CheckpointError(f"{file} cannot be read: {error}") from error


def _load_tokenizer(directory: Path) -> Any:
    from transformers import AutoTokenizer  # Slow to import; only a start needs it.

    try:
        return AutoTokenizer.from_pretrained(str(directory), trust_remote_code=False)
    except Exception as error:  # Many kinds, of three libraries; each means that the files are at fault.
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"The tokenizer in {directory} cannot be loaded: {reason}") from error
