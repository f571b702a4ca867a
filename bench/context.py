"""What each part of the benchmark gets: the options, and the models it can request."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch

from app.settings import EMBEDDED_MODEL
from bench.models import Subject, load_subject, random_subject
from bench.registry import MIN_REPEATS


@dataclass(frozen=True)
class Options:
    """The command line's options.

    `shapes` are additional sizes of random models; `problems` are files of holes, and `limit` is the maximum number of
    holes per group (None: the part decides).
    """

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
    """`dtype` is the server's choice on this device; `threads` is the number of PyTorch threads."""

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
        """float32, in which tokens must agree, and the server's choice."""
        return [torch.float32] if self.dtype == torch.float32 else [torch.float32, self.dtype]

    def size(self, full: int, quick: int) -> int:
        return quick if self.options.quick else full

    def checkpoint(self, dtype: torch.dtype | None = None, quantization: str = "none") -> Subject:
        """The checkpoint: the embedded model, unless the command line names another."""
        return load_subject(self.options.model, self.device, dtype or self.dtype, quantization)

    def random(self, shape: str = "125M", dtype: torch.dtype | None = None, quantization: str = "none") -> Subject:
        """Random weights of a real shape, or of a tiny one in a quick run."""
        name = "tiny" if self.options.quick else shape
        return random_subject(name, self.options.seed, self.device, dtype or self.dtype, quantization)

    def more_shapes(self) -> list[str]:
        """The shapes on the command line, and 8B if a CUDA device has the memory for it."""
        shapes = list(self.options.shapes)
        is_large = self.device.type == "cuda" and torch.cuda.mem_get_info(self.device)[0] > 24e9
        if is_large and "8B" not in shapes and not self.options.quick:
            shapes.append("8B")
        return shapes

    def synchronize(self) -> None:
        """Wait for the device: CUDA calls return before the work is done."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def note(self, text: str) -> None:
        """Add a note for readers of the figures."""
        self.notes.append(text)

    def expect_same(self, subject: Subject, same: float, what: str) -> None:
        """Check that two exact ways to decode gave the same tokens; `same` is the share of equal tokens.

        Checked in float32 on a CPU only: elsewhere rounding differs, and the share is only reported.
        """
        is_exact = subject.dtype_name == "float32" and self.device.type == "cpu"
        if same < 1 and is_exact:
            self.failures.append(f"{what}: only {100 * same:.1f}% of the tokens are the same")
            self.note(f"FAILED: {self.failures[-1]}")
