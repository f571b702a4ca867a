"""Composed templates: conditions x transforms x aggregates, and pairs of steps, made in code from shared parts.

A part is always written the same way and always asked for with the same words, so that a held-out combination is
made of parts that training has seen.
"""

from __future__ import annotations

from training.data import compose_change, compose_select, compose_steps

TEMPLATES = (*compose_select.templates(), *compose_change.templates(), *compose_steps.templates())
