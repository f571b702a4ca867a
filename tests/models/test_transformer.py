"""The native decoder against transformers' own models: random weights, float32, causal mask."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from app.engine.attention import SpanAttention
from app.engine.kv_cache import KVCache
from app.engine.layout import Forward, Rows, Span
from app.engine.reference import PlainAttention
from app.models.config import read_model_config
from app.models.families import find_family
from app.models.sources import HuggingFaceFolder
from app.models.tensor_names import LLAMA_NAMES
from app.models.transformer import Transformer
from app.models.weights import load_weights, tensor_places

LENGTH = 64
SIZES = {
    "vocab_size": 97,
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "rms_norm_eps": 1e-5,
    "pad_token_id": None,
    "bos_token_id": None,
    "eos_token_id": None,
    "attn_implementation": "eager",
}
LINEAR = {"rope_type": "linear", "rope_theta": 10_000.0, "factor": 3.0}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 5_000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
CLASSES = {
    "llama": (LlamaConfig, LlamaForCausalLM),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM),
}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("llama", {}),
    "llama-all-heads": ("llama", {"num_key_value_heads": 4}),
    "llama-one-kv-head": ("llama", {"num_key_value_heads": 1}),
    "llama-tied": ("llama", {"tie_word_embeddings": True}),
    "llama-attention-bias": ("llama", {"attention_bias": True}),
    "llama-mlp-bias": ("llama", {"mlp_bias": True}),
    "llama-head-dim": ("llama", {"head_dim": 20}),  # wider than hidden_size / num_attention_heads = 12
    "llama-theta": ("llama", {"rope_parameters": {"rope_type": "default", "rope_theta": 500_000.0}}),
    "llama-linear": ("llama", {"rope_parameters": LINEAR}),
    "llama-llama3": ("llama", {"rope_parameters": LLAMA3}),
    "qwen2": ("qwen2", {}),
    "qwen2-tied": ("qwen2", {"tie_word_embeddings": True}),
    "qwen3": ("qwen3", {"head_dim": 16}),
    "qwen3-tied-bias": ("qwen3", {"head_dim": 12, "tie_word_embeddings": True, "attention_bias": True}),
}


@dataclass
class Pair:
    """The same weights twice: transformers' model, and ours loaded from what it saved."""

    theirs: PreTrainedModel
    ours: Transformer
    directory: Path


def make_pair(variant: str, directory: Path, **save: Any) -> Pair:
    kind, changes = VARIANTS[variant]
    config_class, model_class = CLASSES[kind]
    theirs = model_class(config_class(**{**SIZES, **changes})).eval().requires_grad_(False)
    randomize(theirs)
    theirs.save_pretrained(directory, **save)
    return Pair(theirs, load_ours(directory), directory)


def randomize(model: PreTrainedModel) -> None:
    """transformers starts norms at one and biases at zero, where mistakes would not show."""
    generator = torch.Generator().manual_seed(1)
    for parameter in model.parameters():
        if parameter.dim() == 1:
            parameter.uniform_(0.5, 1.5, generator=generator)
        else:
            parameter.normal_(0, 0.2, generator=generator)


def load_ours(directory: Path) -> Transformer:
    config = json.loads((directory / "config.json").read_text())
    family = find_family(config)
    model = Transformer(read_model_config(config, family.layout)).eval().requires_grad_(False)
    for place in tensor_places(model, family.names).values():
        place.fill_(torch.nan)  # whatever is not loaded shows
    load_weights(model, HuggingFaceFolder(str(directory)).tensors(torch.device("cpu")), family.names)
    return model


def token_ids() -> torch.Tensor:
    return torch.randint(SIZES["vocab_size"], (LENGTH,), generator=torch.Generator().manual_seed(2))


def causal_mask() -> torch.Tensor:
    """[rows, rows]: position p sees [0, p]."""
    return torch.ones(LENGTH, LENGTH, dtype=torch.bool).tril()


def our_logits(model: Transformer, ids: torch.Tensor) -> torch.Tensor:
    return model.logits(model(ids, torch.arange(LENGTH), PlainAttention(causal_mask())))


def their_logits(model: PreTrainedModel, ids: torch.Tensor) -> torch.Tensor:
    logits: torch.Tensor = model(ids[None]).logits[0]
    return logits


def greatest_difference(left: torch.Tensor, right: torch.Tensor) -> float:
    assert left.shape == right.shape
    return (left - right).abs().max().item()


@pytest.mark.parametrize("variant", VARIANTS)
def test_logits_are_those_of_transformers(variant: str, tmp_path: Path) -> None:
    pair = make_pair(variant, tmp_path)
    ids = token_ids()

    theirs = their_logits(pair.theirs, ids)

    assert theirs.std() > 0.5  # else the bound below would say little
    assert greatest_difference(our_logits(pair.ours, ids), theirs) <= 1e-4


def test_old_rope_keys_mean_the_same(tmp_path: Path) -> None:
    """transformers 4 wrote `rope_theta` and `rope_scaling` where 5 writes `rope_parameters`."""
    pair = make_pair("llama-llama3", tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    scaling = config.pop("rope_parameters")
    config |= {"rope_theta": scaling.pop("rope_theta"), "rope_scaling": scaling}
    (tmp_path / "config.json").write_text(json.dumps(config))

    assert load_ours(tmp_path).config == pair.ours.config


@pytest.mark.parametrize("variant", ["llama", "llama-tied"])
def test_sharded_files_load_like_a_single_one(variant: str, tmp_path: Path) -> None:
    pair = make_pair(variant, tmp_path, max_shard_size="20KB")

    assert (tmp_path / "model.safetensors.index.json").exists()
    assert len(list(tmp_path.glob("*.safetensors"))) > 2
    assert greatest_difference(our_logits(pair.ours, token_ids()), their_logits(pair.theirs, token_ids())) <= 1e-4


def test_every_parameter_has_its_place(tmp_path: Path) -> None:
    for variant in ("llama", "llama-tied", "llama-attention-bias", "qwen2", "qwen3"):
        pair = make_pair(variant, tmp_path / variant)
        places = tensor_places(pair.ours, LLAMA_NAMES)

        assert sum(place.numel() for place in places.values()) == sum(p.numel() for p in pair.ours.parameters())
        assert set(places) == {name for name, _ in pair.theirs.named_parameters()}


def test_a_tied_head_is_the_embedding(tmp_path: Path) -> None:
    pair = make_pair("llama-tied", tmp_path)

    assert pair.ours.head.weight is pair.ours.embedding.weight


def test_selected_rows_have_the_logits_of_all_rows(tmp_path: Path) -> None:
    model = make_pair("llama", tmp_path).ours
    hidden = model(token_ids(), torch.arange(LENGTH), PlainAttention())
    rows = torch.tensor([3, 17, 18, 63])

    assert greatest_difference(model.logits(hidden[rows]), model.logits(hidden)[rows]) <= 1e-5


def test_no_mask_means_that_every_row_sees_everything(tmp_path: Path) -> None:
    model = make_pair("llama", tmp_path).ours
    positions = torch.arange(LENGTH)
    everything = torch.ones(LENGTH, LENGTH, dtype=torch.bool)

    without = model(token_ids(), positions, PlainAttention())

    assert greatest_difference(without, model(token_ids(), positions, PlainAttention(everything))) <= 1e-5


@pytest.mark.parametrize("variant", ["llama", "llama-all-heads", "qwen3"])
@pytest.mark.parametrize("cuts", [[0, 64], [0, 5, 6, 20, 64], [0, 1, 2, 3, 64]])
def test_windows_of_the_kv_cache_give_what_one_forward_gives(variant: str, cuts: list[int], tmp_path: Path) -> None:
    model = make_pair(variant, tmp_path).ours
    cache = KVCache(model.config, 3, LENGTH + 7, torch.device("cpu"), torch.float32)
    slot = [cache.acquire(), cache.acquire()][1]
    logits = []
    for start, end in pairwise(cuts):
        span = Span(slot, start, end - start, limits=tuple(range(start + 1, end + 1)))
        rows = Rows.of([Forward("prefill", span, tuple(token_ids()[start:end].tolist()))])
        tensors, _ = rows.to(torch.device("cpu"))
        attend = SpanAttention(cache, rows, tensors)
        logits.append(model.logits(model(tensors.token_ids, tensors.positions, attend)))

    assert greatest_difference(torch.cat(logits), our_logits(model, token_ids())) <= 1e-4


def test_rows_of_several_sequences_do_not_meet(tmp_path: Path) -> None:
    """The rows of a forward may belong to any sequences, at any positions."""
    model = make_pair("llama", tmp_path).ours
    ids = token_ids()
    positions = torch.cat((torch.arange(40), torch.arange(24)))
    sequences = torch.cat((torch.zeros(40), torch.ones(24)))
    apart = PlainAttention(sequences[:, None] == sequences[None])

    together = model(ids, positions, apart)

    alone = [model(part, torch.arange(len(part)), PlainAttention()) for part in (ids[:40], ids[40:])]
    assert greatest_difference(together, torch.cat(alone)) <= 1e-5


def test_the_layout_of_the_attention_output_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA's memory-efficient kernel returns a transposed view of [batch, rows, heads, head_dim]."""
    model = make_pair("llama", tmp_path).ours
    expected = our_logits(model, token_ids())
    attention = F.scaled_dot_product_attention

    def transposed(*args: Any, **kwargs: Any) -> torch.Tensor:
        return attention(*args, **kwargs).transpose(1, 2).contiguous().transpose(1, 2)

    monkeypatch.setattr(F, "scaled_dot_product_attention", transposed)

    assert greatest_difference(our_logits(model, token_ids()), expected) <= 1e-5


def test_bfloat16_logits_are_float32_and_close(tmp_path: Path) -> None:
    pair = make_pair("llama", tmp_path)
    logits = our_logits(pair.ours.to(torch.bfloat16), token_ids())
    theirs = their_logits(pair.theirs, token_ids())

    assert logits.dtype == torch.float32
    assert ((logits - theirs).pow(2).mean() / theirs.pow(2).mean()).sqrt() < 0.05


def test_the_published_8b_shape() -> None:
    config = {
        "architectures": ["StableDiffcoderForCausalLM"],
        "model_type": "llama",
        "vocab_size": 155136,
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "max_position_embeddings": 8192,
        "rope_theta": 500000,
        "rms_norm_eps": 1e-6,
        "bos_token_id": 0,
        "pad_token_id": 1,
        "eos_token_id": 2,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
    }
    shape = read_model_config(config, find_family(config).layout)
    with torch.device("meta"):
        model = Transformer(shape)

    assert (shape.vocab_size, shape.hidden_size, shape.intermediate_size) == (155136, 4096, 14336)
    assert (shape.num_layers, shape.num_heads, shape.num_kv_heads, shape.head_dim) == (32, 32, 8, 128)
    assert (shape.max_position, shape.rms_norm_eps) == (8192, 1e-6)
    assert (shape.rope.kind, shape.rope.theta) == ("default", 500_000.0)
    assert not any((shape.qkv_bias, shape.output_bias, shape.mlp_bias, shape.qk_norm, shape.tie_word_embeddings))
    attention = 2 * 4096 * 4096 + 2 * 1024 * 4096
    layer = attention + 3 * 4096 * 14336 + 2 * 4096
    assert sum(p.numel() for p in model.parameters()) == 2 * 155136 * 4096 + 32 * layer + 4096
