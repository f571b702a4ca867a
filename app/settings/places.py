"""Paths, and the environment variables that are settings."""

from __future__ import annotations

from app.paths import EMBEDDED_MODEL as EMBEDDED_MODEL
from app.paths import GUIDES as GUIDES
from app.paths import ROOT as ROOT

PREFIX = "ELBARTO_"
CONFIG_VARIABLE = "ELBARTO_CONFIG"  # names a YAML file; not a setting itself
LSP_PREFIX = "ELBARTO_LSP_"  # the language server's variables (docs/reference/lsp.md); ignored here
# Their former names, without that prefix.
LSP_VARIABLES = frozenset(
    {
        "ELBARTO_AUTOMATIC",
        "ELBARTO_AUTOMATIC_CANDIDATES",
        "ELBARTO_CACHE_ENTRIES",
        "ELBARTO_COMMENT_MAX_TOKENS",
        "ELBARTO_COMPLETION_MAX_TOKENS",
        "ELBARTO_CONFIDENCE",
        "ELBARTO_CONFIDENCE_THRESHOLD",
        "ELBARTO_CONTEXT_TOKENS",
        "ELBARTO_CROSS_FILE",
        "ELBARTO_DEADLINE_MS",
        "ELBARTO_DEBOUNCE_MS",
        "ELBARTO_DISABLED_LANGUAGES",
        "ELBARTO_HOLE_MAX_TOKENS",
        "ELBARTO_INVOKED_CANDIDATES",
        "ELBARTO_MULTI_LINE",
        "ELBARTO_PLACEHOLDERS",
        "ELBARTO_PREFETCH",
        "ELBARTO_SERVER_PYTHON",
        "ELBARTO_SERVER_URL",
        "ELBARTO_START_SERVER",
        "ELBARTO_STATISTICS",
    }
)


def is_lsp_variable(name: str) -> bool:
    """Whether an environment variable belongs to the language server, which may share the server's environment."""
    return name.startswith(LSP_PREFIX) or name in LSP_VARIABLES
