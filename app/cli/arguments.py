"""Settings from the parsed command line."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping

from app.errors import ConfigError
from app.settings import SETTINGS, Loaded, load_settings


def given_settings(args: argparse.Namespace) -> dict[str, str]:
    """The settings given as flags, by name; their values are unchecked text. Raises ConfigError."""
    given = {name: value for name in SETTINGS if (value := getattr(args, name, None)) is not None}
    model, file = getattr(args, "served", None), getattr(args, "api_key_file", None)
    if model is not None:
        if given.get("model_path", model) != model:
            raise ConfigError(f"MODEL is {model!r}, and --model-path is {given['model_path']!r}: name one model")
        given["model_path"] = model
    if file is not None:
        if "api_key" in given:
            raise ConfigError("--api-key and --api-key-file are both given; use one of them")
        given["api_key"] = _read_key(args)
    return given


def load(args: argparse.Namespace, environ: Mapping[str, str] | None = None) -> Loaded:
    """Merge the flags with the other sources of settings, and print warnings. Raises ConfigError.

    `environ` replaces the process's environment.
    """
    loaded = load_settings(given_settings(args), args.config, environ)
    for warning in loaded.warnings:
        print(f"elbarto: warning: {warning}", file=sys.stderr)
    return loaded


def in_users_words(message: str, args: argparse.Namespace) -> str:
    """The message with flags in place of the variables of those settings that were given as flags."""
    for name, info in SETTINGS.items():
        typed = "MODEL" if name == "model_path" and getattr(args, "served", None) is not None else info.flag
        if typed == "MODEL" or getattr(args, name, None) is not None:
            message = re.sub(rf"\b{info.variable}\b", typed, message)
    return message


def _read_key(args: argparse.Namespace) -> str:
    try:
        key: str = args.api_key_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigError(f"--api-key-file is {args.api_key_file}, which cannot be read: {reason}") from None
    if not key:
        raise ConfigError(f"--api-key-file is {args.api_key_file}, which is empty")
    return key
