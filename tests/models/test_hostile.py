"""Checkpoints from anybody: one sentence for each, nothing run, nothing allocated because a file says so."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from app.errors import CheckpointError
from app.models.files import MAX_TOKENIZER_BYTES, folder_name
from tests.reference import CHECKPOINT
from tests.tiny import load_plain as load

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
NORM = "model.norm.weight"
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 8925912\n"


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """What loading imports is not the checkpoint's."""
    load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The fixture checkpoint, to be spoilt."""
    return Path(shutil.copytree(CHECKPOINT, tmp_path / "copy"))


def message(directory: Path) -> str:
    """The error message, which is always one short line; it comes before more than a few megabytes are allocated."""
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointError) as error:
            load(directory)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 600
    return str(error.value)


def edit_json(path: Path, *remove: str, **changes: Any) -> None:
    values = json.loads(path.read_text())
    path.write_text(json.dumps({key: value for key, value in values.items() if key not in remove} | changes))


def header_of(file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return dict(json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")]))


def edit_header(directory: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Rewrite the header and keep the values behind it."""
    file = directory / WEIGHTS
    content = file.read_bytes()
    header = header_of(file)
    change(header)
    text = json.dumps(header).encode()
    values = content[8 + int.from_bytes(content[:8], "little") :]
    file.write_bytes(struct.pack("<Q", len(text)) + text + values)


# --- config.json ---


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"rms_norm_eps": math.nan}, "rms_norm_eps"),
        ({"rms_norm_eps": -1e-6}, "rms_norm_eps"),
        ({"rms_norm_eps": None}, "rms_norm_eps"),
        ({"rms_norm_eps": "1e-6"}, "rms_norm_eps"),
        ({"rms_norm_eps": True}, "rms_norm_eps"),
        ({"rope_parameters": {"rope_theta": -1.0}}, "rope_theta"),
        ({"rope_parameters": {"rope_theta": math.inf}}, "rope_theta"),
        ({"rope_parameters": {"rope_theta": 10**400}}, "rope_parameters"),
        ({"rope_parameters": {"rope_type": "linear", "factor": 0}}, "factor"),
        ({"rope_parameters": {"rope_type": "llama3", "low_freq_factor": math.nan}}, "low_freq_factor"),
        ({"rope_parameters": {"rope_type": "llama3", "low_freq_factor": 4.0}}, "low_freq_factor"),
        ({"rope_parameters": {"rope_type": "llama3", "original_max_position_embeddings": -1}}, "original_max_position"),
        ({"rope_parameters": {"rope_type": ["x"] * 1000}}, "rope type"),
        ({"mask_token_id": True}, "mask token"),
        ({"mask_token_id": [5]}, "mask token"),
        ({"block_length": 10**9}, "block_length"),
        ({"block_length": 2**23}, "block_length"),
        ({"block_length": True}, "block_length"),
        ({"max_position_embeddings": 1}, "max_position_embeddings"),
        ({"max_position_embeddings": 10**30}, "max_position_embeddings"),
        ({"vocab_size": 2**70}, "vocab_size"),
        ({"vocab_size": 10**4200}, "vocab_size"),
        ({"hidden_size": 96 * 2**17}, "shape"),  # 1 PB of weights, if it were believed
        ({"num_hidden_layers": 10**4}, "num_hidden_layers"),
        ({"num_hidden_layers": 1000}, "lack"),
        ({"head_dim": 15}, "head_dim"),
        ({"head_dim": None, "num_attention_heads": 97}, "head_dim"),
        ({"num_attention_heads": 6, "num_key_value_heads": 4}, "num_key_value_heads"),
        ({"architectures": [["x"]]}, "architectures"),
        ({"architectures": {"x": 1}}, "architectures"),
        ({"architectures": ["x" * 50] * 10}, "architectures"),
        ({"hidden_act": ["silu"] * 1000}, "hidden_act"),
        ({"quantization_config": {"quant_method": "bitsandbytes"}}, "quantization_config"),
    ],
)
def test_a_value_that_no_decoder_can_have(copy: Path, changes: dict[str, Any], named: str) -> None:
    edit_json(copy / "config.json", **changes)

    assert named in message(copy)


def test_names_with_escape_sequences_do_not_reach_the_terminal(copy: Path) -> None:
    edit_json(copy / "config.json", architectures=["Evil\n\x1b[2J", "x" * 10_000])

    assert message(copy).startswith("config.json: architectures is Evil\ufffd\ufffd[2J, xxx")


def test_a_tensor_with_a_long_name(copy: Path) -> None:
    edit_header(copy, lambda header: header.update({"\x1b" * 10_000: header.pop(NORM)}))

    assert "which this architecture does not have" in message(copy)


@pytest.mark.parametrize("eos", [[], True, [True], [2, "x"], {}, -1])
def test_an_end_token_that_is_none(copy: Path, eos: Any) -> None:
    edit_json(copy / "config.json", "eos_token_id")
    edit_json(copy / "generation_config.json", eos_token_id=eos)

    assert "end token" in message(copy)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000, '{"vocab_size": ' + "9" * 5000 + "}"],
    ids=["lists", "objects", "digits"],
)
@pytest.mark.parametrize("name", ["config.json", "generation_config.json", INDEX])
def test_json_that_is_too_much_for_a_parser(copy: Path, name: str, text: str) -> None:
    (copy / name).write_text(text)

    assert message(copy).startswith(f"{copy}/{name} cannot be read: ")


def test_json_that_is_no_text(copy: Path) -> None:
    (copy / "config.json").write_bytes(b"\xff\xfe{}")

    assert message(copy).startswith(f"{copy}/config.json cannot be read: ")


# --- files that are not what they should be ---


def huge(path: Path, size: int) -> None:
    """Without taking the room on the disk."""
    with path.open("wb") as file:
        file.truncate(size)


@pytest.mark.parametrize(
    "name", ["config.json", "generation_config.json", "tokenizer_config.json", "special_tokens_map.json", INDEX]
)
def test_a_huge_json_file_is_not_read(copy: Path, name: str) -> None:
    huge(copy / name, 2**33)

    assert message(copy) == f"{copy}/{name} has 8590 MB; at most 67 are read."


def test_a_huge_tokenizer_or_template_is_not_read(copy: Path) -> None:
    huge(copy / "chat_template.jinja", 2**21)
    assert message(copy) == f"{copy}/chat_template.jinja has 2 MB; at most 1 are read."
    huge(copy / "tokenizer.json", MAX_TOKENIZER_BYTES + 1)
    assert message(copy) == f"{copy}/tokenizer.json has 134 MB; at most 134 are read."


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "generation_config.json", WEIGHTS])
@pytest.mark.parametrize("kind", ["fifo", "folder", "device"])
def test_only_regular_files_are_read(copy: Path, name: str, kind: str) -> None:
    """Reading a FIFO, or /dev/zero, would never end."""
    (copy / name).unlink()
    if kind == "fifo":
        os.mkfifo(copy / name)
    elif kind == "folder":
        (copy / name).mkdir()
    else:
        (copy / name).symlink_to("/dev/zero")

    assert message(copy) == f"{copy}/{name} is not a regular file."


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "chat_template.jinja", WEIGHTS])
def test_a_link_out_of_the_folder_is_not_followed(copy: Path, tmp_path: Path, name: str) -> None:
    shutil.move(copy / name, tmp_path / "elsewhere")
    (copy / name).symlink_to(tmp_path / "elsewhere")

    assert message(copy) == (
        f"{copy}/{name} is a link to {tmp_path}/elsewhere, outside of the checkpoint; copy the file instead."
    )


def test_links_within_the_folder_and_to_the_folder_are_followed(copy: Path, tmp_path: Path) -> None:
    (copy / WEIGHTS).rename(copy / "weights")
    (copy / WEIGHTS).symlink_to("weights")
    (tmp_path / "my-coder").symlink_to(copy)

    assert load(tmp_path / "my-coder").name == "my-coder"


def test_a_snapshot_of_the_hub_links_to_its_blobs(tmp_path: Path) -> None:
    repository = tmp_path / "models--owner--some-coder"
    snapshot = repository / "snapshots" / "0123456789abcdef"
    (repository / "blobs").mkdir(parents=True)
    snapshot.mkdir(parents=True)
    for file in CHECKPOINT.iterdir():
        shutil.copy(file, repository / "blobs" / f"hash-of-{file.name}")
        (snapshot / file.name).symlink_to(f"../../blobs/hash-of-{file.name}")

    assert load(snapshot).name == "owner/some-coder"
    assert folder_name(f"{snapshot}/") == "owner/some-coder"


@pytest.mark.parametrize("link", ["loop", "nowhere"])
@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "generation_config.json", WEIGHTS])
def test_a_link_that_leads_nowhere(copy: Path, name: str, link: str) -> None:
    (copy / name).unlink()
    (copy / name).symlink_to(name if link == "loop" else "nowhere")

    assert name in message(copy)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", INDEX, WEIGHTS])
def test_a_git_lfs_pointer(copy: Path, name: str) -> None:
    (copy / name).write_text(LFS)

    assert message(copy) == f"{copy}/{name} is a Git LFS pointer, not the file itself: run git lfs pull."


def test_no_tokenizer_file(copy: Path) -> None:
    (copy / "tokenizer.json").unlink()

    assert message(copy) == f"The tokenizer in {copy} cannot be loaded: tokenizer.json is missing."


def test_a_tokenizer_with_more_tokens_than_the_embedding(copy: Path) -> None:
    tokenizer = json.loads((copy / "tokenizer.json").read_text())
    added = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized", "special"), False)
    tokenizer["added_tokens"].append({"id": 1024, "content": "<|oov|>", **added})
    (copy / "tokenizer.json").write_text(json.dumps(tokenizer))

    assert message(copy) == (
        "The tokenizer has the token '<|oov|>' with id 1024; the model's vocabulary (vocab_size) has 1024 rows."
    )


def test_a_tokenizer_nested_too_deeply(copy: Path) -> None:
    (copy / "tokenizer.json").write_text('{"normalizer":' * 50_000 + "1" + "}" * 50_000)

    assert message(copy).startswith(f"The tokenizer in {copy} cannot be loaded: ")


# --- weights ---


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.pth", "consolidated.00.ckpt", "model.pkl"])
def test_pickles_are_never_loaded(copy: Path, tmp_path: Path, name: str) -> None:
    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "ran"),)

    (copy / WEIGHTS).unlink()
    torch.save(Payload(), copy / name)

    assert message(copy) == (
        f"{copy}/{WEIGHTS} is missing; {name} is not read, because loading it may run any code in it: convert the "
        "checkpoint to safetensors."
    )
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "sub/model.safetensors", "..", ".", "", "a\\b", "x" * 300, "a\0b"]
)
def test_an_index_that_names_files_elsewhere(copy: Path, name: str) -> None:
    (copy / INDEX).write_text(json.dumps({"weight_map": {"lm_head.weight": name}}))

    assert str(copy) in message(copy)


@pytest.mark.parametrize("name", [7, None, ["model.safetensors"], {}, 1.5])
def test_an_index_that_names_no_files(copy: Path, name: Any) -> None:
    (copy / INDEX).write_text(json.dumps({"weight_map": {"lm_head.weight": name}}))

    assert message(copy) == f"{copy}/{INDEX}: weight_map must name files, got {name}."


def test_an_index_that_names_a_fifo(copy: Path) -> None:
    os.mkfifo(copy / "pipe")
    (copy / INDEX).write_text(json.dumps({"weight_map": {"lm_head.weight": "pipe"}}))

    assert message(copy) == f"{copy}/pipe is not a regular file."


def test_an_index_that_lists_a_tensor_too_many(copy: Path) -> None:
    (copy / INDEX).write_text(json.dumps({"weight_map": {"lm_head.weight": WEIGHTS, "extra.weight": WEIGHTS}}))

    assert message(copy) == f"{copy}/{INDEX} lists 'extra.weight', which no file has."


def test_a_tensor_in_two_files(copy: Path) -> None:
    save_file({"lm_head.weight": torch.ones(2)}, copy / "second.safetensors")
    (copy / INDEX).write_text(json.dumps({"weight_map": {"lm_head.weight": WEIGHTS, "other": "second.safetensors"}}))

    assert message(copy) == f"{copy}/second.safetensors has the tensor 'lm_head.weight', which another file has too."


@pytest.mark.parametrize("length", [0, 7, 2**20, 2**32, 2**63, 2**64 - 1])
def test_a_header_of_a_length_that_the_file_does_not_have(copy: Path, length: int) -> None:
    file = copy / WEIGHTS
    file.write_bytes(struct.pack("<Q", length) + file.read_bytes()[8:200])

    assert message(copy).startswith(f"{file} cannot be read: ")


def test_a_huge_header_is_not_read(copy: Path) -> None:
    with (copy / WEIGHTS).open("wb") as file:
        file.write(struct.pack("<Q", 2**30))
        file.truncate(2**31)

    assert message(copy) == (
        f"{copy}/{WEIGHTS} cannot be read: its header would have {2**30} bytes, the file has {2**31}."
    )


@pytest.mark.parametrize("text", ["[]", "null", "{", "\ud800", '{"a": 1}', '{"a": {}}', "[" * 90_000], ids=range(7))
def test_a_header_that_is_none(copy: Path, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    (copy / WEIGHTS).write_bytes(struct.pack("<Q", len(content)) + content + bytes(100))

    assert message(copy).startswith(f"{copy}/{WEIGHTS} cannot be read: ")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"shape": [2**62, 2**62]}, "needs"),
        ({"shape": [-1, 96]}, "no valid shape"),
        ({"shape": [True] * 2}, "no valid shape"),
        ({"shape": [1] * 1000}, "no valid shape"),
        ({"shape": [96.0]}, "no valid shape"),
        ({"shape": "96"}, "no valid shape"),
        ({"shape": [48]}, "needs"),
        ({"dtype": "F7"}, "unknown dtype"),
        ({"dtype": ["BF16"]}, "unknown dtype"),
        ({"dtype": None}, "unknown dtype"),
        ({"dtype": "F32"}, "needs"),
        ({"data_offsets": [0, 192]}, "begins at"),  # over another tensor
        ({"data_offsets": [2**62, 2**62 + 192]}, "begins at"),
        ({"data_offsets": [192, 0]}, "no valid data_offsets"),
        ({"data_offsets": [-192, 0]}, "no valid data_offsets"),
        ({"data_offsets": [0]}, "no valid data_offsets"),
        ({"data_offsets": None}, "no valid data_offsets"),
    ],
)
def test_a_header_that_claims_what_is_not_there(copy: Path, change: dict[str, Any], reason: str) -> None:
    edit_header(copy, lambda header: header[NORM].update(change))

    assert message(copy).startswith(f"{copy}/{WEIGHTS} cannot be read: ")
    assert reason in message(copy)


def test_a_file_with_more_bytes_than_tensors(copy: Path) -> None:
    with (copy / WEIGHTS).open("ab") as file:
        file.write(b"hidden")

    assert "its tensors have" in message(copy)


@pytest.mark.parametrize("dtype", [torch.int8, torch.int32, torch.bool, torch.float8_e4m3fn])
def test_weights_that_are_no_numbers_of_the_decoder(copy: Path, dtype: torch.dtype) -> None:
    tensors = load_file(copy / WEIGHTS)
    tensors[NORM] = tensors[NORM].to(dtype)
    save_file(tensors, copy / WEIGHTS)

    assert message(copy).startswith(f"'{NORM}' has values of type ")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_weights_that_are_not_finite(copy: Path, value: float) -> None:
    tensors = load_file(copy / WEIGHTS)
    name = "model.layers.1.mlp.up_proj.weight"
    tensors[name][3, 4] = value
    save_file(tensors, copy / WEIGHTS)

    assert message(copy) == f"{name!r} has values that are not finite numbers in float32."


def test_large_weights_are_finite(copy: Path) -> None:
    tensors = load_file(copy / WEIGHTS)
    tensors[NORM] = torch.full_like(tensors[NORM], 3e38)  # their sum is not
    save_file(tensors, copy / WEIGHTS)

    load(copy)


def test_a_file_that_is_no_folder(copy: Path) -> None:
    path = str(copy / "config.json")

    with pytest.raises(CheckpointError, match=re.escape(f"ELBARTO_MODEL_PATH is {path!r}, a file; name the folder")):
        load(path)


@pytest.mark.parametrize("path", ["./models", "../models/x", "~/models"])
def test_a_path_with_a_dot_is_no_hub_id(path: str) -> None:
    with pytest.raises(CheckpointError, match="there is no such file or folder"):
        load(path)
