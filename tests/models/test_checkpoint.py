"""Loading: everything that can be wrong with the files is a CheckpointError of one sentence."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch
from safetensors.torch import load_file, save_file

from app.errors import CheckpointError
from app.models.files import find_directory
from tests.reference import CHECKPOINT
from tests.tiny import load_plain as load


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The fixture checkpoint, to be damaged."""
    return Path(shutil.copytree(CHECKPOINT, tmp_path / "copy"))


def edit_json(path: Path, *remove: str, **changes: Any) -> None:
    config = json.loads(path.read_text())
    config = {key: value for key, value in config.items() if key not in remove} | changes
    path.write_text(json.dumps(config))


def edit_weights(directory: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(directory / "model.safetensors")
    change(tensors)
    save_file(tensors, directory / "model.safetensors")


def message(directory: Path) -> str:
    """The error message, which is always one line."""
    with pytest.raises(CheckpointError) as error:
        load(directory)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_fixture_checkpoint(checkpoint) -> None:
    weights = load_file(CHECKPOINT / "model.safetensors")

    assert checkpoint.name == "checkpoint"
    assert checkpoint.diffusion.family == "stable-diffcoder"
    assert checkpoint.model.config.vocab_size == 1024
    assert checkpoint.tokenizer.convert_tokens_to_ids("<[MASK_TOKEN]>") == 5
    assert checkpoint.model.embedding.weight.dtype == torch.float32
    assert checkpoint.model.embedding.weight.equal(weights["model.embed_tokens.weight"].float())
    assert not any(p.requires_grad or p.is_meta for p in checkpoint.model.parameters())
    assert not checkpoint.model.training


def test_a_tied_head_stays_tied(copy: Path) -> None:
    edit_json(copy / "config.json", tie_word_embeddings=True)
    edit_weights(copy, lambda tensors: tensors.pop("lm_head.weight"))

    model = load(copy).model

    assert model.head.weight is model.embedding.weight


def test_what_a_tied_checkpoint_stores_twice_is_passed_over(copy: Path) -> None:
    edit_json(copy / "config.json", tie_word_embeddings=True)

    model = load(copy).model

    assert model.embedding.weight.equal(
        load_file(CHECKPOINT / "model.safetensors")["model.embed_tokens.weight"].float()
    )


def test_stored_rotary_frequencies_are_passed_over(copy: Path) -> None:
    edit_weights(copy, lambda tensors: tensors.update({"model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(8)}))

    load(copy)


def test_no_code_of_the_checkpoint_runs(copy: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    for name in ("modeling_custom", "configuration_custom", "tokenization_custom"):
        (copy / f"{name}.py").write_text(f"open({str(marker)!r}, 'w').close()\nraise RuntimeError('imported')\n")
    tokenizer_map = {"AutoTokenizer": ["tokenization_custom.Tokenizer", "tokenization_custom.Tokenizer"]}
    model_map = {"AutoConfig": "configuration_custom.Config", "AutoModelForCausalLM": "modeling_custom.Model"}
    edit_json(copy / "config.json", auto_map=model_map | tokenizer_map)
    edit_json(copy / "tokenizer_config.json", auto_map=tokenizer_map)

    assert load(copy).diffusion.mask_token_id == 5
    assert not marker.exists()


def test_a_tokenizer_that_needs_its_own_code_is_refused(copy: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    (copy / "tokenization_custom.py").write_text(f"open({str(marker)!r}, 'w').close()\n")
    tokenizer_map = {"AutoTokenizer": ["tokenization_custom.Tokenizer", None]}
    edit_json(copy / "config.json", model_type="custom", auto_map={"AutoConfig": "tokenization_custom.Config"})
    edit_json(copy / "tokenizer_config.json", tokenizer_class="Custom", auto_map=tokenizer_map)

    assert message(copy).startswith(f"The tokenizer in {copy} cannot be loaded: ")
    assert not marker.exists()


def test_config_without_a_key(copy: Path) -> None:
    edit_json(copy / "config.json", "hidden_size")

    assert message(copy) == "config.json has no 'hidden_size'."


def test_config_missing(copy: Path) -> None:
    (copy / "config.json").unlink()

    assert message(copy) == f"{copy} has no config.json: it is not a model directory."


@pytest.mark.parametrize("name", ["config.json", "generation_config.json", "model.safetensors.index.json"])
def test_invalid_json(copy: Path, name: str) -> None:
    (copy / name).write_text('{"vocab_size": ')

    assert message(copy) == f"{copy}/{name} cannot be read: Expecting value: line 1 column 16 (char 15)"


def test_json_that_is_no_object(copy: Path) -> None:
    (copy / "config.json").write_text("[]")

    assert message(copy) == f"{copy}/config.json is not a JSON object."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hidden_act": "gelu"}, "config.json: hidden_act is 'gelu'; only 'silu' is supported."),
        (
            {"use_sliding_window": True},
            "config.json: use_sliding_window is true; sliding-window attention is not supported.",
        ),
        (
            {"rope_parameters": {"rope_type": "yarn", "rope_theta": 10_000.0, "factor": 4.0}},
            "config.json: rope type 'yarn' is not supported; supported: default, linear, llama3.",
        ),
    ],
)
def test_what_the_decoder_does_not_do(copy: Path, changes: dict[str, Any], expected: str) -> None:
    edit_json(copy / "config.json", **changes)

    assert message(copy) == expected


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"hidden_size": "96"}, "hidden_size"),
        ({"num_attention_heads": None}, "num_attention_heads"),
        ({"num_attention_heads": 0}, "num_attention_heads"),
        ({"rope_parameters": "default"}, "rope_parameters"),
        ({"mask_token_id": 4096}, "mask"),  # beyond the vocabulary of 1024
        ({"block_length": "4"}, "block_length"),
        ({"block_length": 0}, "block_length"),
    ],
)
def test_a_value_that_makes_no_sense(copy: Path, changes: dict[str, Any], key: str) -> None:
    edit_json(copy / "config.json", **changes)

    assert key in message(copy)


def test_no_tokenizer(copy: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (copy / name).unlink()

    assert message(copy).startswith(f"The tokenizer in {copy} cannot be loaded: ")


def test_a_damaged_tokenizer(copy: Path) -> None:
    (copy / "tokenizer.json").write_text("{}")

    assert message(copy).startswith(f"The tokenizer in {copy} cannot be loaded: ")


def test_weights_missing(copy: Path) -> None:
    (copy / "model.safetensors").unlink()

    assert message(copy) == f"{copy}/model.safetensors is missing."


def test_a_shard_missing(copy: Path) -> None:
    index = {"weight_map": {"lm_head.weight": "model-00002-of-00002.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index))

    assert message(copy) == (
        f"{copy}/model-00002-of-00002.safetensors is missing; model.safetensors.index.json lists it, although "
        "model.safetensors is there."
    )


def test_an_index_without_a_map(copy: Path) -> None:
    (copy / "model.safetensors.index.json").write_text("{}")

    assert "weight_map" in message(copy)


@pytest.mark.parametrize("kept", [0, 5_000, 1_000_000])
def test_weights_cut_off(copy: Path, kept: int) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:kept])

    assert message(copy).startswith(f"{weights} cannot be read: ")


def test_a_tensor_too_few(copy: Path) -> None:
    edit_weights(copy, lambda tensors: tensors.pop("model.layers.2.self_attn.k_proj.weight"))

    assert message(copy) == "The weights lack 1 tensors, including 'model.layers.2.self_attn.k_proj.weight'."


def test_a_tensor_too_many(copy: Path) -> None:
    edit_weights(copy, lambda tensors: tensors.update({"model.layers.0.self_attn.q_norm.weight": torch.ones(16)}))

    expected = (
        "The weights have a tensor 'model.layers.0.self_attn.q_norm.weight', which this architecture does not have."
    )
    assert message(copy) == expected


def test_a_tensor_of_another_shape(copy: Path) -> None:
    edit_weights(copy, lambda tensors: tensors.update({"model.norm.weight": torch.ones(95)}))

    assert message(copy) == "'model.norm.weight' has shape [95]; with config.json it should have [96]."


def test_a_plain_llama_is_refused(copy: Path) -> None:
    edit_json(copy / "config.json", architectures=["LlamaForCausalLM"])
    edit_json(copy / "tokenizer_config.json", "mask_token")
    tokenizer = (copy / "tokenizer.json").read_text()
    (copy / "tokenizer.json").write_text(tokenizer.replace("<[MASK_TOKEN]>", "<[SOMETHING]>"))

    assert message(copy) == (
        "This is an ordinary causal llama checkpoint: it has no mask token, so it was never trained to fill masks, and "
        "denoising it would give nonsense. Choose a block-diffusion checkpoint such as "
        "ByteDance-Seed/Stable-DiffCoder-8B-Instruct; if it is a conversion of one, say so with ELBARTO_FAMILY, or "
        "with ELBARTO_MASK_TOKEN_ID and ELBARTO_BLOCK_LENGTH."
    )


def test_a_hub_id_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, str | None, list[str]]] = []

    def download(repo_id: str, *, revision: str | None, allow_patterns: list[str]) -> str:
        calls.append((repo_id, revision, allow_patterns))
        return str(CHECKPOINT)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)

    checkpoint = load("owner/a-model_1.0", "v2")

    assert checkpoint.name == "owner/a-model_1.0"
    assert [call[:2] for call in calls] == [("owner/a-model_1.0", "v2")]
    assert not any(pattern.endswith((".py", ".bin", ".pt")) or pattern == "*" for pattern in calls[0][2])


def test_a_failed_download_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def download(*args: object, **kwargs: object) -> str:
        raise RuntimeError("401 Client Error.\n\nRepository Not Found for url: https://huggingface.co/...")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    expected = (
        "ELBARTO_MODEL_PATH is 'owner/name' (revision main): not a directory here, and it could not be downloaded from "
        "the Hugging Face hub: 401 Client Error."
    )

    with pytest.raises(CheckpointError, match=f"^{re.escape(expected)}$"):
        find_directory("owner/name", None)


def test_a_download_that_fails_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def download(*args: object, **kwargs: object) -> str:
        raise ConnectionError

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)

    with pytest.raises(CheckpointError, match=r"hub: ConnectionError$"):
        find_directory("owner/name", "abc")


@pytest.mark.parametrize("path", ["nowhere", "a/b/c", "owner/na me"])
def test_neither_directory_nor_hub_id(path: str) -> None:
    expected = f"ELBARTO_MODEL_PATH is {path!r}: neither a directory here nor a Hugging Face id (owner/name)."

    with pytest.raises(CheckpointError, match=f"^{re.escape(expected)}$"):
        find_directory(path, None)
