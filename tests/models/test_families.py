"""Which checkpoints are supported, and where their mask, end token and block length come from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from app.errors import CheckpointError, ConfigError
from app.models.checkpoint import load_checkpoint
from app.models.families import (
    FAMILIES,
    NO_HINTS,
    Diffusion,
    Hints,
    find_family,
    named_defaults,
    read_diffusion,
    recognise,
)
from app.models.sources import HuggingFaceFolder
from app.models.tensor_files import TensorHeader
from app.models.unsupported import UNSUPPORTED
from tests.reference import CHECKPOINT
from tests.tiny import CPU, load_plain

ROOT = Path(__file__).resolve().parents[2]
DIFFCODER = {"architectures": ["StableDiffcoderForCausalLM"], "model_type": "llama"}
FAMILY_FIXTURES = Path(__file__).parents[1] / "fixtures" / "families"
LLAMA = {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}


def tokenizer(mask: int | None = None, eos: int | None = None, **vocabulary: int) -> Any:
    return SimpleNamespace(mask_token_id=mask, eos_token_id=eos, get_vocab=lambda: vocabulary)


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


@pytest.mark.parametrize("eos", [0, [0]])
def test_the_tokenizers_end_token_is_one_beside_generation_configs(eos: int | list[int]) -> None:
    """A chat template ends turns with it; without it, replies ran on into the next turn."""
    found = diffusion(DIFFCODER, words=tokenizer(mask=7, eos=8), generation={"eos_token_id": eos})

    assert found.eos_token_ids == (0, 8)


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
    with pytest.raises(CheckpointError, match="no 'block_length', the length it was trained with"):
        diffusion(LLAMA, words=tokenizer(mask=9, eos=2))


def test_no_end_token() -> None:
    with pytest.raises(CheckpointError, match="names an end token"):
        diffusion(LLAMA | {"mask_token_id": 9, "block_length": 8})


@pytest.mark.parametrize(
    ("architectures", "named"),
    [(["OneModel", "Other"], "OneModel, Other"), ([], "none"), (None, "none")],
)
def test_an_unknown_architecture_names_what_is_supported(architectures: list[str] | None, named: str) -> None:
    with pytest.raises(CheckpointError) as error:
        find_family({"architectures": architectures})

    assert str(error.value) == f"config.json: architectures is {named}; supported: {', '.join(FAMILIES)}."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"eos_token_id": 99_999}, "The end token's id is 99999; config.json's vocab_size is 1024."),
        ({"mask_token_id": -1}, "The mask token's id is -1; config.json's vocab_size is 1024."),
        ({"mask_token_id": 2}, "Token 2 is both the mask token and an end token."),
        (
            {"architectures": [["LlamaForCausalLM"]]},
            "architectures must be a list of names, got [['LlamaForCausalLM']]",
        ),
        ({"architectures": "LlamaForCausalLM"}, "architectures must be a list of names, got 'LlamaForCausalLM'"),
    ],
)
def test_token_ids_that_make_no_sense(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(CheckpointError, match=re.escape(expected)):
        diffusion(DIFFCODER | changes)


@pytest.mark.parametrize("architecture", ["StableDiffcoderForCausalLM", "LlamaForCausalLM", "Qwen3ForCausalLM"])
def test_block_diffusion_families_are_block_causal_and_predict_in_place(architecture: str) -> None:
    found = diffusion({"architectures": [architecture], "mask_token_id": 9, "block_length": 8, "eos_token_id": 2})

    assert (found.attention, found.shift) == ("block_causal", False)
    assert found.fills_canvas


FAST_DLLM = {"architectures": ["Fast_dLLM_QwenForCausalLM"], "bd_size": 16, "eos_token_id": 2}


def test_fast_dllm_names_its_block_length_and_mask_otherwise() -> None:
    words = tokenizer()
    words.get_vocab = lambda: {"|<MASK>|": 77}

    found = diffusion(FAST_DLLM, words=words)

    assert (found.shift, found.commits_alone, found.fills_canvas) == (True, True, False)
    assert (found.mask_token_id, found.block_length, found.canvas_length) == (77, 16, "to_block_end")


def test_sampling_options_of_a_published_script_are_not_those_of_generation_config() -> None:
    """The file says to sample with a repetition penalty; Fast-dLLM's own `generate` does not read it."""
    checkpoint = load_plain(FAMILY_FIXTURES / "fast-dllm-v2" / "checkpoint")

    assert json.loads((FAMILY_FIXTURES / "fast-dllm-v2/checkpoint/generation_config.json").read_text())["do_sample"]
    assert checkpoint.request_defaults.values == {"block_length": 32, "threshold": 0.9, "small_block_length": 8}


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


AUTO_MAP = {
    "AutoModelForCausalLM": "ByteDance-Seed/Stable-DiffCoder-8B-Base--modeling_seed_diffcoder.SeedDiffcoderForCausalLM"
}


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (LLAMA | {"auto_map": AUTO_MAP}, tokenizer()),
        (LLAMA, tokenizer(mask=5, eos=2, **{"<[MASK_TOKEN]>": 5})),
        (LLAMA, tokenizer(eos=2, **{"<[MASK_TOKEN]>": 5})),
    ],
    ids=["an older revision", "a conversion", "a conversion that lost the mask token's role"],
)
def test_stable_diffcoder_by_another_name(config: dict[str, Any], words: Any) -> None:
    assert diffusion(config, words=words) == diffusion(DIFFCODER)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (LLAMA | {"auto_map": {"AutoModelForCausalLM": "modeling_other.Other"}}, tokenizer(eos=2)),
        (LLAMA | {"auto_map": ["modeling_seed_diffcoder"]}, tokenizer(eos=2)),
        (LLAMA, tokenizer(eos=2, **{"<[MASK_TOKEN]>": 6})),
        ({"architectures": ["Qwen2ForCausalLM"]}, tokenizer(eos=2, **{"<[MASK_TOKEN]>": 5})),
    ],
)
def test_other_marks_are_not_stable_diffcoder(config: dict[str, Any], words: Any) -> None:
    assert recognise(MemorySource(config, {}, words)).family.name != "stable-diffcoder"


def test_a_conversion_keeps_what_its_own_files_say() -> None:
    config = LLAMA | {"mask_token_id": 9, "block_length": 8, "eos_token_id": 3}
    found = diffusion(config, words=tokenizer(**{"<[MASK_TOKEN]>": 5}))

    assert (found.mask_token_id, found.block_length, found.eos_token_ids) == (9, 8, (3,))


def hinted(config: dict[str, Any], words: Any = None, name: str = "in memory", **hints: Any) -> Diffusion:
    source = MemorySource({"vocab_size": 1024, **config}, {}, words or tokenizer(eos=2), name=name)
    return read_diffusion(source, Hints(**hints))


def test_the_operator_says_what_the_files_do_not() -> None:
    named = hinted(LLAMA, family="stable-diffcoder")
    by_ids = hinted(LLAMA, mask_token_id=9, block_length=8)

    assert named == diffusion(DIFFCODER, words=tokenizer(eos=2))
    assert (by_ids.family, by_ids.mask_token_id, by_ids.block_length) == ("llama", 9, 8)


def test_the_operators_mask_token_comes_first_and_the_files_block_length_does() -> None:
    found = hinted(DIFFCODER | {"mask_token_id": 7, "block_length": 8}, mask_token_id=9, block_length=16)

    assert (found.mask_token_id, found.block_length) == (9, 8)
    assert hinted(DIFFCODER, block_length=16).block_length == 4  # it is known


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        ({"family": "gpt"}, f"ELBARTO_FAMILY is 'gpt'; allowed: {', '.join(f.name for f in FAMILIES.values())}."),
        (
            {"mask_token_id": 1024},
            "ELBARTO_MASK_TOKEN_ID is 1024; allowed: a token id of this checkpoint, from 0 to 1023.",
        ),
    ],
)
def test_hints_that_make_no_sense(hints: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigError) as error:
        hinted(DIFFCODER, **hints)

    assert str(error.value) == expected


def test_every_way_to_recognise_is_told() -> None:
    def by(config: dict[str, Any], words: Any = None, hints: Hints = NO_HINTS) -> str:
        return recognise(MemorySource(config, {}, words or tokenizer()), hints).by

    assert by(DIFFCODER) == "the architecture StableDiffcoderForCausalLM"
    assert by(LLAMA | {"auto_map": AUTO_MAP}) == "auto_map (modeling_seed_diffcoder)"
    assert by(LLAMA, tokenizer(**{"<[MASK_TOKEN]>": 5})) == "the tokenizer's <[MASK_TOKEN]>, id 5"
    assert by(LLAMA, hints=Hints(family="sdar")) == "ELBARTO_FAMILY"


SDAR = {"architectures": ["SDARForCausalLM"], "vocab_size": 151936}


@pytest.mark.parametrize(
    ("config", "name", "hint", "expected"),
    [
        ({}, "SDAR-4B-Chat", None, 4),
        ({}, "SDAR-4B-Chat", 8, 8),
        ({}, "JetLM/SDAR-4B-Chat-b16", None, 16),
        ({}, "SDAR-4B-Chat-b16", 8, 16),
        ({"block_size": 32}, "SDAR-4B-Chat-b16", 8, 32),
    ],
)
def test_the_block_length_of_sdar(config: dict[str, Any], name: str, hint: int | None, expected: int) -> None:
    assert hinted(SDAR | config, name=name, block_length=hint).block_length == expected


def test_the_mask_of_sdar() -> None:
    assert hinted(SDAR).mask_token_id == 151669
    assert hinted(SDAR, tokenizer(eos=2, **{"<|MASK|>": 1023})).mask_token_id == 1023
    assert hinted(SDAR | {"mask_token_id": 17}, tokenizer(eos=2, **{"<|MASK|>": 1023})).mask_token_id == 17


def test_a2d_without_a_mask_token() -> None:
    with pytest.raises(
        CheckpointError, match=r"This a2d-qwen3 checkpoint's tokenizer has no mask token <\|mask\|>; if"
    ):
        hinted({"architectures": ["A2DQwen3LMHeadModel"]})


def test_a2d_ends_with_the_tokenizers_end_token_alone() -> None:
    source = MemorySource(
        {"architectures": ["A2DQwen2LMHeadModel"], "vocab_size": 1024, "eos_token_id": 7},
        {"eos_token_id": [2, 3]},
        tokenizer(mask=9, eos=2),
    )

    assert read_diffusion(source).eos_token_ids == (2,)


@pytest.mark.parametrize("architecture", UNSUPPORTED)
def test_known_architectures_that_cannot_be_served_say_what_is_missing(architecture: str) -> None:
    with pytest.raises(CheckpointError) as error:
        diffusion({"architectures": [architecture]})

    assert str(error.value) == (
        f"config.json: architectures is {architecture}, which is not supported: {UNSUPPORTED[architecture]}."
    )


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


def test_the_guide_names_every_family_and_every_architecture() -> None:
    guide = (ROOT / "docs" / "guides" / "families.md").read_text(encoding="utf-8")

    for name in (*FAMILIES, *UNSUPPORTED, *(family.name for family in FAMILIES.values())):
        assert f"`{name}`" in guide


def test_no_other_package_asks_for_a_family() -> None:
    """Differences are fields of Family and Diffusion."""
    asks = re.compile(r"\bfamily(\.name)?\b\s*(==|!=|in\b|not in\b)|match .*\bfamily\b")
    sources = [path for path in (ROOT / "app").rglob("*.py") if path.parent.name != "models"]

    assert len(sources) > 100
    assert [path for path in sources if asks.search(path.read_text(encoding="utf-8"))] == []


def test_the_defaults_that_follow_from_the_name_alone(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"architectures": ["SDARForCausalLM"]}')

    assert named_defaults(tmp_path, "SDAR-1.7B-Chat-b32").values == {
        "block_length": 32,
        "decode_mode": "dynamic",
        "threshold": 0.85,
        "tokens_per_step": 1,
    }
    assert "block_length" not in named_defaults(tmp_path, "SDAR-1.7B-Chat").values
    assert named_defaults(tmp_path, "SDAR-1.7B-Chat", block_length=8).values["block_length"] == 8
    (tmp_path / "config.json").write_text('{"architectures": ["Unknown"]}')
    assert named_defaults(tmp_path, "SDAR").values == {}
