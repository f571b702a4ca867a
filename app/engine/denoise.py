"""The step loop: what a forward's result does to its sequence.

Block diffusion (BD3-LM, arXiv 2503.09573) as Stable-DiffCoder's published `generate` decodes: prefill the prompt's
whole blocks, then for each block transfer the most confident proposals, step by step, until no mask is left, and commit
it.
"""

from __future__ import annotations

from collections.abc import Collection

from torch import Tensor

from app.engine.events import Committed, Event, Finished, FinishReason
from app.engine.sampling import propose
from app.engine.sequence import Forward, Sequence


def advance(
    sequence: Sequence, forward: Forward, logits: Tensor | None, mask_token_id: int, eos_token_ids: Collection[int]
) -> list[Event]:
    """Take in what `forward` gave (`logits` [masked, vocab] of a denoising step) and say what became final."""
    sequence.counts[forward.kind] += 1
    if forward.kind == "prefill":
        sequence.prefill_tokens += len(forward.token_ids)
        sequence.computed = forward.end
        return []
    if forward.kind == "commit":
        sequence.computed = forward.end
        sequence.open_block(forward.end)
        return []
    assert logits is not None
    denoise_step(sequence, forward, logits, mask_token_id)
    end = None if sequence.params.ignore_eos else find_end(sequence, eos_token_ids)
    if end is None and sequence.canvas.masked_positions(sequence.block):
        return []
    return finish_block(sequence, end)


def denoise_step(sequence: Sequence, forward: Forward, logits: Tensor, mask_token_id: int) -> None:
    """Propose a token for every masked position and unmask those that the rule selects."""
    if not logits.amax(dim=-1).isfinite().all():
        raise FloatingPointError("the model's logits are not numbers; try ELBARTO_DTYPE=float32 or bfloat16")
    penalties = sequence.penalties_for(logits)
    proposals = propose(logits, forward.logit_positions, sequence.step, sequence.params, mask_token_id, penalties)
    selected = sequence.rule(proposals.confidences, sequence.step)
    positions = [forward.logit_positions[index] for index in selected.tolist()]
    token_ids = proposals.token_ids[selected]
    sequence.canvas.unmask(positions, token_ids.tolist())
    if penalties is not None:
        penalties.count(token_ids)
    sequence.step += 1


def find_end(sequence: Sequence, eos_token_ids: Collection[int]) -> int | None:
    """Where in the block's reply the first end token is, once no mask stands before it.

    What is unmasked stays, and what comes after that token is dropped, so the reply is settled even if masks are left;
    the published algorithm fills them first, to the same end.
    """
    canvas, block = sequence.canvas, sequence.block
    for index, position in enumerate(range(max(block.start, canvas.prompt_len), block.end)):
        if canvas.masked[position]:
            return None
        if canvas.token_ids[position] in eos_token_ids:
            return index
    return None


def finish_block(sequence: Sequence, end: int | None) -> list[Event]:
    """A settled block is final: nobody has to wait for its commit, and the last block needs none."""
    token_ids = sequence.canvas.generated(sequence.block)
    reason: FinishReason | None = "length" if sequence.block.end == len(sequence.canvas) else None
    if end is not None:
        token_ids, reason = token_ids[: end + 1], "stop"
    sequence.count_generated(len(token_ids))
    events: list[Event] = [Committed(sequence.id, tuple(token_ids))]
    if reason:
        events.append(Finished(sequence.id, reason, sequence.counters()))
    return events
