"""gunicorn's master, with signals as an operator expects them (docs/operations.md).

SIGTERM lets running requests finish, and a second one does not. SIGHUP reads the settings again, and keeps the
old ones if they are wrong; the old worker ends before the next one loads the model, so that memory has to hold it only
once. A terminal that is closed ends a server that was started in it.

A model that cannot be loaded ends the server at its start only. Later, when the worker has to be replaced, the reason
may pass (memory that another process holds, a disk that is full), so loading is tried again, less and less often.
"""

from __future__ import annotations

import mmap
import os
import signal
import time
from typing import Any

from gunicorn import sock
from gunicorn.arbiter import Arbiter

MAX_PAUSE_S = 60
_NO_EXIT_CODE = -1  # equal to no worker's


def take_over(arbiter: Any) -> None:
    """Called by gunicorn.conf.py in the hook `on_starting`: gunicorn offers no other way to choose the master."""
    arbiter.__class__ = Master
    arbiter.had_terminal = _has_terminal()
    arbiter.loaded_flag = mmap.mmap(-1, 1)
    arbiter.num_failures = 0
    arbiter.next_start = 0.0


class Master(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    had_terminal: bool
    loaded_flag: mmap.mmap  # shared with the worker, which sets it to 1 once its model is loaded
    num_failures: int  # workers, one after another, that ended before their model was loaded
    next_start: float  # of a worker
    LISTENERS: list[Any]

    def reap_workers(self) -> None:
        was_loaded = self.loaded_flag[0] == 1
        if was_loaded:
            # gunicorn ends when a worker exits with one of these.
            self.WORKER_BOOT_ERROR = self.APP_LOAD_ERROR = _NO_EXIT_CODE
        before = len(self.WORKERS)
        super().reap_workers()
        is_ending = not self.LISTENERS
        if len(self.WORKERS) == before or is_ending:
            return
        self.num_failures = 0 if was_loaded else self.num_failures + 1
        if self.num_failures > 0:
            pause_s = min(2**self.num_failures, MAX_PAUSE_S)
            self.next_start = time.monotonic() + pause_s
            self.log.warning("The worker ended before its model was loaded; the next one starts in %d s.", pause_s)

    def manage_workers(self) -> None:
        if not self.WORKERS and time.monotonic() < self.next_start:
            return
        super().manage_workers()

    def spawn_worker(self) -> Any:
        self.loaded_flag = mmap.mmap(-1, 1)
        return super().spawn_worker()

    def stop(self, graceful: bool = True) -> None:
        """The second SIGTERM ends what is running, as SIGQUIT does."""
        signal.signal(signal.SIGTERM, lambda *_: self.SIG_QUEUE.put_nowait(signal.SIGQUIT))
        super().stop(graceful)

    def handle_hup(self) -> None:
        if self.had_terminal and not _has_terminal():
            self.log.info("The terminal was closed.")
            self.handle_term()
        config, environ = self.app.cfg, dict(os.environ)
        try:
            self.app.reload()
            self._listen_at(self.app.cfg)
        except SystemExit:  # gunicorn.conf.py, or gunicorn itself, has printed what is wrong
            self.app.cfg = config
            os.environ.clear()  # a worker that is started later reads the settings there
            os.environ.update(environ)
            self.log.error("The settings were not reloaded; the server keeps the old ones.")
            return
        self.setup(self.app)
        self.log.info("The settings were reloaded; the worker is replaced.")
        self.next_start = 0.0
        self.kill_workers(signal.SIGTERM)  # The main loop starts the next one when this one has ended.

    def _listen_at(self, config: Any) -> None:
        """Raises SystemExit if that cannot be; the old listeners stay."""
        if config.address == self.cfg.address:
            return
        listeners = sock.create_sockets(config, self.log)
        for listener in self.LISTENERS:
            listener.close()
        self.LISTENERS = listeners
        self.log.info("Listening at: %s", ",".join(str(listener) for listener in self.LISTENERS))


def _has_terminal() -> bool:
    """Whether this process has a terminal that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK))
    except OSError:
        return False
    return True
