"""Which checkpoints are supported, and where their mask, end token and block length come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from app.errors import CheckpointError
from app.models.checkpoint import load_checkpoint
from app.models.families import FAMILIES, Diffusion, find_family, read_diffusion
from app.models.sources import HuggingFaceFolder
from app.models.tensor_files import TensorHeader
from tests.reference import CHECKPOINT
from tests.tiny import CPU, load_plain

DIFFCODER = {"architectures": ["StableDiffcoderForCausalLM"], "model_type": "llama"}
LLAMA = {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}


def tokenizer(mask: int | None = None, eos: int | None = None) -> Any:
    return SimpleNamespace(mask_token_id=mask, eos_token_id=eos)


@dataclass(frozen=True)
class MemorySource:
    """A checkpoint in memory, with the parts that a test sets."""

    values: Mapping[str, Any]
    generation_values: Mapping[str, Any]
    words: Any
    weights: Mapping[str, torch.Tensor] = field(default_factory=dict)
    name: str = "in memory"
    generation_config_path: Path = Path("memory")

    def config(self) -> Mapping[str, Any]:
        return self.values

    def generation_config(self) -> Mapping[str, Any]:
        return self.generation_values

    def tokenizer(self) -> Any:
        return self.words

    def headers(self) -> Mapping[str, TensorHeader]:
        kinds = {torch.float32: "F32", torch.bfloat16: "BF16"}
        return {
            name: TensorHeader(kinds[tensor.dtype], tuple(tensor.shape), tensor.nbytes)
            for name, tensor in self.weights.items()
        }

    def licence(self) -> str | None:
        return None

    def tensors(self, device: torch.device) -> Iterator[tuple[str, torch.Tensor]]:
        return ((name, tensor.to(device)) for name, tensor in self.weights.items())


def diffusion(config: dict[str, Any], generation: dict[str, Any] | None = None, words: Any = None) -> Diffusion:
    return read_diffusion(MemorySource({"vocab_size": 1024, **config}, generation or {}, words or tokenizer()))


def test_stable_diffcoder_needs_no_help_from_its_files() -> None:
    expected = Diffusion(family="stable-diffcoder", mask_token_id=5, eos_token_ids=(2,), block_length=4)

    assert diffusion(DIFFCODER) == expected


def test_the_tokenizer_overrides_the_family() -> None:
    found = diffusion(DIFFCODER, words=tokenizer(mask=0, eos=8))

    assert (found.mask_token_id, found.eos_token_ids) == (0, (8,))


def test_config_json_overrides_the_tokenizer() -> None:
    config = DIFFCODER | {"mask_token_id": 0, "eos_token_id": 10, "block_length": 32}

    found = diffusion(config, words=tokenizer(mask=7, eos=8))

    assert found == Diffusion(family="stable-diffcoder", mask_token_id=0, eos_token_ids=(10,), block_length=32)


def test_generation_config_overrides_the_end_token() -> None:
    found = diffusion(DIFFCODER | {"eos_token_id": 10}, generation={"eos_token_id": [11, 12]})

    assert found.eos_token_ids == (11, 12)


def test_null_means_unsaid() -> None:
    nothing = {"mask_token_id": None, "eos_token_id": None, "block_length": None}

    assert diffusion(DIFFCODER | nothing, generation={"eos_token_id": None}) == diffusion(DIFFCODER)


@pytest.mark.parametrize("architecture", ["LlamaForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM"])
def test_a_causal_checkpoint_is_refused_with_the_reason(architecture: str) -> None:
    with pytest.raises(CheckpointError, match="it has no mask token, so it was never trained to fill masks"):
        diffusion({"architectures": [architecture]}, words=tokenizer(eos=2))


@pytest.mark.parametrize("architecture", ["LlamaForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM"])
def test_other_layouts_are_served_when_their_files_say_enough(architecture: str) -> None:
    config = {"architectures": [architecture], "mask_token_id": 9, "block_length": 8, "eos_token_id": [2, 3]}
    family = FAMILIES[architecture].name

    assert diffusion(config) == Diffusion(family=family, mask_token_id=9, eos_token_ids=(2, 3), block_length=8)


def test_a_mask_token_without_a_block_length() -> None:
    with pytest.raises(CheckpointError, match="no 'block_length': the length it was trained with"):
        diffusion(LLAMA, words=tokenizer(mask=9, eos=2))


def test_no_end_token() -> None:
    with pytest.raises(CheckpointError, match="names an end token"):
        diffusion(LLAMA | {"mask_token_id": 9, "block_length": 8})


@pytest.mark.parametrize(
    ("architectures", "named"),
    [(["DreamModel", "Other"], "DreamModel, Other"), ([], "none"), (None, "none")],
)
def test_an_unknown_architecture_names_what_is_supported(architectures: list[str] | None, named: str) -> None:
    with pytest.raises(CheckpointError) as error:
        find_family({"architectures": architectures})

    assert str(error.value) == (
        f"config.json: architectures is {named}; supported: StableDiffcoderForCausalLM, LlamaForCausalLM, "
        "Qwen2ForCausalLM, Qwen3ForCausalLM."
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"eos_token_id": 99_999}, "The end token's id is 99999; config.json's vocab_size is 1024."),
        ({"mask_token_id": -1}, "The mask token's id is -1; config.json's vocab_size is 1024."),
        ({"mask_token_id": 2}, "Token 2 is both the mask token and an end token."),
        ({"architectures": "LlamaForCausalLM"}, "architectures must be a list, got 'LlamaForCausalLM'"),
    ],
)
def test_token_ids_that_make_no_sense(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(CheckpointError, match=re.escape(expected)):
        diffusion(DIFFCODER | changes)


@pytest.mark.parametrize("architecture", FAMILIES)
def test_todays_families_are_block_causal_and_predict_in_place(architecture: str) -> None:
    found = diffusion({"architectures": [architecture], "mask_token_id": 9, "block_length": 8, "eos_token_id": 2})

    assert (found.attention, found.shift) == ("block_causal", False)


def test_config_json_overrides_how_the_family_denoises() -> None:
    found = diffusion(DIFFCODER | {"diffusion_attention": "full", "diffusion_shift": True})

    assert (found.attention, found.shift) == ("full", True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"diffusion_attention": "causal"},
            "config.json: diffusion_attention must be one of block_causal, full, got 'causal'.",
        ),
        ({"diffusion_attention": ["full"]}, "diffusion_attention must be one of block_causal, full, got ['full']."),
        ({"diffusion_shift": 1}, "config.json: diffusion_shift must be one of False, True, got 1."),
    ],
)
def test_ways_to_denoise_that_nobody_knows(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(CheckpointError, match=re.escape(expected)):
        diffusion(DIFFCODER | changes)


def test_another_source_than_a_folder_loads_the_same_model() -> None:
    """A loader for another file format needs only the protocol's methods."""
    folder = HuggingFaceFolder(str(CHECKPOINT))
    weights = load_file(CHECKPOINT / "model.safetensors")
    source = MemorySource(folder.config(), folder.generation_config(), folder.tokenizer(), weights)

    checkpoint = load_checkpoint(source, CPU, torch.float32)

    expected = load_plain()
    assert checkpoint.name == "in memory"
    assert checkpoint.diffusion == expected.diffusion
    assert checkpoint.request_defaults == expected.request_defaults
    states = zip(checkpoint.model.parameters(), expected.model.parameters(), strict=True)
    assert all(ours.equal(theirs) for ours, theirs in states)
