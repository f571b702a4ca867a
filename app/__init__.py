"""El Barto Serve: an OpenAI-compatible server for block-diffusion code models.

`create_app` wires everything together. It imports lazily: `app.settings` needs neither flask nor torch, and during the
import of this module Ctrl-C would print a traceback, as the command line cannot deal with it yet.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # as in typing, which takes milliseconds to import
if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from flask import Flask

    from app.api import HttpConfig
    from app.front.threads import Threads
    from app.messages.defaults import Defaults
    from app.messages.options import Overrides
    from app.messages.params import ModelSource
    from app.serving.backend import Backend, Frontend
    from app.serving.metrics import Metrics
    from app.serving.service import Service
    from app.serving.tracing import Tracing
    from app.settings import Settings

    Load = Callable[[], tuple[Backend, Frontend]]
    Serve = Callable[[Settings, Metrics, Tracing], Service]

__version__ = "0.1.0"

# OpenTelemetry's own variables: any of them turns tracing on.
TRACING = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
OTLP_PROTOCOL = "http/protobuf"
# gunicorn's exit code for "worker failed to boot": the master exits too, instead of starting another worker.
BOOT_ERROR = 3
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def create_app(settings: Settings | None = None, load: Load | None = None, serve: Serve | None = None) -> Flask:
    """The WSGI application; the model loads on the executor's thread after this returns.

    `load` replaces loading the checkpoint that the settings name (tests pass a small engine), and `serve` makes a
    service over an engine that is elsewhere.
    """
    import logging

    from app import logs
    from app.api import create_flask
    from app.api.context import EXTENSION
    from app.api.limits import RequestMemory
    from app.api.management import serve_management
    from app.errors import ConfigError
    from app.front.threads import Threads
    from app.front.worker import MAX_WAITING_BODIES
    from app.serving.metrics import Metrics
    from app.settings import load_settings

    settings = settings or load_settings().settings
    logs.configure(settings.log_level, settings.log_format)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the hub client's requests
    if settings.api_key is None and settings.keys_path is None and settings.host not in LOOPBACK:
        _logger().warning(
            "ELBARTO_API_KEY is not set: anyone who can reach %s:%d can use this server", settings.host, settings.port
        )
    try:
        tracing = start_tracing(os.environ)
    except ConfigError as error:
        end_process(error)
        raise
    metrics = Metrics(__version__, logs.dropped_lines)
    threads = Threads.for_engine(settings.max_sequences, settings.max_queue)
    load = load or (lambda: _load_checked(model_source(settings)))

    def load_and_log() -> tuple[Backend, Frontend]:
        loaded = load()
        memory = RequestMemory(
            max_body_bytes=settings.max_body_bytes,
            max_arriving=MAX_WAITING_BODIES,
            max_threads=threads.total,
            max_requests=threads.max_requests,
            max_model_len=loaded[0].info.max_model_len,
        )
        _logger().info("%s", memory)
        return loaded

    if serve is None:
        service = create_service(settings, load_and_log, end_process, metrics, tracing)
    else:
        service = serve(settings, metrics, tracing)
    app = create_flask(service, _http_config(settings, threads), tracing)
    if settings.management_port is not None:
        serve_management(app.extensions[EXTENSION], settings.management_host, settings.management_port)
    return app


def _http_config(settings: Settings, threads: Threads) -> HttpConfig:
    from app.api import HttpConfig
    from app.settings import GUIDES

    return HttpConfig(
        api_key=settings.api_key,
        api_keys_file=settings.keys_path,
        max_concurrent_per_key=settings.max_concurrent_per_key,
        requests_per_minute_per_key=settings.requests_per_minute_per_key,
        cors_origins=settings.cors_origins,
        allowed_hosts=(*settings.allowed_hosts, settings.host.lower()),
        trusted_proxies=settings.trusted_proxies,
        root_path=settings.root_path,
        max_body_bytes=settings.max_body_bytes,
        sse_keepalive_s=settings.sse_keepalive_s,
        watch=settings.watch,
        version=__version__,
        guides=GUIDES,
        max_requests=threads.max_requests,
        max_followers=threads.max_followers,
        max_new_sockets=threads.max_new_sockets,
    )


def create_service(
    settings: Settings,
    load: Load | None = None,
    on_failure: Callable[[BaseException], None] = lambda error: None,
    metrics: Metrics | None = None,
    tracing: Tracing | None = None,
) -> Service:
    """A service over an engine in this process. It returns while the model loads: see `service.wait_until_ready()`.

    The model loads on the executor's thread, so the server's port is open and /health answers meanwhile.
    """
    from concurrent.futures import Future

    from app.serving.benchmark import run_benchmark
    from app.serving.executor import LocalEngine
    from app.serving.metrics import Metrics
    from app.serving.service import Service
    from app.serving.tracing import NO_TRACING
    from app.serving.watchdog import Watchdog

    source = model_source(settings)
    defaults = settings.defaults
    load = load or (lambda: _load_checked(source))

    frontend: Future[Frontend] = Future()

    def load_and_report() -> Backend:
        backend, loaded_frontend = load()
        log_frontend(loaded_frontend, defaults)
        if settings.benchmark:
            run_benchmark(backend)
        frontend.set_result(loaded_frontend)
        return backend

    metrics = metrics or Metrics(__version__)
    engine = LocalEngine(load_and_report, on_failure, settings.max_queue, metrics, tracing or NO_TRACING)
    engine.start()
    Watchdog(engine, settings.step_timeout_s, on_failure).start()
    return Service(engine, frontend, defaults, settings.strict_model, settings.infill_max_tokens, metrics=metrics)


def start_tracing(environ: Mapping[str, str]) -> Tracing:
    """Spans, if OpenTelemetry's variables turn them on; otherwise its packages are not imported.

    Raises ConfigError.
    """
    from app.errors import ConfigError
    from app.serving.tracing import NO_TRACING

    exporter = environ.get("OTEL_TRACES_EXPORTER") or "otlp"
    is_off = exporter == "none" or environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if is_off or not any(environ.get(name) for name in TRACING):
        return NO_TRACING
    if exporter != "otlp":
        raise ConfigError(f"OTEL_TRACES_EXPORTER is {exporter!r}; allowed: otlp or none")
    for name in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if environ.get(name, OTLP_PROTOCOL) not in ("", OTLP_PROTOCOL):
            raise ConfigError(f"{name} is {environ[name]!r}; allowed: {OTLP_PROTOCOL}")
    try:
        from app.tracing import OpenTelemetry
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"tracing is turned on ({', '.join(name for name in TRACING if environ.get(name))}), but {error.name} is "
            "not installed: pip install -r requirements-tracing.txt, or elbarto-serve[tracing]"
        ) from error
    return OpenTelemetry.over_otlp(__version__)


def _load_checked(source: ModelSource) -> tuple[Backend, Frontend]:
    """The checkpoint's chat template is code: it is tried in another process before it is used in this one."""
    from app.serving.backend import load_backend
    from app.text.chat_template import check_chat_template

    backend, frontend = load_backend(source)
    check_chat_template(frontend.tokenizer.chat_template)
    return backend, frontend


def model_source(settings: Settings) -> ModelSource:
    """The settings that loading the model needs."""
    from app.messages.params import ModelSource

    return ModelSource(
        path=settings.model,
        revision=settings.model_revision,
        family=settings.family,
        mask_token_id=settings.mask_token_id,
        block_length=settings.get("block_length"),
        tokenizer=settings.tokenizer,
        device=settings.device,
        dtype=settings.dtype,
        num_threads=settings.num_threads,
        max_model_len=settings.max_model_len,
        max_sequences=settings.max_sequences,
        prefix_cache_bytes=settings.prefix_cache_bytes,
        generation_config=settings.generation_config,
        quantization=settings.quantization,
        cuda_graphs=settings.cuda_graphs,
        speculation=settings.speculation,
        grammar_max_bytes=settings.grammar_max_bytes,
        grammar_compile_ms=settings.grammar_compile_ms,
    )


def explain_defaults(settings: Settings) -> dict[str, tuple[str, str]]:
    """The request defaults that no setting sets, by setting: (value, source). Raises CheckpointError.

    A checkpoint that is not on this machine yet may override them; the source says so.
    """
    from pathlib import Path

    from app.messages.options import Overrides
    from app.models.families import named_defaults
    from app.models.files import find_here
    from app.models.generation_config import FILE, read_generation_config
    from app.serving.defaults import CHECKPOINT, explain

    defaults = settings.defaults
    if Path(settings.model).is_file():  # GGUF has no such defaults
        return explain(defaults, Overrides())
    directory = find_here(settings.model, settings.model_revision)
    if settings.generation_config == "none" and directory is None:
        return explain(defaults, Overrides())
    if directory is None:
        return {
            name: (value, f"{source}, unless the checkpoint (not downloaded yet) has one")
            for name, (value, source) in explain(defaults, Overrides()).items()
        }
    own = named_defaults(directory, settings.model, settings.get("block_length"))
    chosen = Overrides() if settings.generation_config == "none" else read_generation_config(directory)
    places = {
        name: str(directory / FILE) if name in chosen else "its family's" for name in (*own.values, *chosen.values)
    }
    if "tokens_per_step" in places:
        places["steps"] = places["tokens_per_step"]
    rows = explain(defaults, Overrides({**own.values, **chosen.values}))
    return {
        name: (value, f"{source} ({places[name]})" if source == CHECKPOINT and name in places else source)
        for name, (value, source) in rows.items()
    }


def log_frontend(frontend: Frontend, defaults: Overrides[Defaults]) -> None:
    """What an operator should know of it."""
    _log_defaults(defaults, frontend.request_defaults)
    if not frontend.tokenizer.has_chat_template:
        _logger().warning("the checkpoint has no chat template: chats are refused; /v1/completions continues texts")


def _log_defaults(defaults: Overrides[Defaults], checkpoint: Overrides[Defaults]) -> None:
    from app.serving.defaults import CHECKPOINT, explain

    rows = [
        f"{name} {value}" for name, (value, source) in explain(defaults, checkpoint).items() if source == CHECKPOINT
    ]
    if rows:
        _logger().info("request defaults from the checkpoint: %s", ", ".join(rows))


def _logger() -> logging.Logger:
    import logging

    return logging.getLogger(__name__)


def end_process(error: BaseException) -> None:
    """Report why there is no usable model, and exit. gunicorn starts another worker only after a broken engine."""
    from app import logs
    from app.errors import EngineBroken, StartError

    if isinstance(error, EngineBroken):
        _logger().critical("%s; this process exits, so that gunicorn starts a new one", error)
        logs.flush()
        os._exit(1)
    if isinstance(error, StartError):
        print(f"elbarto: error: {error}", file=sys.stderr, flush=True)
    else:
        _logger().error("the model could not be loaded", exc_info=error)
    logs.flush()
    os._exit(BOOT_ERROR)
