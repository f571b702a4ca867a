"""HTTP: the only place that imports flask."""

from __future__ import annotations

from flask import Flask

from app.api import (
    about,
    auth,
    chat,
    client_connection,
    completions,
    docs,
    errors,
    generations,
    health,
    ignored_fields,
    infill,
    limits,
    llama_cpp,
    metrics,
    model_list,
    pages,
    request_log,
    responses,
    sockets,
    steps,
    tokens,
)
from app.api.anthropic import routes as anthropic
from app.api.client_limits import RATE_HEADERS, ClientLimits
from app.api.context import EXTENSION, Http
from app.api.context import HttpConfig as HttpConfig
from app.api.ollama import routes as ollama
from app.api.origins import allow_origins
from app.api.proxies import Addresses
from app.api.seats import Seats
from app.keys import Keys
from app.serving.service import Service
from app.serving.tracing import NO_TRACING, Tracing


def create_flask(service: Service, config: HttpConfig, tracing: Tracing = NO_TRACING) -> Flask:
    app = Flask("elbarto", static_folder=None)
    keys = Keys(config.api_key, config.api_keys_file)
    if keys.are_required:
        service.metrics.expect_keys(lambda: keys.names)
    app.extensions[EXTENSION] = Http(
        service=service,
        config=config,
        requests=Seats(config.max_requests, "requests are in progress"),
        followers=Seats(config.max_followers, "clients follow running requests"),
        new_sockets=Seats(config.max_new_sockets, "WebSockets have not sent their request yet"),
        bodies=Seats(limits.MAX_BODIES * config.max_body_bytes, "bytes of requests are in progress"),
        keys=keys,
        limits=ClientLimits(config.max_concurrent_per_key, config.requests_per_minute_per_key),
    )
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    client_connection.register(app)
    request_log.register(app, service.metrics, tracing)
    exposed = [request_log.HEADER, ignored_fields.HEADER, "Retry-After", *RATE_HEADERS]
    allow_origins(app, config.cors_origins, exposed, None if keys.are_required else config.allowed_hosts)
    auth.require_key(app)
    limits.register(app)
    errors.register(app, config.max_body_bytes)
    ignored_fields.register(app)
    sockets.register(app, config.max_body_bytes)
    texts = (chat, responses, completions, infill, anthropic, llama_cpp, ollama)
    for part in (*texts, model_list, health, about, tokens, steps, generations, pages, docs):
        app.register_blueprint(part.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.wsgi_app = Addresses(app.wsgi_app, config.trusted_proxies, config.root_path)  # type: ignore[method-assign]
    return app
