"""Permissions of a SQLite store's file. The file holds the key that seals ids, so only its owner may open it."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

GROUP_AND_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_COMPANION_SUFFIXES: Final = ("-wal", "-shm")
"""Files that SQLite keeps beside a database (sqlite.org/wal.html), created with the mode of the database."""


def find_sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite store; None for other databases, databases in memory and `file:` URIs."""
    parsed = make_url(url)
    name = parsed.database or ":memory:"
    is_file = parsed.get_backend_name() == "sqlite" and name != ":memory:" and not name.startswith("file:")
    return Path(name) if is_file else None


def make_private(file: Path) -> None:
    """Create the file, or restrict an existing one to its owner.

    Raises OSError if it cannot be created; files of another owner stay unchanged.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, stat.S_IRUSR | stat.S_IWUSR)
    os.close(descriptor)
    for each in (file, *(file.with_name(file.name + ending) for ending in _COMPANION_SUFFIXES)):
        with suppress(FileNotFoundError, PermissionError):
            mode = stat.S_IMODE(each.stat().st_mode)
            if mode & GROUP_AND_OTHERS:
                each.chmod(mode & ~GROUP_AND_OTHERS)


def find_open_mode(file: Path) -> int | None:
    """Return the mode of a file that group or others can open; None if only its owner can."""
    mode = stat.S_IMODE(file.stat().st_mode)
    return mode if mode & GROUP_AND_OTHERS else None
