"""Bookings of users, built from their assignments."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from gateway.canonical.records.psa import PsaAssignment, PsaBooking
from gateway.canonical.values import DateRange
from gateway.ports.where import AssignmentWhere
from subgraphs.kit.conditions import is_match
from subgraphs.kit.lost_records import report_if_unreadable, report_incomplete

_NEEDED: Final = frozenset({"user_id", "start_date", "end_date", "planned_hours", "booking"})


def group_bookings(
    users: Sequence[str], assignments: Iterable[PsaAssignment], within: DateRange
) -> Mapping[str, tuple[PsaBooking, ...]]:
    """Return each user's assignments that overlap the range as bookings; users without any are omitted.

    An assignment without readable hours, dates, state or user is reported.
    """
    overlap = AssignmentWhere(start=within.start, end=within.end)
    bookings: dict[str, list[PsaBooking]] = {}
    for assignment in assignments:
        if report_if_unreadable(assignment, _NEEDED):
            continue
        user = assignment.user_id
        if user is not None and is_match(assignment, overlap):
            booking = to_booking(assignment)
            if booking is not None:
                bookings.setdefault(user, []).append(booking)
    return {user: tuple(bookings[user]) for user in users if user in bookings}


def to_booking(assignment: PsaAssignment) -> PsaBooking | None:
    """Convert an assignment; None, after reporting it, if its hours or dates are missing."""
    if assignment.planned_hours is None or assignment.start_date is None or assignment.end_date is None:
        report_incomplete(assignment, "planned_hours" if assignment.planned_hours is None else "dates")
        return None
    return PsaBooking(
        native=assignment.native,
        modified_at=assignment.modified_at,
        user_id=assignment.user_id or "",
        project_id=assignment.project_id,
        start_date=assignment.start_date,
        end_date=assignment.end_date,
        hours=assignment.planned_hours,
        booking=assignment.booking,
    )
