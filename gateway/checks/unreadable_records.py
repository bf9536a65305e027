"""List the records and values that the change feeds could not read, from the store."""

import asyncio
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from gateway.checks.report import FailureClass, build_failed_finding
from gateway.errors import ConfigurationError, StoreUnavailableError
from gateway.identity.unreadable_records import OUTCOMES, UnreadableEntry, parse_entries
from gateway.ports.base import Finding
from gateway.store.database import Store
from gateway.store.file import find_sqlite_file

_NAMED: Final = 10
"""Records named per connection; `psgw sync` names all."""
_REMEDY: Final = (
    "Correct the fields in the system, or the mapping file if a field has another type than the mapping needs. The "
    "records are read again when they change; `psgw sync` lists all of them."
)


async def check_unreadable_records(url: str, seconds: float) -> list[tuple[Finding, FailureClass | None]]:
    """Return a finding per connection with records that could not be read; none if the store cannot be read."""
    try:
        async with asyncio.timeout(seconds):
            entries = await _load_entries(url)
    except (ArgumentError, ConfigurationError, StoreUnavailableError, SQLAlchemyError, OSError, TimeoutError):
        return []  # the check of the store reports it
    groups = groupby(entries, key=lambda each: each.connection)
    return [(_build_finding(name, list(group)), FailureClass.INCOMPLETE) for name, group in groups]


async def _load_entries(url: str) -> list[UnreadableEntry]:
    make_url(url)
    file = find_sqlite_file(url)
    if file is not None and not file.exists():
        return []
    store = Store(url)
    try:
        async with store.connect() as reader:
            rows = (await reader.execute(OUTCOMES)).mappings().all()
    finally:
        await store.aclose()
    return list(parse_entries([dict(row) for row in rows]))


def _build_finding(name: str, entries: Sequence[UnreadableEntry]) -> Finding:
    named = "; ".join(each.describe() for each in entries[:_NAMED])
    more = f"; and {len(entries) - _NAMED} more" if len(entries) > _NAMED else ""
    return build_failed_finding(f"records of {name}", f"Cannot be read: {named}{more}.", _REMEDY)
