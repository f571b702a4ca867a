"""Measures a trained model and a trigram on held-out data: bits per byte, answers, first
prompts, copying, speed, holes, overlap.

python -m training.evaluate weights/elbarto-mini                     # everything
python -m training.evaluate weights/elbarto-mini --quick             # a tenth of it
python -m training.evaluate weights/elbarto-mini --only bits infill  # keeps the other rows of earlier runs
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from training.evaluation import answers, bits, first, infill, inside_line, overlap, plot
from training.evaluation.context import Context
from training.evaluation.report import Result, Section, as_json, as_markdown, run, unknown_names

QUICK_SHARE = 0.1


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status: 1 if a row failed."""
    parser = _parser()
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.ERROR)
    torch.set_num_threads(options.threads)
    with Context(options.model, options.url, QUICK_SHARE if options.quick else 1.0) as context:
        sections = all_sections(context)
        if unknown := unknown_names(sections, options.only):
            keys = ", ".join(item.key for section in sections for item in section.measurements)
            parser.error(f"there is no row or section {unknown[0]!r}; there are {keys}")
        results = run(sections, options.only)
    if options.only:
        results = [*results, *others(options.out, results)]
    table = as_markdown(sections, results)
    print(table, end="")
    write(options.out, table, results)
    return 1 if any(result.error for result in results) else 0


def all_sections(context: Context) -> list[Section]:
    return [
        section
        for module in (first, answers, infill, inside_line, bits, overlap)
        for section in module.sections(context)
    ]


def others(folder: Path, results: Sequence[Result]) -> list[Result]:
    """Rows of an earlier run in the folder that this run did not measure."""
    path, new = folder / "evaluation.json", {result.key for result in results}
    if not path.exists():
        return []
    return [Result(**row) for row in json.loads(path.read_text("utf-8")) if row["key"] not in new]


def write(folder: Path, table: str, results: Sequence[Result]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.md").write_text(table, "utf-8")
    (folder / "evaluation.json").write_text(json.dumps(as_json(results), indent=2) + "\n", "utf-8")
    plot.save(results, folder / "evaluation.png")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of an exported model")
    parser.add_argument("--quick", action="store_true", help="measure a tenth of everything")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="ROW", help="only these rows or sections, such as bits/files"
    )
    parser.add_argument("--out", type=Path, default=Path(), help="folder for evaluation.json, .md and .png (here)")
    parser.add_argument("--url", help="use this server instead of starting one; it should serve the same model")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
