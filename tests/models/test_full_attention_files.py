"""Dream and LLaDA: what their files say, in which words, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.errors import CheckpointError
from app.models.config import LLADA_LAYOUT, read_model_config, usual_keys
from app.models.families import Diffusion, family_defaults, find_family, read_diffusion
from app.models.sources import HuggingFaceFolder
from tests.tiny import load

FAMILIES = Path(__file__).parents[1] / "fixtures" / "families"


def test_dream_is_one_block() -> None:
    source = HuggingFaceFolder(str(FAMILIES / "dream" / "checkpoint"))

    assert read_diffusion(source) == Diffusion(
        family="dream",
        mask_token_id=1022,
        eos_token_ids=(999,),
        block_length=131072,
        attention="full",
        alignment="prompt_end",
        shift=True,
        schedule="timesteps",
        canvas_length="exact",
    )
    assert family_defaults(find_family(source.config()), 131072).values == {
        "block_length": 131072,
        "remasking": "high_entropy",
        "tokens_per_step": 1,
    }


def test_lladas_config_has_other_words() -> None:
    checkpoint = load(FAMILIES / "llada" / "checkpoint")
    config = checkpoint.model.config

    assert (config.vocab_size, config.hidden_size, config.intermediate_size, config.num_layers) == (1024, 96, 256, 4)
    assert (config.num_heads, config.num_kv_heads, config.head_dim, config.max_position) == (6, 6, 16, 4096)
    assert (config.rms_norm_eps, config.rope.theta, config.tie_word_embeddings) == (1e-5, 500000.0, False)
    diffusion = checkpoint.diffusion
    assert (diffusion.mask_token_id, diffusion.eos_token_ids, diffusion.block_length) == (993, (986,), 32)
    assert (diffusion.attention, diffusion.shift, diffusion.schedule) == ("full", False, "masks")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alibi": True}, "config.json: alibi is True; only False is supported."),
        ({"block_type": "sequential"}, "config.json: block_type is 'sequential'; only 'llama' is supported."),
        ({"layer_norm_type": "default"}, "config.json: layer_norm_type is 'default'; only 'rms' is supported."),
        ({"activation_type": "swiglu"}, "config.json: hidden_act is 'swiglu'; only 'silu' is supported."),
        ({"mlp_hidden_size": None}, "config.json has no 'intermediate_size'."),
    ],
)
def test_a_llada_that_the_decoder_does_not_support(change: dict[str, Any], message: str) -> None:
    config = json.loads((FAMILIES / "llada" / "checkpoint" / "config.json").read_text()) | change

    with pytest.raises(CheckpointError) as error:
        read_model_config(usual_keys(config, LLADA_LAYOUT), LLADA_LAYOUT)

    assert str(error.value) == message


def test_dreams_tokenizer_needs_no_code_and_no_tokenizer_json(tmp_path: Path) -> None:
    """The published files are vocab.json and merges.txt, and a class that is a copy of Qwen2's."""
    folder = shutil.copytree(FAMILIES / "dream" / "checkpoint", tmp_path / "copy", copy_function=shutil.copyfile)
    whole = HuggingFaceFolder(str(folder)).tokenizer()
    model = json.loads((folder / "tokenizer.json").read_text())["model"]
    (folder / "vocab.json").write_text(json.dumps(model["vocab"]))
    (folder / "merges.txt").write_text("\n".join(" ".join(merge) for merge in model["merges"]) + "\n")
    (folder / "tokenizer.json").unlink()
    parts = HuggingFaceFolder(str(folder)).tokenizer()
    text = "def f(x):\n    return x + 1234  # é <|mask|><|im_end|>\n"

    assert parts.encode(text) == whole.encode(text)
    assert 1022 in parts.encode(text)
    assert (parts.mask_token_id, parts.eos_token_id, len(parts)) == (1022, 999, 1023)
    assert parts.decode(parts.encode("x = 1")) == "x = 1"
