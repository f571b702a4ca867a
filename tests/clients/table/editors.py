"""Editors' plugins. Nothing here installs an editor for them."""

from __future__ import annotations

from tests.clients.table.recipe import Recipe


def _editor(client: str, not_run: str) -> Recipe:
    return Recipe(client=client, group="editors", source="none", not_run=not_run)


RECIPES = (
    _editor("llama.vim", "only from GitHub; its requests are in tests/api/test_llama_cpp.py"),
    _editor("minuet-ai.nvim", "only from GitHub; its requests are in tests/text/test_fim_dialects.py"),
)
