"""`python -m tests.families FOLDER`: run the published cases of a folder, alone and in a batch.

The last line is `N/M cases token for token`; exit code 1 if any differs.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path

from app.errors import StartError
from tests.families.folder import BATCH, Outcome, load, make_engine, read_cases, run, run_each


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.families", description="Run published decoding cases.")
    parser.add_argument("folder", type=Path, help="has checkpoint/ and cases.json")
    folder = parser.parse_args(argv).folder
    try:
        checkpoint, cases = load(folder), read_cases(folder)
    except StartError as error:
        print(f"{folder}: {error}", file=sys.stderr)
        return 2
    diffusion = checkpoint.diffusion
    print(f"{folder}: {diffusion.family}, mask token {diffusion.mask_token_id}, blocks of {diffusion.block_length}")
    alone = list(run_each(make_engine(checkpoint), cases))
    batched = run(make_engine(checkpoint, max_sequences=BATCH), cases)
    num_right = 0
    for number, outcomes in enumerate(zip(alone, batched, strict=True)):
        for outcome, how in zip(outcomes, ("alone", f"in a batch of {BATCH}"), strict=True):
            if not outcome.is_right:
                print(f"case {number} {how}: {explain(outcome)}")
        num_right += all(outcome.is_right for outcome in outcomes)
    print(f"{num_right}/{len(cases)} cases token for token")
    return int(num_right < len(cases))


def explain(outcome: Outcome) -> str:
    """What is wrong."""
    expected = outcome.case.output
    if outcome.is_failed:
        return "the sequence failed"
    if outcome.token_ids != expected:
        pairs = itertools.zip_longest(outcome.token_ids, expected)
        index = next(index for index, (ours, theirs) in enumerate(pairs) if ours != theirs)
        return f"differs from token {index} on: {list(outcome.token_ids[index:])}, published {list(expected[index:])}"
    return f"{outcome.forwards} forwards, published {outcome.case.forwards}"


if __name__ == "__main__":
    sys.exit(main())
