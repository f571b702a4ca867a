"""`elbarto cluster`: replicas of the engine on Ray Serve, and gunicorn here as the server in front of them."""

from __future__ import annotations

import argparse
import os
import re
from importlib.util import find_spec

from app.cli import flags, serve
from app.cli.options import positive
from app.errors import ConfigError

HELP = "Start replicas of the engine on Ray, and the server in front of them."
ADDRESS_VARIABLE = "ELBARTO_RAY_ADDRESS"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("served", metavar="MODEL", nargs="?", help="as --model-path (the embedded model)")
    parser.add_argument("--replicas", type=positive, metavar="N", default=1, help="replicas of the engine (1)")
    parser.add_argument(
        "--max-replicas", type=positive, metavar="N", help="let Ray add replicas while many requests wait, up to N"
    )
    parser.add_argument("--cpus", type=positive, metavar="N", help="N CPUs for each replica, instead of a GPU")
    parser.add_argument(
        "--ray-address",
        metavar="ADDRESS",
        help=f"a running Ray cluster, such as 10.0.0.1:6379 (or {ADDRESS_VARIABLE}); otherwise one is started here",
    )
    parser.add_argument(
        "--attach", action="store_true", help="deploy nothing: the replicas are on that cluster already"
    )
    flags.add_key_file(parser)
    flags.add_settings(parser, flags.ALL_GROUPS)


def run(args: argparse.Namespace) -> int:
    address = args.ray_address or os.environ.get(ADDRESS_VARIABLE)
    os.environ.pop(ADDRESS_VARIABLE, None)  # it is this command's, and no setting
    if address is not None and not re.fullmatch(r".+:\d+", address):
        raise ConfigError(f"The address of Ray's head must be HOST:PORT, such as 10.0.0.1:6379, got {address!r}.")
    if args.attach and address is None:
        raise ConfigError(f"--attach needs --ray-address or {ADDRESS_VARIABLE}")
    if find_spec("ray") is None:
        raise ConfigError("this command needs Ray: pip install -r requirements-ray.txt, or elbarto-serve[ray]")
    from app.cluster.launch import Launcher
    from app.cluster.settings import Scale

    scale = Scale(min_replicas=args.replicas, max_replicas=args.max_replicas or args.replicas, num_cpus=args.cpus)
    settings = serve.checked_settings(args)
    if not args.attach:
        address = Launcher(settings, scale, address).address()
    application = f"app.cluster.front:create_app({address!r})"
    return serve.become_gunicorn(args, settings, application, scale.front_settings)
