"""What this process takes of the operating system: file descriptors, threads, a temporary directory, memory."""

from __future__ import annotations

import ctypes
import os
import resource
import tempfile
import threading

from app.errors import StartError

# For the listener, pipes, the model's files while it loads, and programs that check templates.
OTHER_DESCRIPTORS = 64
# For the engine, its watchdog, the log and the like, and those with which PyTorch and tokenizers use all cores.
OTHER_THREADS = 16 + 2 * (os.cpu_count() or 1)
SHARED_MEMORY = "/dev/shm"  # of Linux
# glibc gives threads up to eight arenas for each core, and each keeps the memory of the largest request that it has
# served. Threads rarely allocate at the same time here: they take turns holding Python's lock.
MAX_ARENAS = 2
_M_ARENA_MAX = -8  # of <malloc.h>


def fit_connections(wanted: int, threads: int) -> tuple[int, str]:
    """How many connections may be open at once, and a line about it if they are fewer than wanted.

    The limit on descriptors is raised as far as that needs, and as far as it may be. Raises StartError if not even
    each thread could serve a connection.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + OTHER_DESCRIPTORS
    if not _is_less(soft, needed):
        return wanted, ""
    allowed = needed if not _is_less(hard, needed) else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    connections = allowed - OTHER_DESCRIPTORS
    if connections < threads:
        raise StartError(
            f"this process may open {allowed} files (ulimit -n), and needs {threads + OTHER_DESCRIPTORS}: raise the "
            "limit, or lower ELBARTO_MAX_SEQUENCES and ELBARTO_MAX_QUEUE"
        )
    if connections == wanted:
        return wanted, ""
    return connections, (
        f"This process may open {allowed} files (ulimit -n): {connections} connections at once instead of {wanted}."
    )


def check_threads(threads: int) -> None:
    """Raise StartError if the process may not start this many, and OTHER_THREADS.

    They are started, since several limits count threads: the user's, a container's, the system's.
    """
    needed, may_end = threads + OTHER_THREADS, threading.Event()
    started: list[threading.Thread] = []
    try:
        while len(started) < needed:
            thread = threading.Thread(target=may_end.wait, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError as error:
        raise StartError(
            f"this process may start {len(started)} threads, and needs {needed}: raise the limit (ulimit -u, or the "
            "container's limit on processes), or lower ELBARTO_MAX_SEQUENCES and ELBARTO_MAX_QUEUE"
        ) from error
    finally:
        may_end.set()
        for thread in started:
            thread.join()


def temporary_directory() -> str:
    """Where gunicorn's worker shows that it lives: in memory, if possible, since a disk can stall.

    Where /tmp cannot be written, as with a read-only root, this process and those that it starts use the same directory
    instead: PyTorch needs one. Raises StartError.
    """
    in_memory = os.path.isdir(SHARED_MEMORY) and os.access(SHARED_MEMORY, os.W_OK | os.X_OK)
    try:
        usual = tempfile.gettempdir()
    except FileNotFoundError as error:
        if not in_memory:
            raise StartError(
                f"there is no directory for temporary files: this user may write neither to /tmp nor to "
                f"{SHARED_MEMORY}; mount one of them, or set TMPDIR"
            ) from error
        os.environ["TMPDIR"] = tempfile.tempdir = usual = SHARED_MEMORY
    return SHARED_MEMORY if in_memory else usual


def limit_arenas() -> bool:
    """Call this before there are threads. False if the C library is not glibc, or the operator has chosen a number."""
    if "MALLOC_ARENA_MAX" in os.environ:
        return False
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    return set_option is not None and set_option(_M_ARENA_MAX, MAX_ARENAS) == 1


def _is_less(limit: int, number: int) -> bool:
    return limit != resource.RLIM_INFINITY and limit < number
