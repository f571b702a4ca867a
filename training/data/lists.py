"""Templates over lists, written by hand. `compose` has combinations of conditions and transforms."""

from training.data import list_elements, list_groups, list_nested, list_orders, list_searches, list_values

TEMPLATES = (
    *list_values.TEMPLATES,
    *list_elements.TEMPLATES,
    *list_orders.TEMPLATES,
    *list_searches.TEMPLATES,
    *list_groups.TEMPLATES,
    *list_nested.TEMPLATES,
)
