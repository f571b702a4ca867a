"""A model's weights: copied in from a checkpoint, then brought into the form that runs fastest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol

import torch
from torch import Tensor, nn
from tqdm import tqdm

from app.errors import CheckpointError
from app.models.cpu_norm import replace_norms
from app.models.files import shorten
from app.models.packed_linear import pack
from app.models.quantization import quantize
from app.models.tensor_files import TensorHeader
from app.models.tensor_names import TensorNames
from app.models.transformer import Layer, QKNorm, Transformer


def loading_device(device: torch.device, scheme: str) -> torch.device:
    """Where to load the weights of a model that is to run on `device`.

    Weights that are to be quantized are loaded on the CPU, so that another device never holds more than one layer of
    them in full precision.
    """
    return device if scheme == "none" else torch.device("cpu")


def prepare(model: Transformer, device: torch.device, scheme: str = "none") -> None:
    """Quantize a loaded model ("none", "int8", "int4" or "fp8"), move it to `device`, and replace what is slow there.

    Raises StartError for a scheme that cannot run there.
    """
    if scheme != "none":
        quantize(model, scheme, device)
    pack(model)
    replace_norms(model)


def allocate(model: Transformer, device: torch.device) -> None:
    """Give a model on the meta device memory, with any contents."""
    model.to_empty(device=device)
    if model.config.tie_word_embeddings:
        model.head.weight = model.embedding.weight  # to_empty unties them


class Arrivals(Protocol):
    """Follows the tensors of a model that gets its memory as they arrive. `places` are those of `tensor_places`."""

    def allocated(self, name: str, places: dict[str, Tensor]) -> Tensor:
        """The place of a tensor, in memory."""
        ...

    def note(self, name: str, places: dict[str, Tensor]) -> None:
        """A tensor is in its place."""
        ...


def load_weights(
    model: Transformer,
    tensors: Iterable[tuple[str, Tensor]],
    names: TensorNames,
    arrivals: Arrivals | None = None,
) -> None:
    """Copy each tensor of a checkpoint into its place; raises CheckpointError if they do not match the model.

    With `arrivals`, parts of the model may be on the meta device until their first tensor arrives.
    """
    places = tensor_places(model, names)
    missing = set(places)
    is_passed_over = _passed_over(model, names)
    with tqdm(total=len(places), desc="loading weights", unit="tensor", leave=False, disable=None) as progress:
        for name, tensor in tensors:
            if is_passed_over(name):
                continue
            place = _place(places, name, tuple(tensor.shape))
            if arrivals is not None:
                place = arrivals.allocated(name, places)
            place.copy_(tensor)
            _check_values(name, place)
            missing.discard(name)
            progress.update()
            if arrivals is not None:
                del tensor, place  # what is complete may be replaced now, and its memory freed
                arrivals.note(name, places)
    _check_complete(missing)


def check_tensors(model: Transformer, headers: Mapping[str, TensorHeader], names: TensorNames) -> None:
    """Whether tensors with these headers fill the model, which may be on the meta device. Raises CheckpointError."""
    places = tensor_places(model, names)
    is_passed_over = _passed_over(model, names)
    present = {name: header for name, header in headers.items() if not is_passed_over(name)}
    for name, header in present.items():
        _place(places, name, header.shape)
        if not header.is_dense_float:
            raise CheckpointError(f"{name!r} has values of type {header.kind}, which are not floating-point numbers.")
    _check_complete(places.keys() - present.keys())


def _passed_over(model: Transformer, names: TensorNames) -> Callable[[str], bool]:
    """Tensors that the decoder computes itself, and the second copy of a tied embedding."""
    tied = (names.head,) if model.config.tie_word_embeddings else ()
    return lambda name: name.endswith(names.ignored) or name in tied


def _place(places: Mapping[str, Tensor], name: str, shape: tuple[int, ...]) -> Tensor:
    place = places.get(name)
    if place is None:
        raise CheckpointError(f"The weights have a tensor {shorten(name)}, which this architecture does not have.")
    if tuple(place.shape) != shape:
        raise CheckpointError(
            f"{shorten(name)} has shape {shorten(list(shape))}; with config.json it should have {list(place.shape)}."
        )
    return place


def _check_values(name: str, place: Tensor) -> None:
    """A sum is finite unless a value is not, or unless the sum itself is too large."""
    if not place.sum(dtype=torch.float32).isfinite() and not place.isfinite().all():
        dtype = str(place.dtype).removeprefix("torch.")
        raise CheckpointError(f"{name!r} has values that are not finite numbers in {dtype}.")


def _check_complete(missing: Collection[str]) -> None:
    if missing:
        raise CheckpointError(f"The weights lack {len(missing)} tensors, including {min(missing)!r}.")


def tensor_places(model: Transformer, names: TensorNames) -> dict[str, Tensor]:
    """Each tensor of a checkpoint by its name: a view of the parameter, or of the rows of it, that the tensor fills.

    Embedding and head are [vocab, hidden], norms [hidden] or [head_dim], the weights of projections [out, in] and their
    biases [out].
    """
    places: dict[str, Tensor] = {names.embedding: model.embedding.weight, names.norm: model.norm.weight}
    if not model.config.tie_word_embeddings:
        places[names.head] = model.head.weight
    for index, layer in enumerate(model.layers):
        prefix = names.layer.format(index)
        places.update({prefix + name: place for name, place in layer_places(layer, names).items()})
    return places


def layer_places(layer: Layer, names: TensorNames) -> dict[str, Tensor]:
    """By their names within the layer."""
    attention, mlp = layer.attention, layer.mlp
    query, key_value = attention.num_heads * attention.head_dim, attention.num_kv_heads * attention.head_dim
    places: dict[str, Tensor] = {
        **_linear_places(attention.qkv, {names.query: query, names.key: key_value, names.value: key_value}),
        **_linear_places(attention.output, {names.attention_output: attention.output.out_features}),
        **_linear_places(mlp.gate_up, dict.fromkeys((names.gate, names.up), mlp.down.in_features)),
        **_linear_places(mlp.down, {names.down: mlp.down.out_features}),
    }
    places[names.attention_norm], places[names.mlp_norm] = layer.attention_norm.weight, layer.mlp_norm.weight
    if isinstance(attention.qk_norm, QKNorm):
        places[names.query_norm], places[names.key_norm] = attention.qk_norm.query.weight, attention.qk_norm.key.weight
    return places


def _linear_places(linear: nn.Linear, sizes: dict[str, int]) -> dict[str, Tensor]:
    """The parts of a projection in which several of the checkpoint's are stacked by output rows.

    `sizes` are their numbers of rows, in order: the weight [sum of sizes, in] is split into [size, in], the bias
    [sum of sizes] into [size].
    """
    rows = list(sizes.values())
    places = {f"{name}.weight": part for name, part in zip(sizes, linear.weight.split(rows), strict=True)}
    if linear.bias is None:
        return places
    return places | {f"{name}.bias": part for name, part in zip(sizes, linear.bias.split(rows), strict=True)}
