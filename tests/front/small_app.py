"""A small application behind the worker, with settings that make its limits quick to reach."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

from app.front.worker import Limits, Worker

bind = "127.0.0.1:0"
threads = 4
worker_connections = 60
worker_class = Worker
control_socket_disable = True
graceful_timeout = 5
Worker.limits = Limits(request_s=1.0, send_s=0.5, connections_per_address=50, max_body_bytes=2**20)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = b"" if environ["PATH_INFO"] == "/unread" else environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/endless":
        start_response("200 OK", [])
        return iter(lambda: b"x" * 2**16, b"")
    answer = b"%s %d" % (environ["PATH_INFO"].encode(), len(body))
    if environ["PATH_INFO"] == "/keepalive":
        connection: socket.socket = environ["gunicorn.socket"]
        options = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE))
        answer = b"%d %d" % tuple(connection.getsockopt(*option) for option in options)
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
