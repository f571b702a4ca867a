"""bfloat16 results must not depend on OpenMP settings in the environment."""

from __future__ import annotations

import os
import subprocess
import sys

from app.settings import EMBEDDED_MODEL, ROOT

SCRIPT = f"""
from app.messages.params import GenerationParams, ModelSource
from app.serving.backend import load_backend
backend, _ = load_backend(ModelSource({str(EMBEDDED_MODEL)!r}, device="cpu", dtype="bfloat16", num_threads=2))
engine = backend.engine
engine.add(list(range(10, 24)), GenerationParams(16, 16, 4, ignore_eos=True))
events = []
while engine.has_work:
    events += engine.step()
print([list(event.token_ids) for event in events[:-1]], type(events[-1]).__name__)
"""


def test_dynamic_threads_do_not_reach_the_model() -> None:
    """With OMP_DYNAMIC=true oneDNN's bfloat16 products are wrong: logits that are no numbers, or other tokens."""
    printed = []
    for dynamic in ("false", "true"):
        environment = {**os.environ, "OMP_NUM_THREADS": "2", "OMP_DYNAMIC": dynamic, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout)

    assert printed[0] == printed[1]
    assert printed[0].endswith("Finished\n")
