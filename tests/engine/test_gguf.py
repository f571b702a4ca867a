"""GGUF files through the engine."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.torch import load_file

from app.engine.engine import Engine
from app.engine.reference import generate
from app.messages.params import ModelSource
from app.models.gguf_tensors import translate
from app.models.tensor_names import LLAMA_NAMES
from app.models.weights import load_weights
from tests.families.folder import read_cases
from tests.families.folder import run as run_published
from tests.gguf_files import F16, Q4_0, Q4_K_S, Q8_0, convert
from tests.reference import CHECKPOINT, EOS, MASK, REFERENCE, Case
from tests.tiny import committed, drain, load_engine, load_plain, run


def engine(path: Path = F16, **options: object) -> Engine:
    return load_engine(
        ModelSource(
            **{"path": str(path), "device": "cpu", "dtype": "float32", "num_threads": 1, "speculation": 0, **options}
        )
    )


@pytest.mark.parametrize("speculation", [0, 4])
def test_the_f16_file_gives_the_tokens_of_its_checkpoint(speculation: int, cases: list[Case]) -> None:
    """Token for token in float32, and in no more forwards."""
    alone = engine(speculation=speculation)
    for case in cases:
        token_ids, finished = run(alone, case.prompt, case.params)
        counters = finished.counters
        assert tuple(token_ids) == case.output
        assert counters.steps + counters.fused_commits <= case.forwards
    assert alone.kv_cache.slots_held == 0


@pytest.mark.parametrize("speculation", [0, 4])
def test_in_a_batch_of_eight(speculation: int, cases: list[Case]) -> None:
    together = engine(max_sequences=8, speculation=speculation, prefix_cache_bytes=2**24)
    expected = {together.add(case.prompt, case.params): case.output for case in cases}

    found = {sequence_id: tuple(committed(events)) for sequence_id, events in drain(together).items()}

    assert found == expected


@pytest.mark.parametrize("path", [Q8_0, Q4_0, Q4_K_S], ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "options", [{}, {"dtype": "bfloat16"}, {"quantization": "int8"}, {"quantization": "int4"}], ids=str
)
def test_quantized_files_decode_in_every_format(path: Path, options: dict[str, object], cases: list[Case]) -> None:
    token_ids, finished = run(engine(path, **options), cases[0].prompt, cases[0].params)

    assert 0 < len(token_ids) <= cases[0].params.gen_length
    assert finished.counters.steps > 0


@pytest.mark.parametrize("path", [Q8_0, Q4_0, Q4_K_S], ids=lambda path: path.stem)
def test_quantized_files_give_the_tokens_of_their_own_numbers(path: Path, cases: list[Case]) -> None:
    """Compared with the reference algorithm over weights that llama.cpp's own package has read."""
    weights = load_file(CHECKPOINT / "model.safetensors")
    numbers = {
        str(translate(tensor.name)): torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy())
        for tensor in GGUFReader(path).tensors
    }
    for name, tensor in numbers.items():
        heads = 6 if "q_proj" in name else 2 if "k_proj" in name else None
        if heads:
            halves = tensor.view(heads, 8, 2, -1).transpose(1, 2)
            numbers[name] = halves.reshape(tensor.shape)
    model = load_plain().model
    load_weights(model, numbers.items(), LLAMA_NAMES)
    quantized = engine(path)

    assert numbers.keys() == weights.keys()
    for case in cases[::6]:
        assert run(quantized, case.prompt, case.params)[0] == generate(model, case.prompt, case.params, MASK, (EOS,))


@pytest.mark.parametrize(
    ("name", "family", "architecture"), [("sdar", "sdar", "qwen3"), ("a2d-qwen2-bd3lm", "a2d-qwen2", "qwen2")]
)
@pytest.mark.parametrize("max_sequences", [1, 8])
def test_other_families_whose_name_the_operator_says(
    name: str, family: str, architecture: str, max_sequences: int, tmp_path: Path
) -> None:
    folder = REFERENCE.parent / "families" / name
    path = convert(folder / "checkpoint", tmp_path / "a.gguf", architecture, "qwen2")
    published = read_cases(folder)

    outcomes = run_published(engine(path, family=family, max_sequences=max_sequences, max_model_len=512), published)

    assert len(outcomes) == 30
    assert [outcome.is_right for outcome in outcomes] == [True] * 30
