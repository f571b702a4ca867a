"""HTTP: the only place that imports flask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask

from app.api import (
    auth,
    chat,
    completions,
    docs,
    errors,
    generations,
    health,
    in_flight,
    infill,
    llama_cpp,
    model_list,
    pages,
    request_log,
    sockets,
    steps,
    tokens,
)
from app.api.context import EXTENSION
from app.api.origins import allow_origins
from app.serving.service import Service


@dataclass(frozen=True)
class HttpConfig:
    """`cors_origins` are origins in which `*` stands for any host, or after a colon any port; bytes and seconds."""

    api_key: str | None = None
    cors_origins: Sequence[str] = ()
    max_body_bytes: int = 4 * 2**20
    sse_keepalive_s: float = 15.0
    watch: str = "positions"
    version: str = "0"


def create_flask(service: Service, config: HttpConfig) -> Flask:
    app = Flask("elbarto", static_folder=None)
    app.extensions[EXTENSION] = service
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    app.config["SSE_KEEPALIVE_S"] = config.sse_keepalive_s
    app.config[generations.WATCH] = config.watch
    app.config[docs.VERSION] = config.version
    app.extensions[in_flight.EXTENSION] = in_flight.InFlight()
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    request_log.register(app)
    allow_origins(app, config.cors_origins, [request_log.HEADER, "Retry-After", "x-elbarto-ignored"])
    if config.api_key:
        auth.require_key(app, config.api_key)
    errors.register(app, config.max_body_bytes)
    sockets.register(app, config.max_body_bytes)
    for part in (chat, completions, infill, llama_cpp, model_list, health, tokens, steps, generations, pages, docs):
        app.register_blueprint(part.blueprint)
    return app
