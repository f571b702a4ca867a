"""Measurements, how they are run, and their tables."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from tqdm import tqdm

logger = logging.getLogger(__name__)

Values = Mapping[str, float | str]


@dataclass(frozen=True)
class Column:
    """The value `key` of a row, followed by `{key}_error` after a plus-minus sign if the row has it.

    Values without a column are written to the JSON only.
    """

    key: str
    heading: str
    format: str = "{:.1f}"


@dataclass(frozen=True)
class Measurement:
    """One row; `key` is section/name."""

    key: str
    label: str
    measure: Callable[[], Values]


@dataclass(frozen=True)
class Section:
    """One table, with a note that explains it."""

    title: str
    note: str
    columns: tuple[Column, ...]
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True)
class Result:
    key: str
    label: str
    values: Values
    error: str
    seconds: float


def run(sections: Sequence[Section], only: Sequence[str] = ()) -> list[Result]:
    """Run all measurements, or those named in `only` by key or section. One that fails does not stop the others."""
    chosen = [item for section in sections for item in section.measurements if is_chosen(item.key, only)]
    results = []
    for item in tqdm(chosen, desc="rows", unit="row", position=0):
        results.append(_run_one(item))
    return results


def is_chosen(key: str, only: Sequence[str]) -> bool:
    return not only or any(name in (key, key.partition("/")[0]) for name in only)


def unknown_names(sections: Sequence[Section], only: Sequence[str]) -> list[str]:
    keys = [item.key for section in sections for item in section.measurements]
    return [name for name in only if not any(is_chosen(key, [name]) for key in keys)]


def _run_one(item: Measurement) -> Result:
    started, values, error = time.monotonic(), {}, ""
    try:
        values = dict(item.measure())
    except Exception as failure:  # a row's failure is a result; the log has the traceback
        logger.exception("%s failed", item.key)
        error = f"{type(failure).__name__}: {failure}"
    return Result(item.key, item.label, values, error, round(time.monotonic() - started, 1))


def as_markdown(sections: Sequence[Section], results: Sequence[Result]) -> str:
    """One table per section that has results."""
    by_key = {result.key: result for result in results}
    parts = []
    for section in sections:
        rows = [by_key[item.key] for item in section.measurements if item.key in by_key]
        if rows:
            parts.append(f"### {section.title}\n\n{section.note}\n\n{_table(section, rows)}")
    return "\n\n".join(parts) + "\n"


def as_json(results: Iterable[Result]) -> list[dict[str, object]]:
    return [asdict(result) for result in results]


def _table(section: Section, rows: Sequence[Result]) -> str:
    lines = [["", *(column.heading for column in section.columns)]]
    for row in rows:
        if row.error:
            shown = " ".join(row.error.split())[:120].replace("|", "\\|")
            lines.append([row.label, f"failed: {shown}", *[""] * (len(section.columns) - 1)])
        else:
            lines.append([row.label, *(_cell(column, row.values) for column in section.columns)])
    widths = [
        max(len(line[place]) for line in lines if not line[1].startswith("failed")) for place in range(len(lines[0]))
    ]
    lines.insert(1, [*["-" * max(3, widths[0])], *["-" * (max(3, width) - 1) + ":" for width in widths[1:]]])
    return "\n".join("| " + " | ".join(_padded(line, widths)) + " |" for line in lines)


def _padded(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    first = line[0].ljust(max(3, widths[0]))
    return [first, *(cell.rjust(max(3, width)) for cell, width in zip(line[1:], widths[1:], strict=True))]


def _cell(column: Column, values: Values) -> str:
    if column.key not in values:
        return "–"
    text = column.format.format(values[column.key])
    error = values.get(f"{column.key}_error")
    return text if error is None else f"{text} ± {column.format.format(error)}"
