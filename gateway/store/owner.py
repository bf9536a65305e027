"""The process that owns a SQLite store: one at a time, found by a lock on a file beside the database.

The operating system releases the lock when the process ends, however it ends.
"""

import errno
import fcntl
import os
import shlex
import socket
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from gateway.errors import ConfigurationError
from gateway.store.failures import describe_full_disk

_SUFFIX: Final = ".lock"
_ATTEMPTS: Final = 20
_PAUSE_SECONDS: Final = 0.02


class StoreOwner(msgspec.Struct, frozen=True, kw_only=True):
    """The owner of a store: its process id, its command, and the socket at which it takes commands, if it does."""

    pid: int
    command: str
    socket: str | None = None


def describe_command() -> str:
    """Return the command of this process, without the folders of the program and without its arguments' values."""
    words = [Path(sys.argv[0]).name, *sys.argv[1:]]
    options = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    return shlex.join(words[:options])


def describe_process() -> str:
    """Return the machine, the process id and the command of this process."""
    return f"{socket.gethostname()} {os.getpid()} {describe_command()}"


@contextmanager
def own_file(file: Path | None, address: str | None = None) -> Iterator[None]:
    """Own a SQLite store during the block; `address` is a socket that takes commands. No file needs no owner.

    Raises ConfigurationError that names the owner if another process owns the store, or if it cannot be owned.
    """
    if file is None or not file.parent.is_dir():
        yield
        return
    descriptor = _lock(file)
    try:
        _write_owner(descriptor, file, address)
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
        os.close(descriptor)


def find_owner(file: Path | None) -> StoreOwner | None:
    """Return the process that owns a SQLite store now; None if none does."""
    if file is None:
        return None
    try:
        descriptor = os.open(_find_lock_file(file), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_owner(descriptor)
    finally:
        os.close(descriptor)
    return None


def require_no_owner(file: Path) -> None:
    """Raise ConfigurationError that names the owner if a process owns a SQLite store."""
    owner = find_owner(file)
    if owner is not None:
        raise _build_owner_refusal(file, owner)


def _build_owner_refusal(file: Path, owner: StoreOwner | None) -> ConfigurationError:
    name = "another process" if owner is None else f"process {owner.pid} ({owner.command})"
    remedy = "stop it first; several processes need a store on PostgreSQL"
    return ConfigurationError([f"the store {file} is in use by {name}; {remedy}"])


def _find_lock_file(file: Path) -> Path:
    resolved = file.resolve()
    return resolved.with_name(resolved.name + _SUFFIX)


def _lock(file: Path) -> int:
    try:
        descriptor = os.open(_find_lock_file(file), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, stat.S_IRUSR | stat.S_IWUSR)
    except OSError as error:
        raise _build_refusal(file, error) from None
    owner = None
    for _ in range(_ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _read_owner(descriptor)
        else:
            return descriptor
        if owner is not None:
            break
        time.sleep(_PAUSE_SECONDS)  # another process looks for the owner, or has not written its name yet
    os.close(descriptor)
    raise _build_owner_refusal(file, owner)


def _write_owner(descriptor: int, file: Path, address: str | None) -> None:
    content = msgspec.json.encode(StoreOwner(pid=os.getpid(), command=describe_command(), socket=address))
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, content, 0)
    except OSError as error:
        raise _build_refusal(file, error) from None


def _build_refusal(file: Path, error: OSError) -> ConfigurationError:
    full = error.errno == errno.ENOSPC
    reason = describe_full_disk(file) if full else f"{_find_lock_file(file)}: {error.strerror}"
    return ConfigurationError([f"the store cannot be opened: {reason}"])


def _read_owner(descriptor: int) -> StoreOwner | None:
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(os.pread(descriptor, 1 << 16, 0), type=StoreOwner)
    return None
