"""gunicorn's master, with signals as an operator expects them (docs/operations.md).

SIGTERM lets running requests finish, and a second one does not. SIGHUP reads the settings again, and goes on with the
old ones if they are wrong; the old worker ends before the next one loads the model, so that memory has to hold it only
once. A terminal that is closed ends a server that was started in it.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from gunicorn import sock
from gunicorn.arbiter import Arbiter


def take_over(arbiter: Any) -> None:
    """Called by gunicorn.conf.py in the hook `on_starting`: gunicorn offers no other way to choose the master."""
    arbiter.__class__ = Master
    arbiter.had_terminal = _has_terminal()


class Master(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    had_terminal: bool
    LISTENERS: list[Any]

    def stop(self, graceful: bool = True) -> None:
        """The second SIGTERM ends what is running, as SIGQUIT does."""
        signal.signal(signal.SIGTERM, lambda *_: self.SIG_QUEUE.put_nowait(signal.SIGQUIT))
        super().stop(graceful)

    def handle_hup(self) -> None:
        if self.had_terminal and not _has_terminal():
            self.log.info("The terminal was closed.")
            self.handle_term()
        config, address = self.app.cfg, self.cfg.address
        try:
            self.app.reload()
        except SystemExit:  # gunicorn.conf.py, or gunicorn itself, has printed what is wrong
            self.app.cfg = config
            self.log.error("The settings were not reloaded; the server goes on with the old ones.")
            return
        self.setup(self.app)
        self._listen_again(address)
        self.log.info("The settings were reloaded; the worker is replaced.")
        self.kill_workers(signal.SIGTERM)  # The main loop starts the next one when this one has ended.

    def _listen_again(self, old_address: Any) -> None:
        if self.cfg.address == old_address:
            return
        for listener in self.LISTENERS:
            listener.close()
        self.LISTENERS = sock.create_sockets(self.cfg, self.log)
        self.log.info("Listening at: %s", ",".join(str(listener) for listener in self.LISTENERS))


def _has_terminal() -> bool:
    """Whether this process has a terminal that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK))
    except OSError:
        return False
    return True
