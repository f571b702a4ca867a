"""Modules with fixtures that several directories share, and only these."""

from __future__ import annotations

from types import ModuleType

import pytest


def use(config: pytest.Config, module: ModuleType) -> None:
    """Register a module's fixtures, once, from the `pytest_configure` of each conftest.py that needs them.

    A session fixture is then one for all these directories, and directories that do not name the module import
    nothing of it: pytest allows `pytest_plugins` only in the root conftest.py, where every test would pay for it.
    """
    if not config.pluginmanager.has_plugin(module.__name__):
        config.pluginmanager.register(module, module.__name__)
