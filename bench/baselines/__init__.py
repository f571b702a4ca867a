"""Baselines: what the engine is measured against."""
