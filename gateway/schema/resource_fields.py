"""Resolvers of a person's composed fields."""

from __future__ import annotations

from typing import Any, NamedTuple

from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import BookingStatus, MappingDomain
from gateway.canonical.values import DateRange
from gateway.errors import BadInputError
from gateway.execution.facets import get_facet
from gateway.execution.request import RequestState
from gateway.execution.view import View
from gateway.insight.availability import AvailabilityWindow, Granularity, build_windows
from gateway.loaders.availability import Calendar

MAX_DAYS = 366


class AvailabilityKey(NamedTuple):
    """The ids of a person in the HCM, which holds the absences, and in the PSA, which holds the bookings."""

    hcm: NativeId
    psa: NativeId | None


def build_availability_key(view: View, _request: RequestState, args: Any) -> AvailabilityKey | None:
    """Return the key of a person's calendar. Raise BadInputError for a range that is empty or longer than 366 days."""
    days = (args["range"]["to"] - args["range"]["from"]).days + 1
    if not 1 <= days <= MAX_DAYS:
        raise BadInputError(f"range must cover 1 to {MAX_DAYS} days.", field="range")
    worker = view.card.get_native_id(Role.HCM) if view.card else None
    return AvailabilityKey(worker, view.card.get_native_id(Role.PSA)) if worker and view.card else None


def build_availability_windows(
    calendar: Calendar, view: View, request: RequestState, args: Any
) -> tuple[AvailabilityWindow, ...] | None:
    """Return the hours of each window in the range."""
    worker = get_facet(view, Role.HCM, request)
    if worker is None or not hasattr(worker, "standard_weekly_hours"):
        return None
    span = DateRange(args["range"]["from"], args["range"]["to"])
    booked = None
    if calendar.bookings is not None:
        booked = [(_map_booking_status(booking, request), booking) for booking in calendar.bookings]
    return build_windows(worker, calendar.absences, booked, span, args.get("granularity") or Granularity.WEEK)


def _map_booking_status(booking: Any, request: RequestState) -> BookingStatus:
    """Return the status of a booking; HARD if the booking has no status or its code has no mapping."""
    if booking.booking is None:
        return BookingStatus.HARD
    code = request.code_mapping.map_code(MappingDomain.BOOKING_STATUS, booking.native.connection, booking.booking)
    return BookingStatus(code) if code else BookingStatus.HARD
