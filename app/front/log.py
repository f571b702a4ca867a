"""gunicorn's messages, in the format and on the way of all others (app.logs)."""

from __future__ import annotations

import logging
from typing import Any

from gunicorn import glogging

from app import logs

BOOT_ERROR = 3  # the exit code of a worker that cannot start, as in app/__init__.py


class Log(glogging.Logger):  # type: ignore[misc]
    """Silent about a worker that has already said why it cannot start.

    Used with `errorlog = None`, so that gunicorn itself writes nothing. `format_name` is class state, since gunicorn
    makes the object.
    """

    format_name: logs.Format = "text"

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logs.configure(cfg.loglevel, self.format_name)
        self.error_log = logging.getLogger("gunicorn")
        self.error_log.setLevel(self.loglevel)

    def error(self, msg: str, *args: Any, **kwargs: Any) -> None:
        is_exit = msg.startswith("Worker (pid:%s) exited") and args[1] == BOOT_ERROR
        if is_exit or msg.startswith("Shutting down: ") or args == ("Worker failed to boot.",):
            self.debug(msg, *args, **kwargs)
        else:
            super().error(msg, *args, **kwargs)
