"""The measured models: checkpoints, random weights of real shapes, and transformers' implementation over either."""

from __future__ import annotations

import copy
import itertools
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import torch

from app.engine.engine import Engine
from app.engine.market import ForwardCosts
from app.engine.warmup import measure_costs, timed_forwards
from app.messages.params import EngineConfig, Speculation
from app.models.checkpoint import load_checkpoint
from app.models.config import ModelConfig, RopeScaling
from app.models.families import Diffusion
from app.models.quantization import quantize, weight_bytes
from app.models.sources import HuggingFaceFolder
from app.models.tensor_names import LLAMA_NAMES
from app.models.transformer import RMSNorm, Transformer
from app.models.weights import loading_device, prepare, tensor_places

MASK_ID, EOS_ID = 5, 2
INITIAL_STD = 0.02


def _llama(hidden: int, layers: int, heads: int, kv_heads: int, intermediate: int, vocab: int) -> ModelConfig:
    return ModelConfig(
        vocab_size=vocab,
        hidden_size=hidden,
        intermediate_size=intermediate,
        num_layers=layers,
        num_heads=heads,
        num_kv_heads=kv_heads,
        head_dim=hidden // heads,
        max_position=4096,
        rms_norm_eps=1e-6,
        rope=RopeScaling(theta=500_000.0),
    )


SHAPES = {
    "tiny": _llama(64, 2, 4, 2, 128, 512),
    "125M": _llama(768, 12, 12, 12, 2048, 32_000),
    "1B": _llama(2048, 16, 32, 8, 8192, 32_000),
    "8B": _llama(4096, 32, 32, 8, 14_336, 155_136),  # Stable-DiffCoder's
}


@dataclass(frozen=True)
class Subject:
    """A measured model. `tokenizer` is transformers' object, None for random weights.

    `transformer` has the weights in the checkpoint's layout, for the baselines.
    """

    name: str
    transformer: Transformer
    diffusion: Diffusion
    tokenizer: Any = None
    quantization: str = "none"

    @property
    def config(self) -> ModelConfig:
        return self.transformer.config

    @cached_property
    def served(self) -> Transformer:
        """The model as the server prepares it; shares the memory of all weights whose layout does not change."""
        tensors = itertools.chain(self.transformer.parameters(), self.transformer.buffers())
        model = copy.deepcopy(self.transformer, {id(tensor): tensor for tensor in tensors})
        prepare(model, model.embedding.weight.device)
        return model

    @property
    def dtype_name(self) -> str:
        return str(self.transformer.embedding.weight.dtype).removeprefix("torch.")

    def __str__(self) -> str:
        return f"{self.name} {self.dtype_name}" + ("" if self.quantization == "none" else f" {self.quantization}")

    @property
    def weight_bytes(self) -> int:
        """Bytes that one forward reads: of the embedding only a few rows, unless it is also the head."""
        total = weight_bytes(self.transformer)
        return total if self.config.tie_word_embeddings else total - self.transformer.embedding.weight.nbytes

    @cached_property
    def costs(self) -> ForwardCosts:
        """What forwards take on this device, as the server measures it at its start."""
        return measure_costs(timed_forwards(self.served, self.diffusion.mask_token_id))

    def engine(
        self,
        max_model_len: int,
        max_sequences: int = 1,
        prefix_cache_bytes: int = 0,
        speculation: Speculation = 0,
    ) -> Engine:
        """Without drafts, unless `speculation` asks for them: most parts compare something else."""
        config = EngineConfig(
            max_model_len=max_model_len,
            max_sequences=max_sequences,
            prefix_cache_bytes=prefix_cache_bytes,
            speculation=speculation,
        )
        return Engine(self.served, self.diffusion, config, self.costs if speculation == "auto" else None)


def load_subject(path: str, device: torch.device, dtype: torch.dtype, quantization: str = "none") -> Subject:
    """Raises CheckpointError."""
    checkpoint = load_checkpoint(HuggingFaceFolder(path), loading_device(device, quantization), dtype)
    if quantization != "none":
        quantize(checkpoint.model, quantization, device)
    return Subject(checkpoint.name, checkpoint.model, checkpoint.diffusion, checkpoint.tokenizer, quantization)


def random_subject(
    shape: str, seed: int, device: torch.device, dtype: torch.dtype, quantization: str = "none"
) -> Subject:
    """The same weights for the same seed, device and dtype."""
    config = SHAPES[shape]
    with torch.device("meta"):
        model = Transformer(config)
    model = model.to(dtype).to_empty(device=device).requires_grad_(False).eval()
    generator = torch.Generator(device).manual_seed(seed)
    for parameter in model.parameters():
        parameter.normal_(0.0, INITIAL_STD, generator=generator)
    for module in model.modules():
        if isinstance(module, RMSNorm):
            module.weight.fill_(1.0)
    if quantization != "none":
        quantize(model, quantization, device)
    diffusion = Diffusion(family="random", mask_token_id=MASK_ID, eos_token_ids=(EOS_ID,), block_length=4)
    return Subject(f"random {shape}", model, diffusion, quantization=quantization)


def transformers_model(subject: Subject) -> Any:
    """transformers' implementation over the same memory: identical weights without a copy."""
    weight = subject.transformer.embedding.weight
    kind, config = _transformers_config(subject.config)
    with torch.device("meta"):
        model = kind(config)
    places = dict(tensor_places(subject.transformer, LLAMA_NAMES))
    places.setdefault("lm_head.weight", subject.transformer.head.weight)
    model.load_state_dict(places, assign=True)
    model.model.rotary_emb = type(model.model.rotary_emb)(config).to(weight.device)  # its tables are not weights
    return model.requires_grad_(False).eval()


def _transformers_config(config: ModelConfig) -> tuple[Any, Any]:
    import transformers

    rope = {"rope_type": config.rope.kind, "rope_theta": config.rope.theta}
    if config.rope.kind != "default":
        scaling = asdict(config.rope)
        rope |= {name: scaling[name] for name in ("factor", "low_freq_factor", "high_freq_factor")}
        rope["original_max_position_embeddings"] = config.rope.original_max_position
    values: dict[str, Any] = {
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_size,
        "intermediate_size": config.intermediate_size,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": config.num_heads,
        "num_key_value_heads": config.num_kv_heads,
        "head_dim": config.head_dim,
        "max_position_embeddings": config.max_position,
        "rms_norm_eps": config.rms_norm_eps,
        "rope_parameters": rope,
        "tie_word_embeddings": config.tie_word_embeddings,
        "attn_implementation": "sdpa",
    }
    if config.qk_norm:
        return transformers.Qwen3ForCausalLM, transformers.Qwen3Config(**values, attention_bias=config.qkv_bias)
    if config.qkv_bias and not config.output_bias:
        return transformers.Qwen2ForCausalLM, transformers.Qwen2Config(**values)
    biases: dict[str, Any] = {"attention_bias": config.qkv_bias, "mlp_bias": config.mlp_bias}
    return transformers.LlamaForCausalLM, transformers.LlamaConfig(**values, **biases)
