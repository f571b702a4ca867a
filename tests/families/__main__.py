"""`python -m tests.families FOLDER`: decodes the folder's cases, and counts those that match token for token."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.families.runner import load_folder, run_cases


def main(argv: list[str] | None = None) -> int:
    """Returns 1 if a case differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.families", description=__doc__)
    parser.add_argument("folder", type=Path, help="has checkpoint/ and cases.json")
    checkpoint, cases = load_folder(parser.parse_args(argv).folder)
    results = sorted(run_cases(checkpoint, cases), key=lambda result: result.number)
    for result in results:
        if not result.is_same:
            print(f"case {result.number}: {list(result.output)} instead of {list(result.case.output)}")
        if not result.is_frugal:
            print(f"case {result.number}: {result.forwards} forwards instead of {result.case.forwards}")
    num_same = sum(result.is_same for result in results)
    print(f"{num_same}/{len(cases)} cases token for token")
    return int(num_same < len(cases))


if __name__ == "__main__":
    sys.exit(main())
