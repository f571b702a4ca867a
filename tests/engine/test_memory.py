"""What a checkpoint needs is known before it is loaded, to the byte where it is ours to decide."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from app.engine import memory
from app.engine.limits import engine_config
from app.engine.memory import memory_need
from app.errors import CheckpointError, StartError
from app.messages.params import ModelSource
from app.models.blueprint import read_blueprint
from app.models.machine import Memory, host_memory
from app.models.quantization import has_fast_int8, weight_bytes
from app.models.sources import HuggingFaceFolder
from app.models.transformer import rotary_table
from app.paths import EMBEDDED_MODEL
from tests.reference import CHECKPOINT
from tests.tiny import CPU, load_engine

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@pytest.mark.parametrize("path", [CHECKPOINT, EMBEDDED_MODEL], ids=["untied", "tied"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("scheme", ["none", "int8", "int4"])
def test_what_is_foretold_is_what_is_allocated(path: Path, dtype: str, scheme: str) -> None:
    if scheme == "int8" and not has_fast_int8(CPU):
        pytest.skip("needs torchao here, whose formats are estimated")
    options = ModelSource(
        path=str(path),
        device="cpu",
        dtype=dtype,
        max_sequences=3,
        max_model_len=256,
        quantization=scheme,
        speculation=4,
    )
    blueprint = read_blueprint(HuggingFaceFolder(str(path)))

    need = memory_need(
        blueprint, engine_config(options, blueprint.config, "x"), CPU, DTYPES[dtype], options.quantization
    )
    engine = load_engine(options)

    assert need.weights == weight_bytes(engine._runner.model)
    assert need.kv_cache == engine.kv_cache.num_bytes
    assert need.rotary == rotary_table(blueprint.config, CPU, DTYPES[dtype]).nbytes
    assert need.total == need.at_start + need.forward + need.prefix_cache
    assert need.loading > need.weights


def test_what_cannot_fit_is_refused_before_the_weights_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "device_memory", lambda device: Memory(total=16_000_000_000, free=1))
    options = ModelSource(path=str(CHECKPOINT), device="cpu", dtype="float32", max_sequences=100_000)

    with pytest.raises(StartError) as error:
        load_engine(options)

    assert str(error.value) == (
        "checkpoint needs 216.4 GB of memory: 2.4 MB of weights and 216.4 GB of KV cache for 100000 sequences of 2048 "
        "tokens; cpu has 16.0 GB. A smaller ELBARTO_MAX_MODEL_LEN or ELBARTO_MAX_SEQUENCES needs less, and so does "
        "ELBARTO_DTYPE=bfloat16 or ELBARTO_QUANTIZATION=int8."
    )


def test_a_machine_that_does_not_tell_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "device_memory", lambda device: Memory(None, None))

    load_engine(ModelSource(path=str(CHECKPOINT), device="cpu", dtype="float32", max_sequences=1))


def test_values_that_overflow_together_are_refused(tmp_path: Path) -> None:
    """Every weight is finite; the sum in a norm is not."""
    copy = Path(shutil.copytree(CHECKPOINT, tmp_path / "copy"))
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"rope_parameters": {"rope_theta": 1e-300}}))

    with pytest.raises(CheckpointError, match=r"copy computes values that are not finite numbers in float32; its "):
        load_engine(ModelSource(path=str(copy), device="cpu", dtype="float32"))


def test_a_container_has_the_memory_of_its_limit(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       1000 kB\nMemFree:         1 kB\nMemAvailable:    600 kB\n")
    machine = Memory(1_024_000, 614_400)
    assert host_memory(meminfo, tmp_path) == machine
    (tmp_path / "memory.max").write_text("max\n")
    assert host_memory(meminfo, tmp_path) == machine
    (tmp_path / "memory.max").write_text("500000\n")
    (tmp_path / "memory.current").write_text("100000\n")
    assert host_memory(meminfo, tmp_path) == Memory(500_000, 400_000)
    meminfo.unlink()
    assert host_memory(meminfo, tmp_path) == Memory(500_000, 400_000)
    assert replace(host_memory(), free=None).total  # this machine's
