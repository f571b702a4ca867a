"""Time to the first streamed block and to the whole reply, on a running server: python bench/first_chunk.py [URL].

If the server really streams, the first block arrives after one block's work, not at the end of the reply.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import urllib.request

MAX_TOKENS, BLOCK_LENGTH = 256, 4
MESSAGES = [{"role": "user", "content": "Write a Python function that adds two numbers."}]
BODY = {
    "messages": MESSAGES,
    "max_tokens": MAX_TOKENS,
    "block_length": BLOCK_LENGTH,
    "stream": True,
    "ignore_eos": True,
    "return_token_ids": True,  # a chunk per block, even if its tokens have no text
}


def measure(url: str) -> tuple[float, float, int]:
    """(ms to the first block, ms to the end, number of chunks with tokens) for one request."""
    request = urllib.request.Request(url + "/v1/chat/completions", json.dumps(BODY).encode())
    start = time.perf_counter()
    first, chunks = 0.0, 0
    with urllib.request.urlopen(request) as response:
        for line in response:
            if line.startswith(b"data: {") and any(c["token_ids"] for c in json.loads(line[6:])["choices"]):
                chunks += 1
                first = first or time.perf_counter() - start
    return 1000 * first, 1000 * (time.perf_counter() - start), chunks


def main() -> None:
    url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    measure(url)  # warm-up
    runs = [measure(url) for _ in range(5)]
    first, whole = statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)
    print(f"first block {first:.0f} ms, whole reply {whole:.0f} ms ({whole / first:.0f}x later)")
    print(f"{runs[0][2]} chunks for {MAX_TOKENS // BLOCK_LENGTH} blocks")


if __name__ == "__main__":
    main()
