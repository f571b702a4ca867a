"""An `nn.Module` that is cheap to call: for a small model on a CPU, calls and lookups are a tenth of a forward."""

from __future__ import annotations

from typing import Any

from torch import nn


class LeanModule(nn.Module):
    """Runs `forward` without looking for hooks, of which we have none, and finds its children as plain attributes."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.__call__ = cls.forward

    def __getattr__(self, name: str) -> Any:
        """Called for what is not in `__dict__`. Children are put there; assigning another one takes them out again."""
        value = super().__getattr__(name)
        if isinstance(value, nn.Module):
            self.__dict__[name] = value
        return value
