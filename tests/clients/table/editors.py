"""Editors' plugins. Nothing here installs an editor for them."""

from __future__ import annotations

from tests.clients.table.recipe import Recipe


def _editor(client: str, not_run: str) -> Recipe:
    return Recipe(client=client, group="editors", source="none", not_run=not_run)


RECIPES = (
    _editor("llama.vim", "the plugin is not in a registry"),
    _editor("minuet-ai.nvim", "the plugin is not in a registry"),
)
