"""Reads what GET /metrics answers."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families


class Scrape:
    """`scrape("elbarto:errors_total", code="queue_full")` is the sum of all series with these labels."""

    def __init__(self, text: str) -> None:
        self.text = text
        families = text_string_to_metric_families(text)
        self.samples = [sample for family in families for sample in family.samples]

    def __call__(self, name: str, **labels: str) -> float:
        return sum(
            sample.value for sample in self.samples if sample.name == name and labels.items() <= sample.labels.items()
        )

    def values(self, label: str) -> set[str]:
        """All values of a label."""
        return {sample.labels[label] for sample in self.samples if label in sample.labels}

    @property
    def names(self) -> set[str]:
        return {sample.name for sample in self.samples}
