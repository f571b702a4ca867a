"""Fills holes of a text: all of them together, or in parts if they do not fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.cli import replies
from app.cli.code_files import CodeFile
from app.cli.replies import Filled, FillRequest, Model
from app.errors import ElBartoError
from lsp.cleanup.rules import clean
from lsp.text.cursor import CursorContext
from lsp.text.holes import Hole
from lsp.text.languages import language


@dataclass(frozen=True)
class Order:
    file: CodeFile
    holes: Sequence[Hole]
    hint: str | None = None
    max_tokens: int | None = None
    num_candidates: int = 1  # the first that changes anything is taken


def fill(model: Model, order: Order) -> tuple[str, list[str]]:
    """The new text, in which a hole without a filling stays as it is, and the model's warnings."""
    fillings, warnings = _fill(model, order, order.holes, order.file.text)
    text, end, parts = order.file.text, 0, []
    for hole, filling in zip(order.holes, fillings, strict=True):
        parts += [text[end : hole.start], hole.lead + filling if filling else hole.text]
        end = hole.end
    return "".join([*parts, text[end:]]), warnings


def _fill(model: Model, order: Order, holes: Sequence[Hole], text: str) -> tuple[list[str], list[str]]:
    """A text for each hole, empty where the model has none; `holes` are those of `text`."""
    try:
        filled = model.fill(_request(order, holes, text))
    except ElBartoError as error:
        if getattr(error, "code", None) != "context_length_exceeded" or len(holes) == 1:
            raise
        middle = len(holes) // 2
        parts = [_fill(model, order, part, text) for part in (holes[:middle], holes[middle:])]
        return [*parts[0][0], *parts[1][0]], [*parts[0][1], *parts[1][1]]
    return _chosen(order, holes, text, filled), list(filled.warnings)


def _request(order: Order, holes: Sequence[Hole], text: str) -> FillRequest:
    return FillRequest(
        texts=_texts(holes, text),
        holes=[replies.Hole(hole.single_line, order.hint or hole.hint, order.max_tokens or None) for hole in holes],
        language=language(order.file.language).name,
        filename=order.file.name,
        n=order.num_candidates,
    )


def _texts(holes: Sequence[Hole], text: str) -> list[str]:
    ends, starts = [0, *(hole.end for hole in holes)], [*(hole.start for hole in holes), len(text)]
    leads = [*(hole.lead for hole in holes), ""]
    return [text[end:start] + lead for end, start, lead in zip(ends, starts, leads, strict=True)]


def _chosen(order: Order, holes: Sequence[Hole], text: str, filled: Filled) -> list[str]:
    texts = _texts(holes, text)
    cleaned = [""] * len(holes)
    for candidate in filled.candidates:
        cleaned = list(candidate)
        for index, hole in enumerate(holes):
            before = "".join(part + inside for part, inside in zip(texts[:index], cleaned, strict=False)) + texts[index]
            after = texts[index + 1] + "".join(
                inside + part for inside, part in zip(cleaned[index + 1 :], texts[index + 2 :], strict=True)
            )
            rules = language(order.file.language)
            cursor = CursorContext(before, after, rules, multi_line=not hole.single_line)
            cleaned[index] = clean(cleaned[index], cursor)
        if any(new and new != hole.text for new, hole in zip(cleaned, holes, strict=True)):
            break
    return cleaned
