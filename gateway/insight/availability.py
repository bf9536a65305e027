"""A person's available hours: contract hours less absences less bookings, hard and soft.

Every figure of a range is the sum of the same figure of its parts: days, weeks and months add up to the quarter. Booked
hours are rounded once, as the difference of two rounded running totals, so that ten hours over three days stay ten.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.canonical.records.psa import PsaBooking
from gateway.canonical.states import BookingStatus
from gateway.canonical.values import DateRange

WORKDAYS_PER_WEEK = 5
ZERO = Decimal(0)
HUNDREDTH = Decimal("0.01")


class Granularity(StrEnum):
    """The length of a window; windows follow calendar boundaries (weeks start on Monday)."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"


class AvailabilityWindow(msgspec.Struct, frozen=True, kw_only=True):
    """Hours from `start_date` to `end_date`, both included. Booked hours are None if the PSA could not be read.

    `available_hours` are negative if the person is booked for more than the contract hours.
    """

    start_date: date
    end_date: date
    capacity_hours: Decimal | None
    leave_hours: Decimal | None
    holiday_hours: Decimal | None
    hard_booked_hours: Decimal | None
    soft_booked_hours: Decimal | None
    available_hours: Decimal | None


def build_windows(
    worker: HcmWorker,
    absences: Sequence[HcmAbsence] | None,
    bookings: Sequence[tuple[BookingStatus, PsaBooking]] | None,
    within: DateRange,
    granularity: Granularity,
) -> tuple[AvailabilityWindow, ...]:
    """Split the range into windows with their hours.

    An unknown part is None, and so is every figure that depends on it.
    """
    return tuple(_build_window(worker, absences, bookings, span) for span in _split_range(within, granularity))


def _build_window(
    worker: HcmWorker,
    absences: Sequence[HcmAbsence] | None,
    bookings: Sequence[tuple[BookingStatus, PsaBooking]] | None,
    span: DateRange,
) -> AvailabilityWindow:
    capacity = _compute_capacity(worker, span)
    leave = _sum_absences(absences, span, holiday=False)
    holiday = _sum_absences(absences, span, holiday=True)
    hard = _sum_bookings(bookings, span, BookingStatus.HARD)
    soft = _sum_bookings(bookings, span, BookingStatus.SOFT)
    parts = (capacity, leave, holiday, hard, soft)
    free = None if None in parts else (capacity or ZERO) - sum((part or ZERO for part in parts[1:]), ZERO)
    return AvailabilityWindow(
        start_date=span.start,
        end_date=span.end,
        capacity_hours=capacity,
        leave_hours=leave,
        holiday_hours=holiday,
        hard_booked_hours=hard,
        soft_booked_hours=soft,
        available_hours=free,
    )


def _compute_capacity(worker: HcmWorker, span: DateRange) -> Decimal | None:
    if worker.standard_weekly_hours is None:
        return None
    first = max(span.start, worker.hire_date or span.start)
    last = min(span.end, worker.termination_date or span.end)
    return _count_workdays(first, last) * worker.standard_weekly_hours / WORKDAYS_PER_WEEK


def _sum_absences(absences: Sequence[HcmAbsence] | None, span: DateRange, *, holiday: bool) -> Decimal | None:
    if absences is None:
        return None
    counted = (day for day in absences if day.approved and day.holiday is holiday and span.start <= day.day <= span.end)
    return sum((day.hours for day in counted), ZERO)


def _sum_bookings(
    bookings: Sequence[tuple[BookingStatus, PsaBooking]] | None, span: DateRange, status: BookingStatus
) -> Decimal | None:
    if bookings is None:
        return None
    booked = [booking for state, booking in bookings if state is status]
    before = sum((_compute_elapsed_hours(booking, span.start - timedelta(days=1)) for booking in booked), ZERO)
    through = sum((_compute_elapsed_hours(booking, span.end) for booking in booked), ZERO)
    return through.quantize(HUNDREDTH) - before.quantize(HUNDREDTH)


def _compute_elapsed_hours(booking: PsaBooking, day: date) -> Decimal:
    """Return the hours of a booking up to the end of a day: evenly over its weekdays, or its days if it has none."""
    last = min(day, booking.end_date)
    total = _count_workdays(booking.start_date, booking.end_date)
    if total:
        return booking.hours * _count_workdays(booking.start_date, last) / total
    days = (booking.end_date - booking.start_date).days + 1
    return booking.hours * max(0, (last - booking.start_date).days + 1) / days if days > 0 else ZERO


def _count_workdays(first: date, last: date) -> int:
    """Count Monday to Friday from `first` to `last`, both included."""
    days = (last - first).days + 1
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    return weeks * WORKDAYS_PER_WEEK + sum((first.weekday() + offset) % 7 < WORKDAYS_PER_WEEK for offset in range(rest))


def _split_range(within: DateRange, granularity: Granularity) -> Iterator[DateRange]:
    start = within.start
    while start <= within.end:
        end = min(_find_last_day(start, granularity), within.end)
        yield DateRange(start, end)
        start = end + timedelta(days=1)


def _find_last_day(day: date, granularity: Granularity) -> date:
    if granularity is Granularity.DAY:
        return day
    if granularity is Granularity.WEEK:
        return day + timedelta(days=6 - day.weekday())
    width = 1 if granularity is Granularity.MONTH else 3
    following = (day.month - 1) // width * width + width
    year, month = day.year + following // 12, following % 12 + 1
    return date(year, month, 1) - timedelta(days=1)
