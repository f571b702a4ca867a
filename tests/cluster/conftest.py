from __future__ import annotations

import pytest

from tests import plugins, tiny


def pytest_configure(config: pytest.Config) -> None:
    plugins.use(config, tiny)
