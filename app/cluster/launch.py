"""Deploys replicas from a separate process: gunicorn's master forks, which a process with Ray in it must not do.

A cluster that this process started ends with it, and it ends with its parent.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from app.cluster.settings import APPLICATION, Scale, replica_settings
from app.errors import StartError
from app.paths import ROOT
from app.settings import Settings, load_settings, to_environ

CODE_PATH = "PYTHONPATH"
NOT_DEPLOYED = 2  # the exit status of a child that has said why


class Launcher:
    """The child process, in the parent."""

    def __init__(self, settings: Settings, scale: Scale, address: str | None) -> None:
        """`address`: of a running cluster; None: the child starts one."""
        if address is None:
            # Ray creates a token for a cluster that it starts here; the front connects by address, and needs it too.
            os.environ.setdefault("RAY_AUTH_MODE", "token")
        paths = [str(ROOT), *filter(None, [os.environ.get(CODE_PATH)])]
        self._child = subprocess.Popen(
            [sys.executable, "-m", "app.cluster.launch", json.dumps({"address": address, "scale": asdict(scale)})],
            env={**os.environ, **to_environ(settings), CODE_PATH: os.pathsep.join(paths)},
            stdin=subprocess.PIPE,  # closed when this process ends, however it does
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for gunicorn, which lets requests end first
        )

    def address(self) -> str:
        """Of the cluster, once it runs; the replicas may still load. Raises StartError."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise StartError("Ray could not be started, or not be reached; its messages are above")
        return str(json.loads(line)["address"])


def main() -> int:
    """The work is done in a child, since Ray ends the process when its head node is lost, and somebody must notice."""
    parent, has_address = os.getppid(), mmap.mmap(-1, 1)  # shared with the child, which sets it to 1
    child = os.fork()
    if not child:
        return _work(has_address)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    # Without an address the parent waits for one, and notices by itself that this process ends.
    if code and has_address[0] and os.getppid() == parent:
        if code != NOT_DEPLOYED:
            print("elbarto: error: Ray has ended here, and so does this server", file=sys.stderr, flush=True)
        os.kill(parent, signal.SIGTERM)
    return code


def _work(has_address: mmap.mmap) -> int:
    options = json.loads(sys.argv[1])
    try:
        address = _start_ray(options["address"], Scale(**options["scale"]))
        has_address[0] = 1
        print(json.dumps({"address": address}), flush=True)
        _deploy(Scale(**options["scale"]))
    except Exception as error:
        print(f"elbarto: error: the replicas cannot be deployed: {error}", file=sys.stderr, flush=True)
        return NOT_DEPLOYED
    sys.stdin.read()  # until the parent ends
    if options["address"] is None:
        _stop_ray()
    return 0


def _start_ray(address: str | None, scale: Scale) -> str:
    """Start a cluster or connect to one. Returns its address."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    given: dict[str, Any] = {"address": address}
    if address is None:
        given = {"address": "local", "include_dashboard": False}
        if scale.num_cpus is not None:  # as many as are asked for, also where there are fewer
            given["num_cpus"] = scale.num_cpus * scale.max_replicas
    context = ray.init(**given, log_to_driver=True, configure_logging=False)
    return str(context.address_info["gcs_address"])


def _deploy(scale: Scale) -> None:
    """Returns once the replicas are ready."""
    from ray import serve

    from app.cluster.deployment import deployment

    serve.start(proxy_location="Disabled")
    serve.run(deployment(replica_settings(load_settings().settings), scale), name=APPLICATION, route_prefix=None)


def _stop_ray() -> None:
    import ray
    from ray import serve

    serve.shutdown()
    ray.shutdown()


if __name__ == "__main__":
    sys.exit(main())
