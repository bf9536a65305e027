"""The file of a SQLite store, which holds the key that seals ids: its owner's alone, from the moment it is there."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_BESIDE: Final = ("-wal", "-shm")
"""What SQLite keeps beside a database (sqlite.org/wal.html); it makes them with the mode of the database."""


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite store; None for other databases, for one in memory, and for one that is named by a URI of its own."""
    place = make_url(url)
    name = place.database or ":memory:"
    kept = place.get_backend_name() == "sqlite" and name != ":memory:" and not name.startswith("file:")
    return Path(name) if kept else None


def make_private(file: Path) -> None:
    """Make the file, or close one that is open to others; raises OSError when it cannot be made. What belongs to somebody else stays as it is."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, stat.S_IRUSR | stat.S_IWUSR)
    os.close(descriptor)
    for each in (file, *(file.with_name(file.name + ending) for ending in _BESIDE)):
        with suppress(FileNotFoundError, PermissionError):
            mode = stat.S_IMODE(each.stat().st_mode)
            if mode & OTHERS:
                each.chmod(mode & ~OTHERS)


def open_to_others(file: Path) -> int | None:
    """Return the mode of a file that others than its owner can open; None for any other."""
    mode = stat.S_IMODE(file.stat().st_mode)
    return mode if mode & OTHERS else None
