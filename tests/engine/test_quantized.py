"""Replies with quantized weights: close to those without, and the same alone and in a batch."""

from __future__ import annotations

import logging

import pytest
import torch

from app import create_service
from app.errors import ConfigError
from app.messages.events import Committed
from app.messages.params import GenerationParams, ModelSource, Quantization
from app.models.quantization import has_fast_int8
from app.models.sources import HuggingFaceFolder
from app.settings import EMBEDDED_MODEL, Settings
from app.text.tokenizer import Tokenizer
from tests.reference import CHECKPOINT, Case
from tests.tiny import committed, drain, load_engine, run

needs_vnni = pytest.mark.skipif(not has_fast_int8(torch.device("cpu")), reason="this CPU has no VNNI")
REQUESTS = (
    "Write a Python function that reverses a string.",
    "Write a function that checks if a number is even.",
    "Write a function that counts the vowels in a string.",
    "Write a Python function that removes duplicates from a list.",
)
SCHEMES = [pytest.param("int8", marks=needs_vnni), "int4"]


def source(quantization: Quantization, dtype: str = "float32", max_sequences: int = 8) -> ModelSource:
    return ModelSource(
        path=str(CHECKPOINT),
        device="cpu",
        dtype=dtype,
        num_threads=1,
        max_sequences=max_sequences,
        quantization=quantization,
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_reply_is_the_same_alone_and_in_a_batch(cases: list[Case], scheme: Quantization) -> None:
    chosen = [case for case in cases if case.params.remasking == "low_confidence"][:24]
    engine = load_engine(source(scheme))
    alone = [run(engine, case.prompt, case.params)[0] for case in chosen]

    ids = [engine.add(case.prompt, case.params) for case in chosen]
    events = drain(engine)

    assert [committed(events[sequence_id]) for sequence_id in ids] == alone
    assert any(isinstance(event, Committed) for event in events[ids[0]])


def agreement(scheme: Quantization, device: str, dtype: str) -> float:
    """The share of positions where greedy replies of the embedded model keep their token."""
    params = GenerationParams(gen_length=48, steps=48, block_length=4)
    plain, small = (
        load_engine(ModelSource(path=str(EMBEDDED_MODEL), device=device, dtype=dtype, num_threads=1, quantization=name))
        for name in ("none", scheme)
    )
    tokenizer = Tokenizer(HuggingFaceFolder(str(EMBEDDED_MODEL)).tokenizer())
    same = total = 0
    for request in REQUESTS:
        prompt = tokenizer.encode_chat([{"role": "user", "content": request}], {})
        expected, reply = run(plain, prompt, params)[0], run(small, prompt, params)[0]
        same += sum(ours == theirs for ours, theirs in zip(reply, expected, strict=False))
        total += max(len(expected), len(reply))
    return same / total


@pytest.mark.parametrize(("scheme", "least"), [pytest.param("int8", 0.9, marks=needs_vnni), ("int4", 0.8)])
def test_replies_are_like_the_unquantized_ones(scheme: Quantization, least: float) -> None:
    assert agreement(scheme, "cpu", "float32") >= least


@pytest.mark.gpu
@pytest.mark.parametrize("scheme", ["int8", "int4", "fp8"])
def test_replies_on_cuda_are_like_the_unquantized_ones(scheme: Quantization) -> None:
    pytest.importorskip("torchao")
    if scheme == "fp8" and torch.cuda.get_device_capability() < (8, 9):
        pytest.skip("this device has no fp8")
    assert agreement(scheme, "cuda", "bfloat16") >= 0.7


@needs_vnni
def test_the_line_at_the_start_counts_packed_weights(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    load_engine(source("int8", "bfloat16"))

    assert "checkpoint: 0.7 MB of weights (int8), " in caplog.text


def test_what_the_device_cannot_do_ends_the_start_before_the_weights_are_read() -> None:
    with pytest.raises(ConfigError, match=r"ELBARTO_QUANTIZATION is 'fp8'; it needs a CUDA device"):
        load_engine(ModelSource(path="/nowhere", device="cpu", quantization="fp8"))


@pytest.mark.process  # the chat template is tried in one
def test_the_setting_reaches_the_model(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    service = create_service(Settings(model_path=str(CHECKPOINT), device="cpu", num_threads=1, quantization="int4"))
    try:
        service.wait_until_ready()
    finally:
        service.close()

    assert "MB of weights (int4), " in caplog.text
