"""Chooses the model that a command talks to."""

from __future__ import annotations

import argparse

from app.cli import arguments, interrupts
from app.cli.local import LocalModel
from app.cli.remote import RemoteModel
from app.cli.replies import Model
from app.errors import ConfigError
from app.settings import REQUEST_OPTIONS, SETTINGS


def connect(args: argparse.Namespace) -> Model:
    """The server at --url, or an engine in this process. Raises ElBartoError. From then on, Ctrl-C is an exception."""
    model = _connect(args)
    interrupts.raise_exceptions()
    return model


def _connect(args: argparse.Namespace) -> Model:
    settings = arguments.load(args).settings
    if args.url is None:
        return LocalModel(settings, args.max_tokens)
    given = arguments.given_settings(args)
    unused = next((name for name in given if name not in REQUEST_OPTIONS and name != "api_key"), None)
    if unused is not None:
        raise ConfigError(f"{SETTINGS[unused].flag} has no effect with --url: that server has its own settings")
    fields = {name: settings.get(name) for name in given if name in REQUEST_OPTIONS}
    return RemoteModel(args.url, settings.api_key, args.max_tokens, fields)
