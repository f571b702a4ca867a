"""The step loop: what a forward's result does to its sequence.

Block diffusion (BD3-LM, arXiv 2503.09573) as Stable-DiffCoder's published `generate` decodes: prefill the prompt's
whole blocks, then for each block transfer the most confident proposals, step by step, until no mask is left, and commit
it. Its commit is fused with the next block's first step: a finished block does not see the one after it, so one forward
over both gives what two would.
"""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor

from app.engine.sampling import Proposals
from app.engine.sequence import Forward, Sequence
from app.messages.events import Committed, Event, Finished, FinishReason, Probed, Proposal, Stepped


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
    selected = sequence.present_rule()(proposals, sequence.step)
    if sequence.params.window is not None:
        return fill_window(sequence, proposals, selected)
    events = [stepped(sequence, proposals, selected)] if sequence.is_watched else []
    unmask(sequence, proposals.pick(selected))
    end = None if sequence.params.ignore_eos else find_end(sequence, {*eos_token_ids, *sequence.params.end_token_ids})
    if end is None and sequence.canvas.masked_positions(sequence.block):
        return events
    return events + finish_block(sequence, end)


def unmask(sequence: Sequence, chosen: Proposals) -> None:
    """Make them final."""
    sequence.canvas.unmask(chosen.positions, chosen.token_ids, chosen.probabilities, sequence.num_steps - 1)
    if sequence.penalties is not None:
        sequence.penalties.count(chosen.token_ids)
    sequence.step += 1


def fill_window(sequence: Sequence, proposals: Proposals, selected: list[int]) -> list[Event]:
    """A canvas's step: deletes leave it, as does what stands behind a hole's end; a hole without masks is told."""
    deletes = {index for index in selected if proposals.token_ids[index] == sequence.delete_token_id}
    tokens = [index for index in selected if index not in deletes]
    before = sequence.canvas.holes_with_masks()
    unmask(sequence, proposals.pick(tokens))
    gone = {proposals.positions[index] for index in deletes}
    for index in tokens:
        gone.update(sequence.ended_by(proposals.positions[index]))
    events = [stepped(sequence, proposals, selected, gone)] if sequence.is_watched else []
    sequence.delete(gone)
    left = sequence.canvas.holes_with_masks()
    events += [sequence.filled(hole) for hole in sorted(before - left)]
    if not left:
        events.append(Finished(sequence.id, "stop", sequence.counters()))
    return events


def stepped(sequence: Sequence, proposals: Proposals, selected: list[int], removed: Collection[int] = ()) -> Event:
    chosen = set(selected)
    told = tuple(
        Proposal(
            position,
            proposals.token_ids[index],
            proposals.probabilities[index],
            index in chosen,
            index in chosen and proposals.token_ids[index] == sequence.delete_token_id,
            tuple(proposals.alternatives[index]) if proposals.alternatives else (),
        )
        for index, position in enumerate(proposals.positions)
    )
    return Stepped(
        sequence.id, sequence.num_steps - 1, sequence.block.start, sequence.block.end, told, tuple(sorted(removed))
    )


def probe(sequence: Sequence, logits: Tensor, delete_token_id: int | None) -> Probed:
    """What the float32 `logits` [masked positions, vocab] of a canvas's first step say, without a step."""
    window = sequence.params.window
    assert window is not None
    probabilities = torch.softmax(logits.double(), dim=-1)
    best = probabilities.amax(dim=-1).tolist()
    nothing = [0.0] * len(best)
    deletes = nothing if delete_token_id is None else probabilities[:, delete_token_id].tolist()
    targets = nothing
    if window.targets:
        masked = [target for target, given in zip(window.targets, window.token_ids, strict=True) if given is None]
        wanted = torch.tensor([target or 0 for target in masked], device=logits.device)
        found = probabilities.gather(1, wanted[:, None])[:, 0].tolist()
        targets = [0.0 if target is None else value for target, value in zip(masked, found, strict=True)]
    return Probed(sequence.id, tuple(best), tuple(deletes), tuple(targets))


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
    tokens = sequence.canvas.generated(sequence.block)
    reason: FinishReason | None = "length" if sequence.block.end == len(sequence.canvas) else None
    if end is not None:
        tokens, reason = tokens[: end + 1], "stop"
    elif sequence.is_overdue:
        reason = "length"
    sequence.count_generated(len(tokens))
    events: list[Event] = [Committed(sequence.id, tuple(tokens))]
    if reason:
        events.append(Finished(sequence.id, reason, sequence.counters()))
    else:
        sequence.open_block(sequence.block.end)
    return events
