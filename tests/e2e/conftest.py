from __future__ import annotations

import pytest

from tests import plugins, servers


def pytest_configure(config: pytest.Config) -> None:
    plugins.use(config, servers)
