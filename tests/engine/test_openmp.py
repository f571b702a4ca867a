"""bfloat16 results must not depend on OpenMP settings in the environment."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.messages.events import Committed, Event
from app.messages.params import GenerationParams, ModelSource
from app.serving.backend import load_backend
from app.settings import EMBEDDED_MODEL, ROOT

THREADS = 2
PARAMS = GenerationParams(gen_length=8, steps=8, block_length=4, ignore_eos=True)
SCRIPT = "from tests.engine.test_openmp import generate; print(generate())"


def generate() -> list[int]:
    """In bfloat16. This module does not import torch, so that `load_backend` is the first to do so in a new process."""
    source = ModelSource(path=str(EMBEDDED_MODEL), device="cpu", dtype="bfloat16", num_threads=THREADS)
    engine = load_backend(source)[0].engine
    engine.add(list(range(10, 24)), PARAMS)
    events: list[Event] = []
    while engine.has_work:
        events += engine.step()
    return [token_id for event in events if isinstance(event, Committed) for token_id in event.token_ids]


@pytest.mark.process
def test_dynamic_threads_do_not_reach_the_model() -> None:
    """With OMP_DYNAMIC=true, oneDNN's bfloat16 matmuls are wrong: NaN logits, or other tokens."""
    import torch

    environment = {**os.environ, "OMP_NUM_THREADS": str(THREADS), "OMP_DYNAMIC": "true"}
    command = [sys.executable, "-c", SCRIPT]

    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)

    try:
        expected = generate()
    finally:
        torch.set_num_threads(1)
    assert len(expected) == PARAMS.gen_length
    assert (done.stdout, done.returncode) == (f"{expected}\n", 0), done.stderr
