"""Writes a training run as a plain Hugging Face checkpoint in bfloat16, with tokenizer and model card."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from transformers import GenerationConfig

from training.model import build_model
from training.tokenizer import BOS_ID, EOS_ID, PAD_ID, load_tokenizer

MODEL_CARD = Path(__file__).parent / "model_card.md"
MAX_SHARD_SIZE = "15MB"  # a limit of git hosts
MAX_NEW_TOKENS = 384  # it writes nothing longer well
# The server's defaults for requests. Infills: more text than it was trained on does not help.
REQUEST_DEFAULTS = {
    "tokens_per_step": 1,
    "gen_length": MAX_NEW_TOKENS,  # it has learned no longer replies
    "temperature": 0.0,
    "infill_mode": "both",
    "infill_context": 208,
    "infill_canvas": 24,
}


def export(run: Path, target: Path) -> int:
    """Returns the size of the weights in bytes. A run can be exported at any time, also while it continues."""
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    tokenizer = load_tokenizer(run / "tokenizer")
    weights = state["model"]
    model = build_model(len(tokenizer), **shape_of(weights))
    model.load_state_dict(weights)
    model.bfloat16()
    model.config.use_cache = True
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        bos_token_id=BOS_ID,
        eos_token_id=EOS_ID,
        pad_token_id=PAD_ID,
        max_new_tokens=MAX_NEW_TOKENS,
        elbarto=REQUEST_DEFAULTS,
    )
    model.save_pretrained(target, max_shard_size=MAX_SHARD_SIZE)
    tokenizer.save_pretrained(target)
    shutil.copyfile(MODEL_CARD, target / "README.md")
    clean_tokenizer_config(target / "tokenizer_config.json")
    files = list(target.glob("model*.safetensors"))
    for file in files:
        file.chmod(0o644)
    return sum(file.stat().st_size for file in files)


def shape_of(weights: dict[str, torch.Tensor]) -> dict[str, int]:
    """The arguments of `build_model` for these weights."""
    return {
        "hidden": weights["model.embed_tokens.weight"].shape[1],
        "layers": 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("model.layers.")),
        "feed_forward": weights["model.layers.0.mlp.up_proj.weight"].shape[0],
        "heads": weights["model.layers.0.self_attn.q_proj.weight"].shape[0] // 64,
    }


def clean_tokenizer_config(path: Path) -> None:
    """Remove the keys that name the tokenizer's source, and use a class name that old releases know."""
    config = json.loads(path.read_text())
    for key in ("is_local", "local_files_only"):
        config.pop(key, None)
    config["tokenizer_class"] = "PreTrainedTokenizerFast"
    path.write_text(json.dumps(config, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    print(f"{export(options.run, options.target)} bytes of weights")


if __name__ == "__main__":
    main()
