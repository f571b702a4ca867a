"""The server in front of the replicas: everything but the engine, in gunicorn's worker."""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from app import create_app as create_server
from app import end_process, log_frontend, model_source
from app.cluster.frontend import load_frontend
from app.cluster.pool import ReplicaPool
from app.cluster.serve_transport import ServeTransport
from app.cluster.settings import APPLICATION
from app.serving.backend import Frontend
from app.serving.metrics import Metrics
from app.serving.service import Service
from app.serving.tracing import Tracing
from app.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger(__name__)


def create_app(address: str) -> Flask:
    """The WSGI application, over the replicas of the Ray cluster at this address."""
    return create_server(serve=partial(_create_service, address))


def _create_service(address: str, settings: Settings, metrics: Metrics, tracing: Tracing) -> Service:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    pool = ReplicaPool(ServeTransport(address, APPLICATION), metrics=metrics, tracing=tracing)
    pool.start()
    frontend: Future[Frontend] = Future()

    def load() -> None:
        try:
            loaded = load_frontend(model_source(settings))
        except BaseException as error:
            end_process(error)
            raise
        log_frontend(loaded, settings.defaults)
        frontend.set_result(loaded)

    threading.Thread(target=load, name="elbarto-frontend", daemon=True).start()
    return Service(
        pool, frontend, settings.defaults, settings.strict_model, settings.infill_max_tokens, metrics=metrics
    )
