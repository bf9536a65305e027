"""Check that the gateway's store can be reached and has a schema that this release supports."""

import asyncio
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from gateway.checks.report import FailureClass, build_failed_finding
from gateway.errors import ConfigurationError, StoreUnavailableError
from gateway.ports.base import Finding
from gateway.store.database import Store
from gateway.store.failures import has_space
from gateway.store.file import find_open_mode, find_sqlite_file

_SUBJECT = "store"


async def check_store(url: str, seconds: float) -> tuple[Finding, FailureClass | None]:
    """Check the store within `seconds`; a missing SQLite file is not created."""
    try:
        place = make_url(url)
        finding = _check_sqlite_file(find_sqlite_file(url))
        store = Store(url)
    except (ArgumentError, ConfigurationError):
        remedy = "Set `store.url` to sqlite+aiosqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME."
        return build_failed_finding(
            _SUBJECT, "`store.url` is not a supported database.", remedy
        ), FailureClass.CONFIGURATION
    if finding is not None:
        return finding
    name = place.render_as_string(hide_password=True)
    try:
        async with asyncio.timeout(seconds):
            revision, known = await store.read_revision()
    except (StoreUnavailableError, SQLAlchemyError, OSError, TimeoutError):
        remedy = "Check `store.url`, its user and password, and that the database is running."
        return build_failed_finding(_SUBJECT, f"{name} cannot be reached.", remedy), FailureClass.UNREACHABLE
    finally:
        await store.aclose()
    if not known:
        remedy = "Run that release, or restore a backup of this release: a schema cannot be downgraded."
        message = f"The schema revision {revision} is of a newer release."
        return build_failed_finding(_SUBJECT, message, remedy), FailureClass.INCOMPLETE
    state = f"schema revision {revision}" if revision else "empty; the gateway creates the schema when it starts"
    return Finding(subject=_SUBJECT, ok=True, message=f"{name} is reachable: {state}."), None


def _check_sqlite_file(file: Path | None) -> tuple[Finding, FailureClass | None] | None:
    """Return a finding about a SQLite file that is missing or accessible to other users; None for any other store."""
    if file is None:
        return None
    if file.exists():
        if not has_space(file):
            message = f"The disk of folder {file.parent} is full: the card index cannot be updated."
            return build_failed_finding(_SUBJECT, message, "Free some space."), FailureClass.UNREACHABLE
        mode = find_open_mode(file)
        message = f"{file} contains the key that seals ids and is accessible to other users ({mode or 0:04o})."
        return (
            None
            if mode is None
            else (build_failed_finding(_SUBJECT, message, f"Run `chmod 600 {file}`."), FailureClass.INCOMPLETE)
        )
    if not file.parent.is_dir():
        remedy = f"Create the folder {file.parent}, or correct `store.url`."
        return build_failed_finding(
            _SUBJECT, "The folder of the store does not exist.", remedy
        ), FailureClass.CONFIGURATION
    return Finding(subject=_SUBJECT, ok=True, message=f"{file} will be created when the gateway starts."), None
