"""gunicorn's configuration, derived from app.settings; an installed wheel has it as app/_data/gunicorn.conf.py.

It is executed in gunicorn's master process, which never loads the model: the single worker does.
"""

import json
import logging
import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from gunicorn import util

# For `gunicorn wsgi:app` in another directory: an `app` or `wsgi` there must not be imported.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from app.errors import StartError
from app.front import master, resources
from app.front.log import Log
from app.front.threads import Threads
from app.front.worker import Limits, Worker
from app.keys import read_keys
from app.settings import Settings, load_settings

T = TypeVar("T")

logger = logging.getLogger("elbarto.request")
# gunicorn answers 500 to requests outside of SCRIPT_NAME, also to a health check that comes without the proxy.
_script_name = os.environ.pop("SCRIPT_NAME", "")
if _script_name and not os.environ.get("ELBARTO_ROOT_PATH"):
    os.environ["ELBARTO_ROOT_PATH"] = _script_name


def _or_exit(load: Callable[[], T]) -> T:
    try:
        return load()
    except StartError as error:
        print(f"elbarto: error: {error}", file=sys.stderr)
        sys.exit(2)


def _load() -> Settings:
    loaded = load_settings()
    if loaded.settings.keys_path is not None:
        read_keys(loaded.settings.keys_path)  # The worker reads them again; here, a mistake stops a start or reload.
    for warning in loaded.warnings:
        print(f"elbarto: warning: {warning}", file=sys.stderr)
    return loaded.settings


_settings = _or_exit(_load)

logger_class = Log
Log.format_name = _settings.log_format
errorlog = None  # Log has gunicorn's messages go where all others do
loglevel = _settings.log_level
accesslog = None  # app.api.request_log logs one line for each request

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
workers = 1
worker_class = "app.front.worker.Worker"
Worker.limits = Limits(
    request_s=_settings.request_timeout_s,
    connections_per_address=_settings.max_connections_per_address,
    max_body_bytes=_settings.max_body_bytes,
    unlimited=_settings.trusted_proxies,
)
threads = Threads.for_engine(_settings.max_sequences, _settings.max_queue).total
# Idle keep-alive connections occupy no thread, but each has a file descriptor.
worker_connections, _few_connections = _or_exit(lambda: resources.fit_connections(threads + 1000, threads))
worker_tmp_dir = _or_exit(resources.temporary_directory)
resources.limit_arenas()
keepalive = 75  # not 0; app.front.worker has the time
timeout = 60  # of the worker's loop, which no request can hold up; app.serving.watchdog looks after the engine
# After shutdown_s the executor aborts the remaining requests; their streams need a moment to send the error.
graceful_timeout = _settings.shutdown_s + 5
forwarded_allow_ips = ""  # app.api.proxies decides whose X-Forwarded-* headers count
# gunicorn's management socket is in the home directory, where two servers would conflict.
control_socket_disable = True


def on_starting(server: Any) -> None:
    _or_exit(lambda: resources.check_threads(threads))  # not at a reload, when the old worker still has its own
    if _few_connections:
        server.log.warning(_few_connections)
    master.take_over(server)


def post_fork(server: Any, worker: Any) -> None:
    worker.loaded_flag = server.loaded_flag


def post_worker_init(worker: Any) -> None:
    """Make the signals that end the worker close the executor too: the worker waits for its open streams."""
    util.write_error = partial(_write_error, worker)  # gunicorn has no setting for this
    threading.Thread(target=_when_loaded, args=(worker,), daemon=True).start()
    _close_at(worker, signal.SIGTERM, _settings.shutdown_s)
    _close_at(worker, signal.SIGINT, 0)  # Ctrl-C: at once
    _close_at(worker, signal.SIGQUIT, 0)


def _when_loaded(worker: Any) -> None:
    """Tell the master, and log the address to open."""
    try:
        worker.wsgi.extensions["elbarto"].service.wait_until_ready()
    except Exception:  # the application has reported it
        return
    worker.loaded_flag[0] = 1
    host, port = worker.sockets[0].getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    logging.getLogger("app").info("Open http://%s:%d/", f"[{host}]" if ":" in host else host, port)


def _close_at(worker: Any, signal_number: int, timeout_s: float) -> None:
    end_worker = signal.getsignal(signal_number)

    def stop(number: int, frame: Any) -> None:
        service = worker.wsgi.extensions["elbarto"].service
        threading.Thread(target=service.close, args=(timeout_s,), daemon=True).start()
        end_worker(number, frame)

    signal.signal(signal_number, stop)


def _write_error(worker: Any, connection: Any, status: int, reason: str, message: str) -> None:
    """Answer requests that gunicorn itself rejects in OpenAI's error format, as the application does."""
    if status == 501:  # an unknown Transfer-Encoding: no fault of the server, which is what a 5xx is counted as
        status, reason = 400, "Bad Request"
    request_id = f"req-{uuid.uuid4().hex}"
    worker.wsgi.extensions["elbarto"].service.metrics.count_refusal(status)
    logger.info("id=%s route=(refused) status=%d", request_id, status)
    error = {"message": message or reason, "type": "invalid_request_error", "param": None, "code": None}
    body = json.dumps({"error": error})
    head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/json\r\n"
    head += f"x-request-id: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
    util.write_nonblock(connection, (head + body).encode("ascii"))


def worker_exit(server: Any, worker: Any) -> None:
    """Stop the engine's thread. gunicorn calls this in the worker."""
    application = getattr(worker.app, "callable", None)  # None if the app failed to load
    extension = getattr(application, "extensions", {}).get("elbarto")
    if extension is not None:
        extension.service.close()
