"""Absences and bookings of people: two systems, one call each for all requested people."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gateway.canonical.native import NativeId
from gateway.canonical.records.hcm import HcmAbsence
from gateway.canonical.records.psa import PsaBooking
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import DateRange
from gateway.errors import SourceError
from gateway.loaders.declaration import Loader
from gateway.loaders.sources import Sources


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """A person's absences and bookings; None if the system could not be read."""

    absences: tuple[HcmAbsence, ...] | None
    bookings: tuple[PsaBooking, ...] | None


async def _load(sources: Sources, keys: Sequence[Any], args: Mapping[str, Any]) -> Mapping[Any, Calendar]:
    within = DateRange(args["range"]["from"], args["range"]["to"])
    absences, bookings = await asyncio.gather(
        _load_absences(sources, [key.hcm for key in keys], within),
        _load_bookings(sources, [key.psa for key in keys if key.psa is not None], within),
    )
    return {
        key: Calendar(absences=absences.get(key.hcm), bookings=() if key.psa is None else bookings.get(key.psa))
        for key in keys
    }


async def _load_absences(sources: Sources, people: Sequence[NativeId], within: DateRange) -> dict[NativeId, Any]:
    found: dict[NativeId, Any] = {}
    for connection, group in _group_by_connection(people).items():
        try:
            rows = await sources.get_hcm(connection).list_absences_by_worker([key.id for key in group], within)
        except SourceError:
            continue
        found |= {key: _drop_error(rows.get(key.id, ())) for key in group}
    return found


async def _load_bookings(sources: Sources, people: Sequence[NativeId], within: DateRange) -> dict[NativeId, Any]:
    found: dict[NativeId, Any] = {}
    for connection, group in _group_by_connection(people).items():
        try:
            rows = await sources.get_psa(connection).list_bookings_by_user([key.id for key in group], within)
        except SourceError:
            continue
        found |= {key: _drop_error(rows.get(key.id, ())) for key in group}
    return found


def _drop_error(rows: Any) -> Any:
    return None if isinstance(rows, SourceError) else rows


def _group_by_connection(keys: Sequence[NativeId]) -> dict[str, list[NativeId]]:
    groups: dict[str, list[NativeId]] = defaultdict(list)
    for key in keys:
        groups[key.connection].append(key)
    return groups


AVAILABILITY = Loader(name="availability", system=SystemRole.HCM, call=_load, batch=100)
