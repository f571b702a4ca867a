"""`elbarto serve`: run gunicorn in this process."""

from __future__ import annotations

import argparse
import dataclasses
import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from app.cli import arguments, flags
from app.errors import StartError
from app.paths import GUNICORN_CONF
from app.settings import SETTINGS, Settings, to_environ

HELP = "Start the server."
FAILED_TO_BOOT = 3  # gunicorn's, after the worker has said in one line why


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("served", metavar="MODEL", nargs="?", help="as --model-path (the embedded model)")
    flags.add_key_file(parser)
    flags.add_settings(parser, flags.ALL_GROUPS)


def run(args: argparse.Namespace) -> int:
    settings = checked_settings(args)
    return become_gunicorn(args, settings, "app:create_app()")


def checked_settings(args: argparse.Namespace) -> Settings:
    """Raises StartError for whatever is found to be wrong before anything slow begins."""
    settings = _settings(args)
    _check_port(settings)
    from app import model_source
    from app.front.resources import temporary_directory
    from app.inspection.preflight import check_before_loading

    temporary_directory()
    check_before_loading(model_source(settings))
    return settings


def become_gunicorn(
    args: argparse.Namespace,
    settings: Settings,
    application: str,
    adapt: Callable[[Settings], Settings] = lambda settings: settings,
) -> int:
    """gunicorn.conf.py and the worker read the settings from the environment, after `adapt` has changed them."""
    environ = dict(os.environ)
    os.environ.update(to_environ(adapt(settings)))

    from gunicorn import __main__ as gunicorn
    from gunicorn.app.wsgiapp import WSGIApplication

    class Server(WSGIApplication):  # type: ignore[misc]  # gunicorn has no annotations
        """gunicorn, except that modules in the working directory cannot shadow installed ones."""

        def chdir(self) -> None:
            """Do nothing; gunicorn would put the working directory first on sys.path."""

        def reload(self) -> None:
            """Read the settings again, from where they were read at the start. Raises SystemExit if they are wrong."""
            try:
                settings = adapt(_settings(args, environ))
            except StartError as error:
                print(f"elbarto: error: {error}", file=sys.stderr, flush=True)
                raise SystemExit(2) from None
            os.environ.update(to_environ(settings))
            super().reload()

    # As if gunicorn had been started with these arguments; it parses them again at every reload.
    sys.argv = [gunicorn.__file__, "--config", str(GUNICORN_CONF), application]
    master = os.getpid()
    try:
        Server().run()
    except SystemExit as end:
        if end.code == FAILED_TO_BOOT and os.getpid() == master:  # the worker, a fork, ends here too
            return 2
        raise
    return 0


def _settings(args: argparse.Namespace, environ: Mapping[str, str] | None = None) -> Settings:
    """With absolute paths. Raises StartError."""
    settings = arguments.load(args, environ).settings
    if settings.model_path and Path(settings.model).exists():
        settings = dataclasses.replace(settings, model_path=str(Path(settings.model).absolute()))
    if settings.tokenizer and Path(settings.tokenizer).is_dir():
        settings = dataclasses.replace(settings, tokenizer=str(Path(settings.tokenizer).absolute()))
    return settings


def _check_port(settings: Settings) -> None:
    """Raise StartError for a port that cannot be bound; gunicorn would retry forever."""
    # gunicorn takes whatever is not an IPv6 address for IPv4.
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        address = socket.getaddrinfo(settings.host, settings.port, family, socket.SOCK_STREAM)[0][4]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        raise StartError(
            f"cannot listen on {settings.host} port {settings.port}: {getattr(error, 'strerror', None) or error}; "
            f"choose another with {SETTINGS['host'].flag} and {SETTINGS['port'].flag}"
        ) from error
