"""Stream a reply through the OpenAI SDK (pip install openai), and show how it was denoised.

The server's address is the argument, or in OPENAI_BASE_URL: python examples/python_client.py http://127.0.0.1:8000/v1
"""

import os
import sys

from openai import APIConnectionError, OpenAI

address = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8000/v1"
client = OpenAI(
    base_url=address,
    api_key=os.environ.get("ELBARTO_API_KEY") or "none",  # the SDK requires one
)

try:
    stream = client.chat.completions.create(
        model="elbarto",
        messages=[{"role": "user", "content": "Write a Python function that checks whether a word is a palindrome."}],
        stream=True,
        # Fields that OpenAI's API does not have.
        extra_body={"gen_length": 128, "steps": 64, "block_length": 4},
    )
except APIConnectionError as error:
    sys.exit(f"There is no server at {address} ({error.__cause__}). Start one, or name another address.")
counters = None
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
    counters = getattr(chunk, "elbarto", counters)

print("\n")
for name, value in (counters or {}).items():
    print(f"{name:24} {value}")
