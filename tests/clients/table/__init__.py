"""Real clients, unmodified, against the server: `make test-clients` runs them, and writes docs/clients.md."""

from tests.clients.table import agents, editors, node_clients, python_clients
from tests.clients.table.recipe import Recipe

RECIPES: tuple[Recipe, ...] = (
    *python_clients.RECIPES,
    *node_clients.RECIPES,
    *agents.RECIPES,
    *editors.RECIPES,
)
