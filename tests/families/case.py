"""What one published case is, whatever format its file has. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from app.messages.params import GenerationParams


@dataclass(frozen=True)
class Case:
    """`output` ends with the first end token. `forwards` are the published code's, without the prefill.

    `params` are None if the published code generates nothing.
    """

    prompt: tuple[int, ...]
    params: GenerationParams | None
    output: tuple[int, ...]
    forwards: int | None = None
