"""The transport over a handle of Ray Serve."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ray
from ray import serve

from app.cluster import members
from app.cluster.serve_router import ANY
from app.cluster.wire import Message
from app.serving.engine_client import SequenceRequest

logger = logging.getLogger(__name__)

CONNECT_S = 2.0


class ServeTransport:
    """A Transport. The cluster may not run yet, and the application not be deployed, when it is made."""

    def __init__(self, address: str, application: str) -> None:
        """`address` is that of the cluster's head, HOST:PORT."""
        self.front = uuid.uuid4().hex
        self._address, self._application = address, application
        self._handle: Any = None
        self._streams: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def connect(self, on_members: Callable[[frozenset[str]], None]) -> None:
        members.listen(on_members)
        threading.Thread(target=self._find, name="elbarto-find", daemon=True).start()

    def _find(self) -> None:
        """Wait for the cluster, and until the application is deployed."""
        self._repeat(self._join, logging.WARNING)
        self._repeat(self._call, logging.DEBUG)

    def _repeat(self, step: Callable[[], None], level: int) -> None:
        """Until it succeeds. Logs the reason of a failure, unless it is the last one's again."""
        logged = ""
        while not self._closed.is_set():
            try:
                step()
                return
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                if reason != logged:
                    logger.log(level, "there are no replicas yet at %s: %s", self._address, reason)
                logged = reason
                self._closed.wait(0.5)

    def _join(self) -> None:
        """Ray ends a process that asks it to connect to a cluster that is not there, hence the look before."""
        host, _, port = self._address.rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
        ray.init(address=self._address, configure_logging=False, log_to_driver=False)

    def _call(self) -> None:
        """The first call to a replica makes Serve's router, which tells the members."""
        self._handle = serve.get_app_handle(self._application)
        self._handle.num_sequences.remote(to=ANY).result()

    def events(self, name: str) -> Iterator[Message]:
        stream = self._handle.options(stream=True).events.remote(self.front, to=name)
        with self._lock:
            self._streams[name] = stream
        yield from stream

    def disconnect(self, name: str) -> None:
        with self._lock:
            stream = self._streams.pop(name, None)
        if stream is not None:
            _cancel(stream)

    def start(self, name: str, key: int, request: SequenceRequest, is_watched: bool) -> Callable[[], None]:
        response = self._handle.run.remote(self.front, key, request, is_watched, to=name)
        return lambda: _cancel(response)

    def watch(self, name: str, keys: Sequence[int], is_watched: bool) -> None:
        self._handle.watch.remote(self.front, list(keys), is_watched, to=name)

    def close(self) -> None:
        self._closed.set()
        for name in list(self._streams):
            self.disconnect(name)


def _cancel(response: Any) -> None:
    with contextlib.suppress(Exception):  # it may have ended, or its replica
        response.cancel()
