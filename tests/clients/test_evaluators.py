"""The benchmarks' own clients, which ask as tests/clients/evaluators.py does."""

from __future__ import annotations

from app.evaluation.answers import code_in
from tests.clients.processes import run_python
from tests.servers import Server


def test_evalplus_and_bigcodebench(embedded: Server) -> None:
    seen = run_python("evaluators.py", "openai", embedded.url)

    assert {name: len(texts) for name, texts in seen.items()} == {
        "evalplus 0.2": 1,
        "evalplus 0.3": 1,
        "evalplus, several": 4,
        "bigcodebench": 2,
    }
    assert all(isinstance(text, str) for texts in seen.values() for text in texts)
    code = code_in(seen["evalplus 0.3"][0], "add")
    assert code.startswith("def add(a, b):\n")
    compile(code, "answer", "exec")
    assert len(set(seen["evalplus, several"])) > 1
