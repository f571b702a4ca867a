from __future__ import annotations

import pytest

from tests import servers


def pytest_configure(config: pytest.Config) -> None:
    """tests/e2e and tests/clients both do this, and so share the servers of a session."""
    if not config.pluginmanager.has_plugin(servers.__name__):
        config.pluginmanager.register(servers, servers.__name__)
