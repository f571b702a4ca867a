"""The engine's limits, from the settings and the checkpoint. Needs no torch."""

from __future__ import annotations

from app.errors import ConfigError
from app.messages.params import EngineConfig, ModelSource
from app.models.config import ModelConfig


def engine_config(options: ModelSource, config: ModelConfig, name: str) -> EngineConfig:
    """Raises ConfigError."""
    max_position = config.max_position
    max_model_len = options.max_model_len or max_position
    if max_model_len > max_position:
        raise ConfigError(f"ELBARTO_MAX_MODEL_LEN is {max_model_len}; {name} has {max_position} positions at most.")
    return EngineConfig(
        max_model_len=max_model_len,
        max_sequences=options.max_sequences,
        prefix_cache_bytes=options.prefix_cache_bytes,
        cuda_graphs=options.cuda_graphs,
        speculation=options.speculation,
    )
