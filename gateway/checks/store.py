"""Whether the gateway's store can be reached, and has a schema that this release knows."""

import asyncio
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from gateway.checks.report import Failure, build_failed_finding
from gateway.errors import ConfigurationError, StoreUnavailableError
from gateway.ports.base import Finding
from gateway.store.engine import Store
from gateway.store.file import open_to_others, sqlite_file

_SUBJECT = "store"


async def store_finding(url: str, seconds: float) -> tuple[Finding, Failure | None]:
    """Look at the store within so many seconds; a SQLite file that is not there yet is not made."""
    try:
        place = make_url(url)
        unfit = _check_sqlite_file(sqlite_file(url))
        store = Store(url)
    except (ArgumentError, ConfigurationError):
        remedy = "Set `store.url` to sqlite+aiosqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME."
        return build_failed_finding(
            _SUBJECT, "The address is of no database that the gateway can use.", remedy
        ), Failure.CONFIGURATION
    if unfit is not None:
        return unfit
    name = place.render_as_string(hide_password=True)
    try:
        async with asyncio.timeout(seconds):
            revision, known = await store.revision()
    except (StoreUnavailableError, SQLAlchemyError, OSError, TimeoutError):
        remedy = "Check `store.url`, its user and password, and that the database is up."
        return build_failed_finding(_SUBJECT, f"{name} cannot be reached.", remedy), Failure.UNREACHABLE
    finally:
        await store.aclose()
    if not known:
        remedy = "Run that release, or restore the store of this one: a schema does not go back."
        message = f"The schema is at {revision}, which a newer release has made."
        return build_failed_finding(_SUBJECT, message, remedy), Failure.INCOMPLETE
    state = f"its schema is at {revision}" if revision else "it is empty; the gateway fills it when it starts"
    return Finding(subject=_SUBJECT, ok=True, message=f"{name} answers, {state}."), None


def _check_sqlite_file(file: Path | None) -> tuple[Finding, Failure | None] | None:
    """Judge a SQLite file that is not there or open to others; None for any other, and for a store in memory."""
    if file is None:
        return None
    if file.exists():
        mode = open_to_others(file)
        message = f"{file} holds the key that seals ids and is open to others ({mode or 0:04o})."
        return (
            None if mode is None else (build_failed_finding(_SUBJECT, message, f"chmod 600 {file}"), Failure.INCOMPLETE)
        )
    if not file.parent.is_dir():
        remedy = f"Make the folder {file.parent}, or correct `store.url`."
        return build_failed_finding(_SUBJECT, "The folder of the store is not there.", remedy), Failure.CONFIGURATION
    return Finding(subject=_SUBJECT, ok=True, message=f"{file} will be made when the gateway starts."), None
