"""Takes rights away from processes, on Linux. Part of sandbox_worker.py: standard library only, no imports of `app`."""

from __future__ import annotations

import contextlib
import ctypes
import os

TMPFS_BYTES = 256 << 20
PROC, SHARED_MEMORY = "/proc", "/dev/shm"

# From the kernel's headers.
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1
PR_SET_KEEPCAPS, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 8, 24, 38
CAPABILITY_VERSION_3, CAP_DAC_READ_SEARCH, NUM_CAPABILITIES = 0x20080522, 2, 64


def make_files_read_only(folder: str) -> bool:
    """In a mount namespace of its own: all files become read-only, and `folder` an empty one in memory that is not.

    Processes outside disappear from /proc, through which files could be reached. Returns False where the kernel, or
    whoever limits this process, does not allow it.
    """
    try:
        libc = _libc()
        attributes = (ctypes.c_uint64 * 4)(MOUNT_ATTR_RDONLY, 0, 0, 0)  # struct mount_attr
        arguments = (ctypes.c_long(AT_FDCWD), b"/", ctypes.c_long(AT_RECURSIVE), attributes, ctypes.c_long(32))
        _check(libc.syscall(ctypes.c_long(SYS_MOUNT_SETATTR), *arguments))
        try:
            _mount(libc, "proc", PROC, "")
        except OSError:
            _mount(libc, "tmpfs", PROC, "size=4k")
        _mount(libc, "tmpfs", folder, f"size={TMPFS_BYTES},mode=0755")
        if os.path.isdir(SHARED_MEMORY):
            _mount(libc, "tmpfs", SHARED_MEMORY, f"size={TMPFS_BYTES},mode=1777")
    except (OSError, AttributeError):  # AttributeError: not Linux
        return False
    return True


def drop_rights(user: int, folder: str) -> None:
    """Root becomes `user`, who owns only `folder` and may read what root may: Python could be in root's home.

    In a user namespace there is no other user to become. There root is an ordinary user already, who has this
    namespace's capabilities, and loses them.
    """
    libc = _libc()
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.geteuid() != 0:
        return
    for capability in range(NUM_CAPABILITIES):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    _be_killed_first()
    kept = 0
    with contextlib.suppress(OSError):
        os.chown(folder, user, user)
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
        kept = 1 << CAP_DAC_READ_SEARCH
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    # Twice effective, permitted, inheritable: the lower and the upper 32 capabilities.
    _check(libc.capset(header, (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)))


def _be_killed_first() -> None:
    """If the machine runs out of memory."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _mount(libc: ctypes.CDLL, kind: str, target: str, options: str) -> None:
    flags = ctypes.c_ulong(MS_NOSUID | MS_NODEV | MS_NOEXEC)
    _check(libc.mount(kind.encode(), target.encode(), kind.encode(), flags, options.encode()))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
