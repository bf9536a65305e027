"""The settings of a tenant: API client, owner of the reports, limits and clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


def _get_utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """One tenant. `refresh_token` belongs to the API client for integrations and does not expire.

    A WQL page has at most `most_rows`, a list page `most_listed`. `denied` lists the functional areas that the client
    has no permission for: staffing, wql, reports, absence.
    """

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    tenant: str = "acme_preview"
    owner: str = "isu_psgw"
    concurrency: int = 20
    token_seconds: int = 3600
    most_rows: int = 1000
    most_listed: int = 100
    denied: frozenset[str] = frozenset()
    now: Callable[[], datetime] = field(default=_get_utc_now, repr=False)
