"""Composed templates: conditions x transforms x aggregates, and pairs of steps, built from shared parts.

A part always has the same code and the same wording, so that a held-out combination consists of parts that are in the
training data.
"""

from __future__ import annotations

from training.data import compose_change, compose_select, compose_steps

TEMPLATES = (*compose_select.templates(), *compose_change.templates(), *compose_steps.templates())
