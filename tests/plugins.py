"""Fixture modules that some directories share, but not all."""

from __future__ import annotations

from types import ModuleType

import pytest


def use(config: pytest.Config, module: ModuleType) -> None:
    """Register a module's fixtures, once, from the `pytest_configure` of each conftest.py that needs them.

    These directories then share session fixtures, and no other directory imports the module: pytest allows
    `pytest_plugins` only in the root conftest.py, where every test would pay for the import.
    """
    if not config.pluginmanager.has_plugin(module.__name__):
        config.pluginmanager.register(module, module.__name__)
