"""The current calendar day of each legal entity: what is due or expired is compared with it, never with UTC's day."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class EntityDays:
    """The days of the legal entities at one instant.

    `zones` maps the canonical code of a legal entity to its IANA time zone, None if unknown. An entity without a known
    zone has UTC's day.
    """

    def __init__(self, now: datetime, zones: Mapping[str, str | None]) -> None:
        self.in_utc = now.astimezone(UTC).date()
        self._days = {code: now.astimezone(_find_zone(zone)).date() for code, zone in zones.items()}

    def get_today(self, legal_entity: str | None) -> date:
        """Return the day of a legal entity by its canonical code; UTC's day for None and for an unknown entity."""
        return self._days.get(legal_entity, self.in_utc) if legal_entity is not None else self.in_utc

    def list_other_days(self) -> Mapping[date, frozenset[str]]:
        """Return the days that differ from UTC's, at most two at any instant, with the codes of their entities."""
        others: dict[date, set[str]] = defaultdict(set)
        for code, day in self._days.items():
            if day != self.in_utc:
                others[day].add(code)
        return {day: frozenset(codes) for day, codes in others.items()}


def _find_zone(name: str | None) -> tzinfo:
    try:
        return UTC if name is None else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
