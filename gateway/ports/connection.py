"""What an adapter receives: one configured connection and the means to call its system."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.net.protocols import Auth, Classifier, Upstream

__all__ = ["Auth", "Classifier", "Connection", "Upstream"]


def _get_utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One configured connection. `mapping` is the parsed mapping file; `read_secret` reads the secrets."""

    name: str
    role: SystemRole
    vendor: str
    base_url: str
    region: DataRegion
    time_zone: str = "UTC"
    options: Mapping[str, Any] = field(default_factory=dict)
    mapping: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Callable[[], str]] = field(default_factory=dict, repr=False)
    open_upstream: Callable[[Auth, Classifier, int], Upstream] = field(repr=False)
    """(auth, classifier, concurrency) -> the upstream client of this connection."""
    now: Callable[[], datetime] = field(default=_get_utc_now, repr=False)
    """The clock that an adapter reads; aware. Tests pass their own."""

    def read_secret(self, name: str) -> str:
        """Return a secret by name. Raises KeyError with the name if it is not configured."""
        return self.secrets[name]()
