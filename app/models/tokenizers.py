"""Loads a checkpoint's tokenizer without running code of the checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.models.files import read_json

# Tokenizers that come as code with the checkpoint, and the class of transformers that each of them is a copy of.
COPIES = {"DreamTokenizer": "Qwen2Tokenizer"}


def load_tokenizer(directory: Path) -> Any:
    """A transformers tokenizer. Raises what the libraries raise, which is many types."""
    import transformers  # Slow to import, and imports torch where that is installed.
    from transformers import CONFIG_MAPPING

    settings = read_json(directory / "tokenizer_config.json", optional=True)
    copied = COPIES.get(str(settings.get("tokenizer_class")))
    if copied is not None:
        return getattr(transformers, copied).from_pretrained(str(directory))
    more = {}
    if read_json(directory / "config.json", optional=True).get("model_type") not in CONFIG_MAPPING:
        # It would read the model's configuration to find the tokenizer's class, and warn that it does not know it.
        more["config"] = transformers.PreTrainedConfig()
    return transformers.AutoTokenizer.from_pretrained(str(directory), trust_remote_code=False, **more)
