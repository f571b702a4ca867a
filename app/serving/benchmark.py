"""A rough measurement of the speed for the startup log: a single reply, without a comparison."""

from __future__ import annotations

import logging
import time

from app.messages.events import Finished
from app.messages.params import GenerationParams, round_lengths
from app.serving.backend import Backend

logger = logging.getLogger(__name__)

PROMPT_LENGTH, REPLY_LENGTH = 32, 32


def run_benchmark(backend: Backend) -> None:
    """Log one line. For the executor's thread, before any request: the engine must have no work.

    Decodes one token per step after an arbitrary prompt. The time depends on the text only by the drafts that its steps
    reach. Raises RuntimeError if the engine cannot decode at all.
    """
    length = min(REPLY_LENGTH, backend.info.max_model_len - 1)
    block_length = _block_length(backend, length)
    if length < block_length:
        logger.warning("no benchmark: max_model_len %d leaves no room for a block", backend.info.max_model_len)
        return
    _decode(backend, block_length)  # warm-up: first runs are slow
    seconds, finished = _decode(backend, length)
    counters = finished.counters
    drafts = f", {counters.drafts_accepted} of {counters.drafts_tried} drafts reached" if counters.drafts_tried else ""
    logger.info(
        "benchmark: %.1f tokens/s in one stream, %.2f tokens per forward%s, %.1f ms per forward (%s on %s)",
        counters.generated_tokens / seconds,
        counters.generated_tokens / counters.forwards,
        drafts,
        1000 * seconds / (counters.forwards + counters.prefill_forwards),
        backend.info.dtype,
        backend.info.device,
    )


def _block_length(backend: Backend, reply_length: int) -> int:
    """With full attention it is only an order, and may be the whole context."""
    info = backend.info
    return min(info.block_length, reply_length) if info.attention == "full" else info.block_length


def _decode(backend: Backend, reply_length: int) -> tuple[float, Finished]:
    """(seconds taken, the last event)."""
    info, block_length = backend.info, _block_length(backend, reply_length)
    gen_length, steps = round_lengths(reply_length, reply_length, block_length)
    prompt_length = min(PROMPT_LENGTH, info.max_model_len - gen_length)
    token_ids = [token_id for token_id in range(info.vocab_size) if token_id != info.mask_token_id]
    prompt = [token_ids[position * 31 % len(token_ids)] for position in range(1, prompt_length + 1)]
    start = time.perf_counter()
    backend.engine.add(
        prompt, GenerationParams(gen_length=gen_length, steps=steps, block_length=block_length, ignore_eos=True)
    )
    while backend.engine.has_work:
        for event in backend.engine.step():
            if isinstance(event, Finished):
                return time.perf_counter() - start, event
    raise RuntimeError("the benchmark's reply failed; the log has the cause")
