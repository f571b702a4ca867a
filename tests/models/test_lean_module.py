"""Modules that remember their children must not remember old ones."""

from __future__ import annotations

import copy

import torch
from torch import nn

from app.models.lean_module import LeanModule


class Twice(LeanModule):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(2, 2).requires_grad_(False)
        self.weight = nn.Parameter(torch.ones(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(self.inner(x)) * self.weight


def test_a_call_is_forward() -> None:
    module, x = Twice(), torch.randn(3, 2)

    assert module(x).equal(module.forward(x))


def test_a_child_that_was_used_can_be_replaced() -> None:
    module, x = Twice(), torch.randn(3, 2)
    module(x)

    module.inner = nn.Identity()

    assert module(x).equal(x)
    assert dict(module.named_children()) == {"inner": module.inner}


def test_a_copy_has_its_own_children() -> None:
    module, x = Twice(), torch.randn(3, 2)
    expected = module(x)

    copied = copy.deepcopy(module)
    copied.inner.weight.zero_()

    assert copied.inner is not module.inner
    assert module(x).equal(expected)
    assert not copied(x).equal(expected)


def test_parameters_are_looked_up_every_time() -> None:
    """Moving a module replaces those that cannot be changed in place."""
    module = Twice().to("meta")
    assert module.weight.is_meta

    module.to_empty(device="cpu")

    assert not module.weight.is_meta


def test_what_does_not_exist_is_an_attribute_error() -> None:
    assert not hasattr(Twice(), "outer")
