"""From a directory to an engine that is ready to step."""

from __future__ import annotations

import logging

import pytest
import torch

from app.engine.loading import choose_placement, dtype_name, load_model
from app.errors import CheckpointError, ConfigError, StartError
from app.messages.params import ModelSource
from tests.reference import CHECKPOINT, Case
from tests.tiny import load_engine, run

SOURCE = ModelSource(path=str(CHECKPOINT), device="cpu", dtype="float32")


def test_the_loaded_engine_decodes(cases: list[Case], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    device, dtype = choose_placement(SOURCE)
    engine, checkpoint = load_model(SOURCE, device, dtype)

    assert tuple(run(engine, cases[0].prompt, cases[0].params)[0]) == cases[0].output
    assert (str(device), dtype_name(dtype)) == ("cpu", "float32")
    assert (checkpoint.name, checkpoint.model.config.vocab_size) == ("checkpoint", 1024)
    assert engine.config.max_model_len == 2048  # what config.json allows
    assert "checkpoint: 2.4 MB of weights" in caplog.text


def test_settings_reach_the_engine() -> None:
    threads = torch.get_num_threads()

    engine = load_engine(
        ModelSource(
            path=str(CHECKPOINT),
            device="cpu",
            dtype="bfloat16",
            num_threads=2,
            max_model_len=64,
            max_sequences=3,
            speculation=5,
        )
    )

    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)
    assert engine.config.max_model_len == 64
    assert engine.config.speculation == 5
    assert engine.kv_cache.keys.shape == (4, 3, 2, 129, 16)  # layers, slots, kv heads, places, head_dim
    assert engine.kv_cache.keys.dtype == torch.bfloat16


def test_more_positions_than_the_model_has() -> None:
    with pytest.raises(ConfigError, match=r"^ELBARTO_MAX_MODEL_LEN is 2049; checkpoint has 2048 positions at most.$"):
        load_engine(ModelSource(path=str(CHECKPOINT), device="cpu", dtype="float32", max_model_len=2049))


def test_no_such_checkpoint() -> None:
    with pytest.raises(CheckpointError, match="there is no such file or folder"):
        load_engine(ModelSource(path="/nowhere", device="cpu"))


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 16 GiB"),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory: you tried to ..."
        ),
    ],
)
def test_a_model_that_does_not_fit_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("app.engine.loading.Engine", fail)

    with pytest.raises(StartError, match=r"does not fit into the memory of cpu as float32; a smaller ELBARTO_MAX"):
        load_engine(SOURCE)


def test_other_errors_are_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("something else")

    monkeypatch.setattr("app.engine.loading.Engine", fail)

    with pytest.raises(RuntimeError, match="something else"):
        load_engine(SOURCE)
