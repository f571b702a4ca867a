"""Request defaults from a checkpoint's generation_config.json, and which values are refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app.errors import CheckpointError
from app.messages.defaults import Defaults
from app.messages.options import Overrides, overrides
from app.models.files import find_here
from app.models.generation_config import (
    HUGGING_FACE_KEYS,
    OUR_KEYS,
    read_generation_config,
    read_own_defaults,
    read_request_defaults,
)
from tests.reference import CHECKPOINT
from tests.tiny import load

FILE = Path("/models/mini/generation_config.json")


def read(**config: Any) -> Mapping[str, Any]:
    return read_request_defaults(config, FILE).values


def refused(**config: Any) -> str:
    with pytest.raises(CheckpointError) as error:
        read(**config)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("config", "defaults"),
    [
        ({}, {}),
        ({"eos_token_id": 2, "transformers_version": "5.23.0", "num_beams": "many"}, {}),
        ({"max_new_tokens": 20}, {}),  # an example's length, in most files
        ({"elbarto": {"gen_length": 512}}, {"gen_length": 512}),
        ({"top_p": 0.9, "top_k": 20}, {"top_p": 0.9, "top_k": 20}),
        ({"repetition_penalty": 1.1}, {"repetition_penalty": 1.1}),
        ({"temperature": 0.7}, {}),  # greedy: Hugging Face's generate does not use it either
        ({"temperature": 0.7, "do_sample": False}, {}),
        ({"temperature": 0.7, "do_sample": True}, {"temperature": 0.7}),
        ({"do_sample": True}, {"temperature": 1.0}),
        ({"do_sample": True, "elbarto": {"temperature": 0}}, {"temperature": 0}),
        ({"elbarto": {"temperature": 0.3}}, {"temperature": 0.3}),
        ({"elbarto": {"tokens_per_step": 1, "block_length": 8}}, {"tokens_per_step": 1, "block_length": 8}),
        ({"elbarto": {"threshold": 0.9, "remasking": "random"}}, {"threshold": 0.9, "remasking": "random"}),
        (
            {"elbarto": {"presence_penalty": -2, "frequency_penalty": 2}},
            {"presence_penalty": -2, "frequency_penalty": 2},
        ),
        (dict.fromkeys([*HUGGING_FACE_KEYS, "do_sample", "elbarto"]), {}),  # null means unsaid
        ({"elbarto": dict.fromkeys(OUR_KEYS)}, {}),
    ],
)
def test_what_is_said(config: dict[str, Any], defaults: dict[str, Any]) -> None:
    assert read(**config) == defaults


def test_every_key_is_a_default_of_requests() -> None:
    """Steps depend on the length, and not every model has a block cache."""
    names = {key.name for key in [*HUGGING_FACE_KEYS.values(), *OUR_KEYS.values()]}

    assert names == {item.name for item in fields(Defaults)} - {"steps", "block_cache"}


def test_our_own_keys_alone() -> None:
    config = {"do_sample": True, "temperature": 0.7, "top_k": "many", "elbarto": {"threshold": 0.8}}

    assert read_own_defaults(config, FILE).values == {"threshold": 0.8}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"elbarto": {"gen_length": 0}}, "elbarto.gen_length is 0; allowed: an integer from 1."),
        ({"elbarto": {"gen_length": True}}, "elbarto.gen_length is True; allowed: an integer from 1."),
        ({"temperature": 2.5}, "temperature is 2.5; allowed: a number from 0 to 2."),  # also where it is not used
        ({"temperature": float("nan")}, "temperature is nan; allowed: a number from 0 to 2."),
        ({"top_p": "0.9"}, "top_p is '0.9'; allowed: a number from 0 to 1."),
        ({"top_k": -2}, "top_k is -2; allowed: an integer from -1; below 1 keeps all tokens."),
        ({"repetition_penalty": 0}, "repetition_penalty is 0; allowed: a number above 0, up to 100."),
        ({"do_sample": "yes"}, "do_sample is 'yes'; allowed: true or false."),
        ({"elbarto": {"tokens_per_step": 0.5}}, "elbarto.tokens_per_step is 0.5; allowed: an integer from 1."),
        ({"elbarto": {"block_length": 0}}, "elbarto.block_length is 0; allowed: an integer from 1 to 131072."),
        ({"elbarto": {"threshold": -1}}, "elbarto.threshold is -1; allowed: a number from 0 to 1."),
        ({"elbarto": {"remasking": "high"}}, "elbarto.remasking is 'high'; allowed: low_confidence, low_margin,"),
        ({"elbarto": {"presence_penalty": 3}}, "elbarto.presence_penalty is 3; allowed: a number from -2 to 2."),
        ({"elbarto": []}, "elbarto is []; allowed: an object of tokens_per_step, gen_length,"),
        ({"elbarto": {"steps": 4}}, "'elbarto.steps' is unknown; allowed in elbarto: tokens_per_step, gen_length,"),
        ({"elbarto": {"a\nb": 4}}, "'elbarto.a\\nb' is unknown; allowed in elbarto:"),
    ],
)
def test_a_bad_value_is_one_line_with_file_key_and_value(config: dict[str, Any], message: str) -> None:
    assert refused(**config).startswith(f"{FILE}: {message}")


def test_a_checkpoint_carries_its_defaults(tmp_path: Path) -> None:
    copy = shutil.copytree(CHECKPOINT, tmp_path / "copy")
    (copy / "generation_config.json").write_text(json.dumps({"eos_token_id": 9, "elbarto": {"gen_length": 64}}))

    loaded = load(copy)

    assert (loaded.request_defaults, loaded.diffusion.eos_token_ids) == (overrides(Defaults, gen_length=64), (9, 2))
    assert read_generation_config(copy) == overrides(Defaults, gen_length=64)
    assert load().request_defaults == Overrides()


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_generation_config(tmp_path) == Overrides()


def test_what_is_on_this_machine(tmp_path: Path) -> None:
    assert find_here(str(tmp_path), None) == tmp_path
    assert find_here("nobody/has-this", None) is None
    assert find_here("no id at all", None) is None


def test_a_hub_id_is_found_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").touch()
    asked = []

    def find(path: str, name: str, revision: str | None) -> str:
        asked.append((path, revision))
        return str(tmp_path / name)

    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", find)

    assert find_here("owner/name", "abc") == tmp_path
    assert asked == [("owner/name", "abc")]
