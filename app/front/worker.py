"""gunicorn's threaded worker, with connections that cannot stop it.

A thread gets a connection once its whole request has arrived. Until then it waits in the worker's own loop, which costs
no thread: clients that send slowly, or nothing at all, hold up nobody. Their time is limited, so is the number of
connections of one address, and when there is no room for a new connection, the one that has waited longest goes.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import selectors
import signal
import socket
import time
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from gunicorn import util
from gunicorn.http.body import ChunkedReader
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.errors import RequestError
from app.front.arrived import ArrivedBytes, Chunks
from app.front.incoming import IncomingRequest
from app.front.pool import Pool
from app.front.waiting import WaitingLine

READ_BYTES = 64 * 1024
# Requests that are still arriving may hold this many bodies' worth of memory together.
MAX_WAITING_BODIES = 64
IDLE_S = 75.0  # a kept-alive connection between two requests
TICK_S = 0.5  # of the loop, when nothing happens
STOPPING_IDLE_S = 2.0  # the same while the server stops: a request may be on its way
LINGER_S = 2.0  # after the last answer, for the client to read it and close
# TCP's own: a client that has vanished is noticed after a minute and a half. Seconds, seconds, probes.
KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Set by gunicorn.conf.py."""

    request_s: float = 30.0  # for a request's head and body together, from its first byte
    send_s: float = 30.0  # for a client to take one piece of an answer
    connections_per_address: int = 0  # 0: any number
    max_body_bytes: int = 4 * 2**20
    unlimited: tuple[str, ...] = ()  # addresses and networks of reverse proxies, or `*`

    def is_unlimited(self, address: str) -> bool:
        """Whether an address may have any number of connections: a proxy has those of all its clients."""
        if not address or "*" in self.unlimited:
            return True
        parsed = ipaddress.ip_address(address.partition("%")[0])
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(parsed in ipaddress.ip_network(network, strict=False) for network in self.unlimited)


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A client's connection, and the request that arrives on it."""

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any, limits: Limits) -> None:
        super().__init__(cfg, sock, client, server)
        self.data_ready = True
        self.address = client[0] if isinstance(client, tuple) else ""  # "": a socket of the file system
        self.is_closed = False
        self._limits = limits
        self.expect_request()

    def expect_request(self, begun_with: bytes = b"") -> None:
        self.incoming = IncomingRequest(self._limits.max_body_bytes)
        self.incoming.feed(begun_with)

    def init(self) -> None:
        """Called by the thread that serves a request, before it reads the first byte of it."""
        super().init()
        if not isinstance(self.parser.unreader, ArrivedBytes):
            self.parser.unreader = ArrivedBytes(self.sock)
        self.parser.unreader.put(bytes(self.incoming.data))
        self.incoming.data.clear()


class Worker(ThreadWorker):  # type: ignore[misc]
    """`limits` are class state, since gunicorn makes the worker."""

    limits = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._idle: WaitingLine[Connection] = WaitingLine(IDLE_S)
        self._arriving: WaitingLine[Connection] = WaitingLine(self.limits.request_s)
        self._closing: WaitingLine[Connection] = WaitingLine(LINGER_S)
        self._arriving_bytes = 0
        self._addresses: Counter[str] = Counter()

    def get_thread_pool(self) -> Pool:
        return Pool(self.log, self.cfg.threads)

    # --- The loop ---

    def run(self) -> None:
        self.poller.register(self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks)
        self.set_accept_enabled(True)
        while self.alive:
            self._turn()
            if not self.is_parent_alive():
                os.kill(os.getpid(), signal.SIGINT)  # at once: the next master needs the port
        self._drain()
        self.murder_keepalived(force=True)
        self.tpool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()
        for listener in self.sockets:
            listener.close()

    def _drain(self) -> None:
        """Let running requests finish. New ones are taken, and told by the application that it is shutting down."""
        end = time.monotonic() + self.cfg.graceful_timeout
        while self._num_served > 0 and time.monotonic() < end:
            self._turn()
        self.set_accept_enabled(False)
        end = min(end, time.monotonic() + STOPPING_IDLE_S)
        while self.nr_conns > 0 and time.monotonic() < end:
            self._turn()

    @property
    def _num_served(self) -> int:
        """Connections that a thread serves."""
        number: int = self.nr_conns - len(self._idle) - len(self._arriving) - len(self._closing)
        return number

    def _turn(self) -> None:
        self.notify()
        self.set_accept_enabled(self.nr_conns < self.worker_connections)
        self.wait_for_and_dispatch_events(timeout=TICK_S)
        self.murder_keepalived()

    # --- New connections ---

    def accept(self, listener: socket.socket) -> None:
        try:
            client_sock, client_addr = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK, errno.EMFILE, errno.ENFILE):
                raise
            if error.errno in (errno.EMFILE, errno.ENFILE) and not self._make_room():
                time.sleep(0.05)  # no descriptor is left: the listener stays readable
            return
        keep_alive(client_sock)
        connection = Connection(self.cfg, client_sock, client_addr, listener.getsockname(), self.limits)
        self.nr_conns += 1
        self._addresses[connection.address] += 1
        if self._has_too_many(connection.address):
            self._refuse(connection, 429, "Too Many Requests", f"Too many connections from {connection.address}.")
            return
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        self._wait(self._idle, connection, self._on_readable)

    def _has_too_many(self, address: str) -> bool:
        limit = self.limits.connections_per_address
        return 0 < limit < self._addresses[address] and not self.limits.is_unlimited(address)

    def _make_room(self) -> bool:
        """Close the connection that has waited longest for its client."""
        for line in (self._closing, self._idle, self._arriving):
            if (oldest := line.oldest()) is not None:
                self._close(oldest)
                return True
        return False

    # --- A request arrives ---

    def _on_readable(self, connection: Connection, _: Any) -> None:
        try:
            data = connection.sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close(connection)
            return
        now = time.monotonic()
        if self._idle.discard(connection):
            self._arriving.add(connection, now)
        had_head = connection.incoming.has_head
        connection.incoming.feed(data)
        self._arriving_bytes += len(data)
        if connection.incoming.is_complete:
            self._serve(connection)
        elif self._arriving_bytes > MAX_WAITING_BODIES * self.limits.max_body_bytes:
            message = "Too many requests are arriving at once; please try again later."
            self._refuse(connection, 503, "Service Unavailable", message)
        elif connection.incoming.expects_continue and not had_head:
            with contextlib.suppress(OSError):
                connection.sock.send(_CONTINUE)

    def _serve(self, connection: Connection) -> None:
        self._stop_waiting(connection)
        self.enqueue_req(connection)

    # --- After the answer ---

    def finish_request(self, conn: Connection, fs: Future[Any]) -> None:
        try:
            self._go_on(conn, fs)
        except Exception:  # one connection's trouble must not end the loop
            self.log.exception("A connection could not be kept: %s", conn.client)
            self._close(conn)

    def _go_on(self, conn: Connection, fs: Future[Any]) -> None:
        keep = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        if not keep or conn.sock.fileno() == -1:
            self._linger(conn)
            return
        conn.expect_request(conn.parser.unreader.take_buffered())
        if conn.incoming.is_complete:
            self._serve(conn)
            return
        line = self._arriving if conn.incoming.data else self._idle
        self._arriving_bytes += len(conn.incoming.data)  # none, if idle
        self._wait(line, conn, self._on_readable)

    def _linger(self, connection: Connection) -> None:
        """Send the end of the stream, and close once the client has: closing with unread bytes would reset it."""
        try:
            connection.sock.setblocking(False)
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
            return
        self._wait(self._closing, connection, self._on_lingering_readable)

    def _on_lingering_readable(self, connection: Connection, _: Any) -> None:
        try:
            if connection.sock.recv(READ_BYTES):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._close(connection)

    # --- Waiting, and its end ---

    def _wait(self, line: WaitingLine[Connection], connection: Connection, on_readable: Any) -> None:
        connection.sock.setblocking(False)
        line.add(connection, time.monotonic())
        self.poller.register(connection.sock, selectors.EVENT_READ, partial(on_readable, connection))

    def _stop_waiting(self, connection: Connection) -> None:
        if self._arriving.discard(connection):
            self._arriving_bytes -= len(connection.incoming.data)
        elif not (self._idle.discard(connection) or self._closing.discard(connection)):
            return
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(connection.sock)

    def _refuse(self, connection: Connection, status: int, reason: str, message: str) -> None:
        with contextlib.suppress(OSError):
            util.write_error(connection.sock, status, reason, message)
        self._stop_waiting(connection)
        self._linger(connection)

    def _close(self, connection: Connection) -> None:
        if connection.is_closed:
            return
        connection.is_closed = True
        self._stop_waiting(connection)
        self.nr_conns -= 1
        self._addresses -= Counter((connection.address,))
        connection.close()

    def murder_keepalived(self, force: bool = False) -> None:
        """Called once a second or oftener: let go of those whose time is over."""
        now = time.monotonic()
        for connection in [*self._idle] if force else self._idle_too_long(now):
            self._close(connection)
        for connection in self._arriving.expired(now):
            limit = f"{self.limits.request_s:g} s"
            self._refuse(connection, 408, "Request Timeout", f"The request did not arrive whole within {limit}.")
        for connection in self._closing.expired(now):
            self._close(connection)

    def _idle_too_long(self, now: float) -> list[Connection]:
        return self._idle.expired(now if self.alive else now + IDLE_S - STOPPING_IDLE_S)

    # --- In the thread that serves a request ---

    def handle_request(self, req: Any, conn: Connection) -> Any:
        # Python limits the whole of a `sendall` by this, however little the client takes at a time.
        conn.sock.settimeout(self.limits.send_s)
        if isinstance(req.body.reader, ChunkedReader):
            req.body.reader = Chunks(req.body.reader, req.force_close)
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            self.log.info("A client took nothing of its answer for %g s: %s", self.limits.send_s, conn.client)
        except OSError as error:
            if conn.sock.fileno() != -1 and error.errno != errno.EBADF:
                raise
            self.log.debug("The connection was closed while it was served: %s", conn.client)
        raise StopIteration

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Read what the application left of the body. If that fails, its request is answered all the same."""
        try:
            return bool(super()._keepalive_after(conn, keepalive))
        except RequestError as error:
            self.log.debug("Closing a connection: %s", error)
            return False


def keep_alive(connection: socket.socket) -> None:
    """Have the system find out whether a silent client's machine is still there: for requests that wait long."""
    with contextlib.suppress(OSError):  # a socket of the file system
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if hasattr(socket, name):  # not all are there on all systems
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
