"""The embedded model: transformers' Qwen3 (RMS norm on queries and keys) with a block-wise attention mask."""

from __future__ import annotations

import torch
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import Qwen3Config, Qwen3ForCausalLM

from training.noise import Batch
from training.tokenizer import BOS_ID, DELETE_ID, EOS_ID, MASK_ID, PAD_ID


def build_model(
    vocab_size: int, hidden: int = 256, layers: int = 5, feed_forward: int = 768, heads: int = 4
) -> Qwen3ForCausalLM:
    config = Qwen3Config(
        vocab_size=vocab_size,
        hidden_size=hidden,
        intermediate_size=feed_forward,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads // 2,
        head_dim=64,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        attention_bias=False,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        bos_token_id=BOS_ID,
        eos_token_id=EOS_ID,
        pad_token_id=PAD_ID,
        use_cache=False,
    )
    # Not keys of transformers: for a block-diffusion engine.
    config.update({"block_length": 4, "mask_token_id": MASK_ID, "delete_token_id": DELETE_ID})
    model = Qwen3ForCausalLM(config)
    for name, parameter in model.named_parameters():
        if name.endswith(("o_proj.weight", "down_proj.weight")):
            torch.nn.init.zeros_(parameter)  # every layer starts as the identity
    # Tied embeddings of norm 1: at the usual 0.02 no token gets more than a few per cent until they have grown.
    torch.nn.init.normal_(model.model.embed_tokens.weight, std=hidden**-0.5)
    return model


def compile_layers(model: Qwen3ForCausalLM) -> None:
    """Fuse each layer's element-wise operations, which take as long as its matrix products on a CPU."""
    for layer in model.model.layers:
        layer.forward = torch.compile(layer.forward, dynamic=True)


def hidden_states(
    model: Qwen3ForCausalLM, ids: torch.Tensor, positions: torch.Tensor, visible: torch.Tensor
) -> torch.Tensor:
    """[batch, S] ids and positions, [batch, S, S] bool -> [batch, S, hidden]."""
    mask = visible[:, None]  # [batch, 1, S, S]
    output = model.model(input_ids=ids, position_ids=positions, attention_mask={"full_attention": mask})
    states: torch.Tensor = output.last_hidden_state
    return states


def batch_loss(model: Qwen3ForCausalLM, batch: Batch) -> torch.Tensor:
    """Weighted mean cross entropy; logits are computed for supervised rows only."""
    with sdpa_kernel(SDPBackend.MATH):  # a fifth faster than the flash kernel on a CPU for rows this short
        states = hidden_states(model, batch.ids, batch.positions, batch.visible)
    rows = batch.weights > 0
    logits = model.lm_head(states[rows]).float()  # [num_supervised, vocab]
    losses = functional.cross_entropy(logits, batch.targets[rows], reduction="none")
    return (losses * batch.weights[rows]).sum() / batch.weights.sum()
