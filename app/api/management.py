"""A second port for those who watch the server: it answers when every thread of the first is busy."""

from __future__ import annotations

import logging
import threading

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from app.api import errors, health, metrics, request_log
from app.api.context import EXTENSION, Http
from app.errors import StartError
from app.serving.tracing import NO_TRACING

logger = logging.getLogger(__name__)

REQUEST_S = 5.0  # for a client to send its request, and to take the answer


class Handler(WSGIRequestHandler):
    timeout = REQUEST_S

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: the application logs its requests."""


def create_management(http: Http) -> Flask:
    """An application with the routes for those who watch the server. None needs a key, so its port is not for all."""
    app = Flask("elbarto.management", static_folder=None)
    app.extensions[EXTENSION] = http
    app.json.sort_keys = False  # type: ignore[attr-defined]
    request_log.register(app, http.service.metrics, NO_TRACING)
    errors.register(app, max_body_bytes=0)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
    return app


def serve_management(http: Http, host: str, port: int) -> ThreadedWSGIServer:
    """Serve on a separate thread until `shutdown`. Raises StartError if the port cannot be bound."""
    try:
        server = ThreadedWSGIServer(host, port, create_management(http), handler=Handler)
    except (OSError, SystemExit) as error:  # werkzeug prints, and exits
        raise StartError(f"cannot listen on {host} port {port} (ELBARTO_MANAGEMENT_PORT): {error}") from error
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="elbarto-management", daemon=True).start()
    logger.info("health, readiness and metrics at http://%s:%d/health, /ready and /metrics", host, server.server_port)
    return server
