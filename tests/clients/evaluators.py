"""The requests of evalplus and BigCodeBench, as one JSON object. A test runs this with the Python of .venv-clients.

python evaluators.py http://127.0.0.1:8000

Both packages ask through openai's SDK for several answers at once, and ask again for ever after any error.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import openai

INSTRUCTION = (
    "Please provide a self-contained Python script that solves the following problem in a markdown code block:"
)
PROBLEM = 'def add(a, b):\n    """Return the sum of two numbers.\n\n    >>> add(2, 3)\n    5\n    """'
MESSAGE = {"role": "user", "content": f"{INSTRUCTION}\n```python\n{PROBLEM}\n```"}
SYSTEM = {"role": "system", "content": "You are a helpful assistant good at coding."}


def main(url: str) -> dict[str, Any]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:

        def ask(**more: Any) -> list[Any]:
            answer = client.chat.completions.create(model="any", top_p=0.95, **more)
            return [choice.message.content for choice in answer.choices]

        return {
            "evalplus 0.2": ask(messages=[SYSTEM, MESSAGE], max_tokens=768, temperature=0.0, n=1),
            "evalplus 0.3": ask(messages=[MESSAGE], max_completion_tokens=768, temperature=0.0, n=1),
            "evalplus, several": ask(messages=[MESSAGE], max_completion_tokens=768, temperature=2.0, n=4),
            "bigcodebench": ask(messages=[MESSAGE], max_tokens=1280, temperature=0.8, n=2),
        }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
