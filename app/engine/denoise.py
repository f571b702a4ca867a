"""The step loop: what a forward's result does to its sequence.

Block diffusion (BD3-LM, arXiv 2503.09573) as Stable-DiffCoder's published `generate` decodes: prefill the prompt's
whole blocks, then for each block transfer the most confident proposals, step by step, until no mask is left, and commit
it. Its commit is fused with the next block's first step: a finished block does not see the one after it, so one forward
over both gives what two would.
"""

from __future__ import annotations

from collections.abc import Collection

from app.engine.events import Committed, Event, Finished, FinishReason
from app.engine.sampling import Proposals
from app.engine.sequence import Forward, Sequence


def finish_prefill(sequence: Sequence, forward: Forward) -> None:
    """The forward's blocks are stored."""
    sequence.num_prefills += 1
    sequence.prefill_tokens += forward.span.num_rows
    sequence.computed = forward.span.end


def advance(sequence: Sequence, proposals: Proposals | None, eos_token_ids: Collection[int]) -> list[Event]:
    """Take in a denoising step's proposals for the block's masked positions and say what became final."""
    if proposals is None:
        raise FloatingPointError("the model's logits are not numbers; try ELBARTO_DTYPE=float32 or bfloat16")
    sequence.num_steps += 1
    if sequence.computed < sequence.block.start:  # the block before stood in the same forward
        sequence.num_commits += 1
        sequence.computed = sequence.block.start
    unmask(sequence, proposals)
    end = None if sequence.params.ignore_eos else find_end(sequence, eos_token_ids)
    if end is None and sequence.canvas.masked_positions(sequence.block):
        return []
    return finish_block(sequence, end)


def unmask(sequence: Sequence, proposals: Proposals) -> None:
    """Make final what the rule selects."""
    selected = sequence.present_rule()(proposals, sequence.step)
    token_ids = [proposals.token_ids[index] for index in selected]
    sequence.canvas.unmask([proposals.positions[index] for index in selected], token_ids)
    if sequence.penalties is not None:
        sequence.penalties.count(token_ids)
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
    elif sequence.is_overdue:
        reason = "length"
    sequence.count_generated(len(token_ids))
    events: list[Event] = [Committed(sequence.id, tuple(token_ids))]
    if reason:
        events.append(Finished(sequence.id, reason, sequence.counters()))
    else:
        sequence.open_block(sequence.block.end)
    return events
