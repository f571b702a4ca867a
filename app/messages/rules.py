"""Which values an option accepts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NumberRange:
    """Numbers within bounds; None is no bound. NaN is never accepted."""

    low: float | None = None  # inclusive
    above: float | None = None  # exclusive; instead of `low`
    high: float | None = None  # inclusive

    def accepts(self, value: object) -> bool:
        if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
            return False
        return (
            (self.low is None or value >= self.low)
            and (self.above is None or value > self.above)
            and (self.high is None or value <= self.high)
        )

    @property
    def allowed(self) -> str:
        """For messages: "a number from 0 to 2"."""
        start = f"from {self.low:g}" if self.low is not None else f"above {self.above:g}"
        if self.high is None:
            return f"{self.noun} {start}"
        return f"{self.noun} {start}{' to' if self.low is not None else ', up to'} {self.high:g}"

    @property
    def noun(self) -> str:
        return "a number"


@dataclass(frozen=True, kw_only=True)
class IntegerRange(NumberRange):
    """Integers within bounds; 2.0 is rejected."""

    low: int | None = None
    above: int | None = None
    high: int | None = None

    def accepts(self, value: object) -> bool:
        return isinstance(value, int) and super().accepts(value)

    @property
    def noun(self) -> str:
        return "an integer"


@dataclass(frozen=True)
class OneOf:
    """One of a few names."""

    names: tuple[str, ...]

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value in self.names

    @property
    def allowed(self) -> str:
        """For messages: "static, threshold or greedy"."""
        *others, last = self.names
        return f"{', '.join(others)} or {last}"


@dataclass(frozen=True)
class TrueOrFalse:
    """A boolean, and nothing that merely looks like one."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)

    @property
    def allowed(self) -> str:
        return "true or false"


@dataclass(frozen=True)
class NameOrInteger:
    """One of a few names, or an integer within bounds."""

    names: tuple[str, ...]
    integers: IntegerRange

    def accepts(self, value: object) -> bool:
        return OneOf(self.names).accepts(value) or self.integers.accepts(value)

    @property
    def allowed(self) -> str:
        """For messages: "auto, off or an integer from 0 to 64"."""
        return f"{', '.join(self.names)} or {self.integers.allowed}"


Rule = NumberRange | OneOf | TrueOrFalse
