"""Bookings of users, built from their assignments."""

from collections.abc import Iterable, Mapping, Sequence

from gateway.canonical.records.psa import PsaAssignment, PsaBooking
from gateway.canonical.values import DateRange
from gateway.ports.where import AssignmentWhere
from subgraphs.kit.conditions import is_match
from subgraphs.kit.failures import build_mismatch


def group_bookings(
    users: Sequence[str], assignments: Iterable[PsaAssignment], within: DateRange
) -> Mapping[str, tuple[PsaBooking, ...]]:
    """Return each user's assignments that overlap the range as bookings; users without any are omitted."""
    overlap = AssignmentWhere(start=within.start, end=within.end)
    bookings: dict[str, list[PsaBooking]] = {}
    for assignment in assignments:
        user = assignment.user_id
        if user is not None and is_match(assignment, overlap):
            bookings.setdefault(user, []).append(to_booking(assignment))
    return {user: tuple(bookings[user]) for user in users if user in bookings}


def to_booking(assignment: PsaAssignment) -> PsaBooking:
    """Convert an assignment; raise SourceError(CONTRACT_MISMATCH) if its hours or dates are missing."""
    if assignment.planned_hours is None or assignment.start_date is None or assignment.end_date is None:
        raise build_mismatch(f"{assignment.native.object_type}: a booking without hours or dates")
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
