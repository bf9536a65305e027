"""Failures of the database: which are worth a retry, which mean a full disk, and what of them may be logged."""

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gateway.errors import StoreFullError, StoreUnavailableError

MIN_FREE_BYTES: Final = 1 << 20
"""A disk with less free space than one transaction may need counts as full."""
_UNREACHABLE: Final = ("08", "57P01", "57P02", "57P03", "57P05", "25P03", "53300", "40001", "40P01")
"""Beginnings of SQLSTATEs after which a new connection may succeed (postgresql.org, appendix A)."""
_FULL_STATE: Final = "53100"
_PUBLIC_CLASSES: Final = ("08", "25", "42", "53", "55", "57", "58")
"""Classes of SQLSTATEs whose messages contain names of the schema or the system, but no values of a row."""
_NO_SPACE: Final = "No space left on device"
_FULL_CODE: Final = "SQLITE_FULL"
_WRITE_CODES: Final = ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")
"""SQLite cannot create or extend a file; on a full disk these codes also occur (sqlite.org/rescode.html)."""


def build_store_error(error: BaseException, file: Path | None) -> StoreUnavailableError:
    """Return the store's error for a driver's; `file` is that of a SQLite store."""
    original = getattr(error, "orig", None) or error
    name = type(original).__name__
    if _means_full(original, file):
        return StoreFullError("the disk of the store is full")
    code: str | None = getattr(original, "sqlite_errorname", None)
    if code is not None:
        return StoreUnavailableError(f"{code}: {original}", retryable=code.startswith("SQLITE_BUSY"))
    state: str | None = getattr(original, "sqlstate", None)
    if state is not None:
        return StoreUnavailableError(f"{name} ({state})", retryable=state.startswith(_UNREACHABLE))
    return StoreUnavailableError(name, retryable=file is None or isinstance(error, PoolTimeoutError))


def _means_full(error: BaseException, file: Path | None) -> bool:
    if getattr(error, "sqlstate", None) == _FULL_STATE or _NO_SPACE in str(error):
        return True
    code: str | None = getattr(error, "sqlite_errorname", None)
    return code == _FULL_CODE or (code is not None and code.startswith(_WRITE_CODES) and not has_space(file))


def has_space(file: Path | None) -> bool:
    """Return whether the disk of a SQLite store has space; True for other stores, whose disk is elsewhere."""
    if file is None:
        return True
    try:
        disk = os.statvfs(file.parent)
    except OSError:
        return True
    return disk.f_bavail * disk.f_frsize >= MIN_FREE_BYTES


def describe_full_disk(file: Path | None) -> str:
    """Return what is full and what to do, for the operator."""
    place = "its disk" if file is None else f"the disk of folder {file.parent}"
    return f"{place} is full; free some space and start again"


def remove_values(context: ExceptionContext) -> None:
    """Remove the values of rows from the messages of a database error, in place: they must not be logged.

    PostgreSQL quotes key values in the detail of a violated constraint, and inputs that it cannot convert.
    """
    original: Any = context.original_exception
    state = getattr(original, "sqlstate", None)
    if state is None:
        return
    diagnosis = original.diag
    names = filter(None, (diagnosis.table_name, diagnosis.column_name, diagnosis.constraint_name))
    message = diagnosis.message_primary if state.startswith(_PUBLIC_CLASSES) else ", ".join(names)
    original.args = (f"{state}: {message}",)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(original).__name__}) {state}: {message}",)
