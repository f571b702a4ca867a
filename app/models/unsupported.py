"""Diffusion architectures that are known and cannot be served, with what the decoder or the engine lacks for each."""

from __future__ import annotations

from collections.abc import Mapping

_EXPERTS = "its layers are mixtures of experts, and the decoder has dense layers only"
_NEMOTRON = "it has a diffusion head of its own beside the causal one, and blocks that are committed causally"

UNSUPPORTED: Mapping[str, str] = {
    "LLaDA2MoeModelLM": _EXPERTS,
    "LLaDAMoEModelLM": _EXPERTS,
    "SDARMoeForCausalLM": _EXPERTS,
    "DiffusionGemmaForBlockDiffusion": (
        "its canvas begins as random tokens instead of masks, behind a causal encoder, and the engine fills masks only"
    ),
    "NemotronLabsDiffusionModel": _NEMOTRON,
    "NemotronLabsDiffusionForBlockDiffusion": _NEMOTRON,
    "WeDLMForCausalLM": "it denoises a sliding window under causal attention, and the engine denoises blocks",
    "BD3LM": "its layers are those of a diffusion transformer (DiT), and the decoder has Llama's, Qwen2's and Qwen3's",
}
