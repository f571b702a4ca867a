"""Deploy replicas on a Ray cluster, as `serve deploy` does, without the dashboard that it needs: ADDRESS ARGUMENTS.

ARGUMENTS are `args` of a deployment file, as JSON. Returns once the replicas are ready.
"""

from __future__ import annotations

import json
import sys

import ray
from ray import serve

from app.cluster.deployment import build

if __name__ == "__main__":
    address, arguments = sys.argv[1:]
    ray.init(address=address, configure_logging=False, log_to_driver=False)
    serve.start(proxy_location="Disabled")
    serve.run(build(json.loads(arguments)), name="elbarto", route_prefix=None)
