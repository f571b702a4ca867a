"""The step loop: what the result of a forward does to its sequence.

Block diffusion (BD3-LM, arXiv 2503.09573), decoded as Stable-DiffCoder's published `generate` does: prefill the whole
blocks of the prompt, then for each block make the most confident proposals final, step by step, until no mask is left,
and commit it. The commit is fused with the first step of the next block: a finished block does not see the one after
it, so one forward over both gives what two would. Models with token shift (Fast-dLLM v2, arXiv 2509.26328) take the
next block's first token from the commit, so the commit is a separate forward and counts as a step.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from collections.abc import Sequence as Ids

import torch
from torch import Tensor

from app.engine.canvas import find_end
from app.engine.drafts import State
from app.engine.layout import Forward
from app.engine.proposals import Proposals
from app.engine.sequence import Sequence
from app.engine.window import WindowFiller
from app.messages.events import Committed, Event, Finished, FinishReason, Probed, Proposal, Stepped, Token


def finish_prefill(sequence: Sequence, forward: Forward) -> None:
    """The keys and values of the forward's blocks are stored."""
    sequence.tally.prefill(forward.span.num_rows)
    sequence.computed = forward.span.end


def walk(sequence: Sequence, proposals: Ids[Proposals | None]) -> tuple[list[Event], list[State]]:
    """The steps that one forward decides: that of the certain state, and those from drafts that they lead to.

    `proposals` are those of the certain state, then those of each draft. Returns the events, and the states that were
    reached, the certain one first. What is final and which steps it took is the same with and without drafts.
    """
    path = [sequence.state]
    sequence.commit()
    certain, *drafted = proposals
    known = {
        draft.state: found
        for draft, found in zip(sequence.drafts, drafted, strict=True)
        if found is not None and all(constraint.foretold(draft) for constraint in sequence.constraints)
    }
    sequence.tally.drafts_tried += len(sequence.drafts)
    events = advance(sequence, certain)
    while not _is_finished(events):
        events += fill_forced(sequence)
        if _is_finished(events):
            break
        path.append(sequence.state)
        if path[-1] not in known:
            break
        sequence.tally.drafts_accepted += 1
        events += advance(sequence, known[path[-1]])
    return events, path


def fill_forced(sequence: Sequence) -> list[Event]:
    """Steps without a forward: tokens become final that are the only ones which the grammar allows."""
    events: list[Event] = []
    while sequence.grammar is not None and not _is_finished(events):
        forced = sequence.grammar.forced()
        if not forced:
            break
        (first, *_) = sequence.canvas.masked_positions(sequence.block)
        positions, sure = tuple(range(first, first + len(forced))), [1.0] * len(forced)
        forecast = sequence.forecast
        sequence.tally.steps += 1
        proposals = Proposals(positions, forced, sure, [0.0] * len(forced), sure)
        events += finish_step(sequence, proposals, list(range(len(forced))))
        if forecast is not None and sequence.forecast is not None:
            kept = [index for index, position in enumerate(forecast.positions) if position not in positions]
            sequence.forecast = forecast.pick(kept)
    return events


def _is_finished(events: list[Event]) -> bool:
    return bool(events) and isinstance(events[-1], Finished)


def advance(sequence: Sequence, proposals: Proposals | None) -> list[Event]:
    """One denoising step: make proposals for the block's masked positions final, and return the events of the step.

    Raises FloatingPointError if there are no proposals because the logits are not numbers.
    """
    if proposals is None:
        raise FloatingPointError("the model's logits are not numbers; try ELBARTO_DTYPE=float32 or bfloat16")
    sequence.tally.steps += 1
    proposals, selected = select(sequence, proposals)
    if sequence.filler is not None:
        return fill_window(sequence, sequence.filler, proposals, selected)
    return finish_step(sequence, proposals, selected)


def finish_step(sequence: Sequence, proposals: Proposals, selected: list[int]) -> list[Event]:
    """Make the `selected` proposals final; then the block may be full, or the reply settled."""
    events = [stepped(sequence, proposals, selected)] if sequence.is_watched else []
    unmask(sequence, proposals.pick(selected))
    end = find_end(sequence.reply, sequence.end_token_ids)
    if end is None and not sequence.canvas.is_settled(sequence.block):
        sequence.forecast = proposals.without(selected)
        return events + report_settled(sequence)
    return events + finish_block(sequence, end)


def select(sequence: Sequence, proposals: Proposals) -> tuple[Proposals, list[int]]:
    """Indices of the proposals that become final: those the rule picks, as far as the constraints admit them."""
    selected = sequence.current_rule()(proposals, sequence.step)
    for constraint in sequence.constraints:
        proposals, selected = constraint.admit(proposals, selected)
    assert selected, "a step must make progress"
    return proposals, selected


def unmask(sequence: Sequence, chosen: Proposals) -> None:
    """Make the `chosen` proposals final."""
    sequence.step += not sequence.awaits_first  # taking the first token from the commit is not a step of the rule
    sequence.canvas.unmask(chosen.positions, chosen.token_ids, chosen.probabilities, sequence.tally.steps - 1)
    for constraint in sequence.constraints:
        constraint.observe(chosen.positions, chosen.token_ids)
    sequence.tally.final_tokens += len(chosen.positions)


def fill_window(sequence: Sequence, filler: WindowFiller, proposals: Proposals, selected: list[int]) -> list[Event]:
    """A step on an infilling canvas.

    Deleted positions and everything after a hole's end are removed; a hole with no mask left is reported.
    """
    deletes = {index for index in selected if proposals.token_ids[index] == sequence.delete_token_id}
    tokens = [index for index in selected if index not in deletes]
    before = sequence.canvas.holes_with_masks()
    unmask(sequence, proposals.pick(tokens))
    removed = {proposals.positions[index] for index in deletes}
    for index in tokens:
        removed.update(filler.ended_by(proposals.positions[index]))
    if sequence.params.has_penalties:
        canvas = sequence.canvas
        sequence.removed += [canvas.token_ids[position] for position in removed if not canvas.masked[position]]
    events = [stepped(sequence, proposals, selected, removed)] if sequence.is_watched else []
    filler.delete(removed)
    sequence.forecast = proposals.without(selected, removed)
    sequence.block = sequence.canvas.block_at(sequence.block.start)
    remaining = sequence.canvas.holes_with_masks()
    for hole in sorted(before - remaining):
        filled = filler.filled(sequence.id, hole)
        sequence.tally.settle(sum(token.step is not None for token in filled.tokens))
        events.append(filled)
    if not remaining:
        events.append(Finished(sequence.id, "stop", sequence.counters()))
    return events


def stepped(sequence: Sequence, proposals: Proposals, selected: list[int], removed: Collection[int] = ()) -> Event:
    """The event of one step, for sequences that are watched."""
    chosen = set(selected)
    entries = tuple(
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
    block, tally = sequence.block, sequence.tally
    return Stepped(
        sequence.id,
        tally.steps - 1,
        block.start,
        block.end,
        entries,
        tuple(sorted(removed)),
        forwards=tally.forwards,
    )


def probe(sequence: Sequence, logits: Tensor, delete_token_id: int | None) -> Probed:
    """Probabilities from the float32 `logits` [masked positions, vocab] of a canvas's first forward."""
    window = sequence.params.window
    assert window is not None
    probabilities = torch.softmax(logits.double(), dim=-1)
    best = probabilities.amax(dim=-1).tolist()
    zeros = [0.0] * len(best)
    deletes = zeros if delete_token_id is None else probabilities[:, delete_token_id].tolist()
    targets = zeros
    if window.targets:
        pairs = zip(window.targets, window.token_ids, strict=True)
        masked = [target for target, token_id in pairs if token_id is None]
        token_ids = torch.tensor([target or 0 for target in masked], device=logits.device)
        values = probabilities.gather(1, token_ids[:, None])[:, 0].tolist()
        targets = [0.0 if target is None else value for target, value in zip(masked, values, strict=True)]
    return Probed(sequence.id, tuple(best), tuple(deletes), tuple(targets))


def report_settled(sequence: Sequence) -> list[Event]:
    """With full attention a block may be the whole reply: report its final tokens up to the first mask."""
    if not sequence.is_whole:
        return []
    settled = list(itertools.takewhile(lambda token_id: token_id is not None, sequence.reply))
    canvas, start = sequence.canvas, max(sequence.block.start, sequence.canvas.prompt_len)
    first, last = canvas.prompt_len + sequence.num_reported, start + len(settled)
    return report(sequence, [canvas.token(position) for position in range(first, last)]) if first < last else []


def report(sequence: Sequence, tokens: list[Token]) -> list[Event]:
    """The next tokens of the reply are final, and no mask is left before them."""
    sequence.num_reported += len(tokens)
    sequence.tally.settle(len(tokens))
    return [Committed(sequence.id, tuple(tokens))]


def finish_block(sequence: Sequence, end: int | None) -> list[Event]:
    """The block is final, as far as the reply goes: report it, then open the next one or finish.

    Callers get it before its commit, and the last block needs no commit.
    """
    tokens = sequence.canvas.generated(sequence.block)
    num_before = max(0, sequence.block.start - sequence.canvas.prompt_len)
    reason: FinishReason | None = "length" if sequence.block.end >= sequence.canvas.reply_end else None
    if end is not None:
        tokens, reason = tokens[: end + 1], "stop"
    elif sequence.is_overdue:
        reason = "length"
    events = report(sequence, tokens[sequence.num_reported - num_before :])
    if reason:
        events.append(Finished(sequence.id, reason, sequence.counters()))
    else:
        sequence.open_block(sequence.block.end)
    return events
