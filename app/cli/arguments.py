"""Settings from the parsed command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from app.settings import SETTINGS, Loaded, load_settings


def given_settings(args: argparse.Namespace) -> dict[str, str]:
    """The settings given as flags, by name; their values are unchecked text."""
    return {name: value for name in SETTINGS if (value := getattr(args, name, None)) is not None}


def load(args: argparse.Namespace, environ: Mapping[str, str] | None = None) -> Loaded:
    """Merge the flags with the other sources of settings; raises ConfigError. `environ` replaces the process's."""
    return load_settings(given_settings(args), args.config, environ)
