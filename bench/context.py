"""What a part of the benchmark is told, and the models that it may ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch

from app.settings import EMBEDDED_MODEL
from bench.models import Subject, load_subject, random_subject

MIN_REPEATS = 5


@dataclass(frozen=True)
class Options:
    """What the command line says. `shapes` are sizes of random models beyond the usual ones; `problems` are files with
    holes, of which each group gives `limit` (None: the part decides)."""

    parts: tuple[str, ...] = ()
    quick: bool = False
    repeats: int = MIN_REPEATS
    threads: int | None = None
    model: str = str(EMBEDDED_MODEL)
    device: str = "auto"
    dtype: str = "auto"
    seed: int = 0
    shapes: tuple[str, ...] = ()
    problems: tuple[Path, ...] = ()
    limit: int | None = None
    out: Path = Path("bench/results")


@dataclass
class Context:
    """`dtype` is the one that the server would choose here, `threads` how many PyTorch has."""

    options: Options
    device: torch.device
    dtype: torch.dtype
    threads: int
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        return 1 if self.options.quick else self.options.repeats

    @property
    def dtypes(self) -> list[torch.dtype]:
        """float32, where tokens must agree, and the server's choice."""
        return [torch.float32] if self.dtype == torch.float32 else [torch.float32, self.dtype]

    def size(self, full: int, quick: int) -> int:
        return quick if self.options.quick else full

    def checkpoint(self, dtype: torch.dtype | None = None, quantization: str = "none") -> Subject:
        """The model on disk: the embedded one, unless the command line names another."""
        return load_subject(self.options.model, self.device, dtype or self.dtype, quantization)

    def random(self, shape: str = "125M", dtype: torch.dtype | None = None, quantization: str = "none") -> Subject:
        """Random weights of a real shape; a tiny one in a quick run."""
        name = "tiny" if self.options.quick else shape
        return random_subject(name, self.options.seed, self.device, dtype or self.dtype, quantization)

    def more_shapes(self) -> list[str]:
        """Those asked for; the served models' own where a CUDA device has the memory."""
        shapes = list(self.options.shapes)
        is_large = self.device.type == "cuda" and torch.cuda.mem_get_info(self.device)[0] > 24e9
        if is_large and "8B" not in shapes and not self.options.quick:
            shapes.append("8B")
        return shapes

    def synchronize(self) -> None:
        """CUDA returns before its work is done."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def note(self, text: str) -> None:
        """Something that readers of the figures must know."""
        self.notes.append(text)

    def expect_same(self, subject: Subject, same: float, what: str) -> None:
        """In float32 on a CPU two exact ways to decode give the same tokens; `same` is the share that does.

        Elsewhere rounding differs, and the share only stands beside the figure.
        """
        is_exact = subject.dtype_name == "float32" and self.device.type == "cpu"
        if same < 1 and is_exact:
            self.failures.append(f"{what}: only {100 * same:.1f}% of the tokens are the same")
            self.note(f"FAILED: {self.failures[-1]}")
