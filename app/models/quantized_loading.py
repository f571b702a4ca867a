"""Loading a checkpoint straight into quantized weights: the model is never in memory in full precision as a whole."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from app.models.quantization import check_shapes, quantize_head, quantize_linears
from app.models.tensor_names import TensorNames
from app.models.transformer import Transformer
from app.models.weights import layer_places, load_weights


def load_quantized(
    model: Transformer, tensors: Iterable[tuple[str, Tensor]], names: TensorNames, scheme: str, device: torch.device
) -> None:
    """As `load_weights` and then `quantize`, but each layer is quantized as soon as its last tensor is there.

    `model` is on the meta device. Tensors arrive on the CPU and layer by layer, as checkpoints store them: one layer at
    a time is in memory in full precision, and the head, which goes first or last.
    """
    check_shapes(model, scheme)
    for module in (model.embedding, model.norm):
        module.to_empty(device="cpu")
    if model.config.tie_word_embeddings:
        model.head.weight = model.embedding.weight
    load_weights(model, tensors, names, LayerArrivals(model, names, scheme, device))
    model.to(device)
    if model.config.tie_word_embeddings:
        model.head.weight = model.embedding.weight


class LayerArrivals:
    """Which tensors of each layer, and of an untied head, are still to come; quantizes what is complete."""

    def __init__(self, model: Transformer, names: TensorNames, scheme: str, device: torch.device) -> None:
        self._model, self._names = model, names
        self._scheme, self._device = scheme, device
        self._layer_of: dict[str, int] = {}
        self._left: dict[int, set[str]] = {}
        for index, layer in enumerate(model.layers):
            self._left[index] = {names.layer.format(index) + name for name in layer_places(layer, names)}
            self._layer_of.update(dict.fromkeys(self._left[index], index))

    def allocated(self, name: str, places: dict[str, Tensor]) -> Tensor:
        """The place of a tensor, in memory."""
        if places[name].is_meta:
            index = self._layer_of.get(name)
            if index is None:
                places[name] = self._model.head.to_empty(device="cpu").weight
            else:
                layer = self._model.layers[index].to_empty(device="cpu")
                prefix = self._names.layer.format(index)
                places.update({prefix + name: place for name, place in layer_places(layer, self._names).items()})
        return places[name]

    def note(self, name: str, places: dict[str, Tensor]) -> None:
        """A tensor is in its place. The views of a complete layer are dropped, so that its memory can be freed."""
        index = self._layer_of.get(name)
        if index is None:
            if name == self._names.head:
                del places[name]
                quantize_head(self._model, self._device)
            return
        self._left[index].discard(name)
        if not self._left[index]:
            prefix = self._names.layer.format(index)
            for own in [own for own in places if own.startswith(prefix)]:
                del places[own]
            quantize_linears(self._model.layers[index].to(self._device), self._scheme)
