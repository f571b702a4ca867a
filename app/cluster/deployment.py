"""The replica as a deployment of Ray Serve, and the application that `serve run` and `serve deploy` build."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from ray import serve
from ray.serve.config import AutoscalingConfig, RequestRouterConfig
from ray.serve.schema import LoggingConfig

from app import logs
from app.cluster.replica import Replica
from app.cluster.settings import ReplicaSettings, Scale, read_arguments
from app.cluster.wire import Message
from app.serving.backend import Backend, load_backend
from app.serving.engine_client import SequenceRequest
from app.serving.watchdog import Watchdog
from app.text.chat_template import check_chat_template

logger = logging.getLogger(__name__)

ROUTER = "app.cluster.serve_router:AddressedRouter"
MAX_ONGOING = 100_000  # the front's pool limits what a replica gets


class EngineReplica:
    """Loads in its constructor: until that returns, Ray gives the replica to nobody."""

    def __init__(self, settings: ReplicaSettings) -> None:
        logs.configure(settings.log_level, settings.log_format)
        self._replica = Replica(lambda: _load(settings), self._fail, settings.max_queue)
        self._is_loading = True
        engine = self._replica.engine
        engine.start()
        engine.wait_until_ready()
        self._is_loading = False
        Watchdog(engine, settings.step_timeout_s, self._fail).start()

    async def events(self, front: str, *, to: str) -> AsyncIterator[Message]:
        async for message in self._replica.events(front):
            yield message

    async def run(self, front: str, key: int, request: SequenceRequest, is_watched: bool, *, to: str) -> None:
        await self._replica.run(front, key, request, is_watched)

    async def watch(self, front: str, keys: Sequence[int], is_watched: bool, *, to: str) -> None:
        await self._replica.watch(front, keys, is_watched)

    async def num_sequences(self, *, to: str) -> int:
        return self._replica.num_sequences

    async def check_health(self) -> None:
        """Ray calls this, and starts the replica again if it raises."""
        self._replica.check_health()

    def _fail(self, error: BaseException) -> None:
        """While it loads, the constructor raises the error; later the process ends, and Ray starts another."""
        if not self._is_loading:
            logger.critical("%s; this replica ends, so that Ray starts a new one", error)
            logs.flush()
            os._exit(1)


def _load(settings: ReplicaSettings) -> Backend:
    backend, frontend = load_backend(settings.source)
    check_chat_template(frontend.tokenizer.chat_template)
    return backend


def deployment(settings: ReplicaSettings, scale: Scale) -> Any:
    """The Serve application."""
    actor: dict[str, Any] = {"num_gpus": 1}
    if scale.num_cpus is not None:
        actor = {"num_gpus": 0, "num_cpus": scale.num_cpus}
        settings = replace(settings, source=replace(settings.source, num_threads=scale.num_cpus))
    number: dict[str, Any] = {"num_replicas": scale.min_replicas}
    if scale.max_replicas > scale.min_replicas:
        number = {
            "autoscaling_config": AutoscalingConfig(
                min_replicas=scale.min_replicas,
                max_replicas=scale.max_replicas,
                target_ongoing_requests=scale.target_sequences,
                upscale_delay_s=scale.upscale_delay_s,
                downscale_delay_s=scale.downscale_delay_s,
                # Serve's own values at its own delay: what it averages over must not be longer than the delay.
                metrics_interval_s=min(10, scale.upscale_delay_s),
                look_back_period_s=min(30, scale.upscale_delay_s),
            )
        }
    return (
        serve.deployment(EngineReplica, name="engine")
        .options(
            **number,
            ray_actor_options=actor,
            max_ongoing_requests=MAX_ONGOING,
            graceful_shutdown_timeout_s=scale.drain_s,
            graceful_shutdown_wait_loop_s=0.5,
            health_check_period_s=2,
            logging_config=LoggingConfig(enable_access_log=False),
            request_router_config=RequestRouterConfig(request_router_class=ROUTER),
        )
        .bind(settings)
    )


def build(arguments: dict[str, Any]) -> Any:
    """For `import_path: app.cluster.deployment:build`. `args` are settings by name, and fields of Scale.

    Raises ConfigError for a name or a value that is not allowed.
    """
    return deployment(*read_arguments(arguments))
