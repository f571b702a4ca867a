from __future__ import annotations

import pytest

from tests import plugins, servers


def pytest_configure(config: pytest.Config) -> None:
    plugins.use(config, servers)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients take proxies from the environment; none stands between us and 127.0.0.1."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
