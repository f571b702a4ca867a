"""Stream a reply through the OpenAI SDK (pip install openai), and show how it was denoised."""

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8000/v1",
    api_key=os.environ.get("ELBARTO_API_KEY") or "none",  # the SDK requires one
)

stream = client.chat.completions.create(
    model="elbarto",
    messages=[{"role": "user", "content": "Write a Python function that checks whether a word is a palindrome."}],
    stream=True,
    # Fields that OpenAI's API does not have.
    extra_body={"gen_length": 128, "steps": 64, "block_length": 4},
)
counters = None
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
    counters = getattr(chunk, "elbarto", counters)

print("\n")
for name, value in (counters or {}).items():
    print(f"{name:24} {value}")
