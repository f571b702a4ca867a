"""The API keys of a server: named, and known only by their SHA-256 hashes.

The file of `ELBARTO_API_KEYS_FILE` has a line `name:sha256` for each key, in hexadecimal. Empty lines, and lines that
begin with #, are skipped.
"""

from __future__ import annotations

import hmac
import logging
import os
import re
import threading
from hashlib import sha256
from pathlib import Path

from app.errors import ConfigError

logger = logging.getLogger(__name__)

OWN_NAME = "default"  # of the key in ELBARTO_API_KEY
ANONYMOUS = "anonymous"  # the clients of a server without keys
_CLIENT = "key "
_LINE = re.compile(r"([A-Za-z0-9_.-]{1,64}):([0-9a-fA-F]{64})")

Stamp = tuple[int, int, int]


class Keys:
    """The key of ELBARTO_API_KEY and those of a file, which is read again when it has changed. Thread-safe."""

    def __init__(self, api_key: str | None = None, path: Path | None = None) -> None:
        """Raises ConfigError if the file is wrong."""
        self._own = {} if api_key is None else {_hash(api_key): OWN_NAME}
        self._path = path
        self._lock = threading.Lock()
        self._stamp = None if path is None else _stamp(path)
        self._names = self._own if path is None else self._own | read_keys(path)

    @property
    def are_required(self) -> bool:
        return bool(self._own) or self._path is not None

    @property
    def names(self) -> list[str]:
        return list(self._names.values())

    def name_of(self, key: str) -> str | None:
        """The name of the key, or None if it is wrong. Takes as long whichever key it is like."""
        self._read_changes()
        given, found = _hash(key), None
        for known, name in self._names.items():
            if hmac.compare_digest(given, known):
                found = name
        return found

    def _read_changes(self) -> None:
        """A file that has become wrong is reported once, and the old keys remain."""
        if self._path is None or _stamp(self._path) == self._stamp:
            return
        with self._lock:
            stamp = _stamp(self._path)
            if stamp == self._stamp:  # another thread was faster
                return
            self._stamp = stamp
            try:
                self._names = self._own | read_keys(self._path)
            except ConfigError as error:
                logger.error("the API keys were not read again; the old ones remain: %s", error)
            else:
                logger.info("read %d API keys from %s", len(self._names) - len(self._own), self._path)


def client_with(name: str) -> str:
    """The client that has the key of this name. Clients without one have other names, such as `address 10.0.0.7`."""
    return _CLIENT + name


def key_name(client: str) -> str:
    """The name of a client's key, else `anonymous`."""
    return client.removeprefix(_CLIENT) if client.startswith(_CLIENT) else ANONYMOUS


def read_keys(path: Path) -> dict[bytes, str]:
    """Names by hash. Raises ConfigError, which names the file and the line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigError(f"the file of API keys, {path}, cannot be read: {reason}") from error
    names: dict[bytes, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        # The line itself is not shown: it may be a key that was written there as it is.
        if found is None:
            raise ConfigError(
                f"{path}, line {number}: must be name:hash, a name of up to 64 letters, digits, _, . and -, and the "
                "SHA-256 of the key as 64 hexadecimal digits"
            )
        name, digest = found[1], bytes.fromhex(found[2])
        if name == OWN_NAME:
            raise ConfigError(f"{path}, line {number}: the name {OWN_NAME} is that of ELBARTO_API_KEY; choose another")
        if name in names.values() or digest in names:
            raise ConfigError(f"{path}, line {number}: this {'key' if digest in names else 'name'} is there already")
        names[digest] = name
    if not names:
        raise ConfigError(f"{path} has no API key")
    return names


def _hash(key: str) -> bytes:
    return sha256(key.encode(errors="replace")).digest()


def _stamp(path: Path) -> Stamp | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
