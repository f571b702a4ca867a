"""A line of each published format, with problems of our own."""

from __future__ import annotations

from typing import Any

PROMPT = 'from typing import List\n\n\ndef helper(x):\n    return x\n\n\ndef double(x: int) -> int:\n    """Twice."""\n'
HUMANEVAL: dict[str, Any] = {
    "task_id": "HumanEval/3",
    "prompt": PROMPT,
    "entry_point": "double",
    "canonical_solution": "    return helper(x) * 2\n",
    "test": "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(2) == 4\n    assert helper(1) == 1\n",
}
HUMANEVAL_PLUS: dict[str, Any] = {
    **{name: HUMANEVAL[name] for name in ("task_id", "prompt", "entry_point", "canonical_solution")},
    "base_input": [[1], [2]],
    "plus_input": [[-7]],
    "contract": "",
    "atol": 0,
}
MBPP: dict[str, Any] = {
    "task_id": 11,
    "text": "Write a function to double a number.",
    "code": "def helper(x):\n    return x\n\ndef double(x):\n    return helper(x) * 2",
    "test_list": ["assert double(2) == 4", "assert double(Z) == 0"],
    "test_setup_code": "Z = 0",
    "challenge_test_list": [],
}
SANITIZED_MBPP: dict[str, Any] = {
    "source_file": "here",
    "task_id": 11,
    "prompt": "Write a function to double a number.",
    "code": "def double(x):\n    return x * 2",
    "test_imports": ["import math"],
    "test_list": ["assert math.isclose(double(2), 4)"],
}
MBPP_PLUS: dict[str, Any] = {
    "task_id": "Mbpp/2",
    "prompt": '"""\nWrite a function to concatenate tuples.\nassert join((1, 2), [(3,)]) == (1, 2, (3,))\n"""\n',
    "entry_point": "join",
    "canonical_solution": "\ndef join(one, more):\n    return one + tuple(more)\n",
    "base_input": [[[1, 2], [[3]]]],
    "plus_input": [[[], [[4], [5]]], ["the solution fails here", 1]],
    "contract": "",
    "assertion": "assert join((1, 2), [(3,)]) == (1, 2, (3,))",
    "atol": 0,
}
QUESTION = 'def half(x: float) -> float:\n    """Half.\n    >>> half(1.0)\n    0.50\n    Rationale: it is.\n    """'
MHPP: dict[str, Any] = {
    "id": 5,
    "difficulty_types": 2,
    "question": QUESTION,
    "prompt": f"Write a Python function according to the docstring.\n\n{QUESTION}",
    "function_name": "half",
    "parameters": ["x"],
}
CODE_PROMPT = "import math\nK = 2\ndef task_func(x):\n"
BIGCODEBENCH: dict[str, Any] = {
    "task_id": "BigCodeBench/7",
    "complete_prompt": f'{CODE_PROMPT}    """Twice, and the root."""\n',
    "instruct_prompt": "Twice, and the root.\nYour code should start with:\n```\nimport math\n```",
    "code_prompt": CODE_PROMPT,
    "canonical_solution": "    return K * x, math.sqrt(x)\n",
    "test": (
        "import unittest\nfrom unittest.mock import patch\nclass TestCases(unittest.TestCase):\n"
        "    def test_values(self):\n        self.assertEqual(task_func(4), (8, 2.0))\n"
        "    def test_patched(self):\n        with patch('math.sqrt', return_value=1):\n"
        "            self.assertEqual(task_func(4), (8, 1))\n"
    ),
    "entry_point": "task_func",
    "doc_struct": "{}",
    "libs": "['math']",
}
LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "HumanEval": ("humaneval", HUMANEVAL),
    "HumanEval+": ("humaneval", HUMANEVAL_PLUS),
    "MBPP": ("mbpp", MBPP),
    "sanitized MBPP": ("mbpp", SANITIZED_MBPP),
    "MBPP+": ("mbpp", MBPP_PLUS),
    "BigCodeBench": ("bigcodebench", BIGCODEBENCH),
}
