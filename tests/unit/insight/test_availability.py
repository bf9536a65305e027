"""A person's available hours per window."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.native import NativeId
from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.canonical.records.psa import PsaBooking
from gateway.canonical.states import BookingStatus
from gateway.canonical.values import DateRange
from gateway.insight.availability import Granularity, build_windows

HERE = NativeId("hcm", "worker", "1")
WORKER = HcmWorker(native=HERE, standard_weekly_hours=Decimal(40))
WEEK = DateRange(date(2026, 11, 23), date(2026, 11, 29))


def build_absence(day: date, hours: str = "8", *, holiday: bool = False, approved: bool = True) -> HcmAbsence:
    return HcmAbsence(native=HERE, worker_id="1", day=day, hours=Decimal(hours), holiday=holiday, approved=approved)


def build_booking(start: date, end: date, hours: str) -> PsaBooking:
    return PsaBooking(native=HERE, user_id="1", start_date=start, end_date=end, hours=Decimal(hours))


def test_a_week_with_a_holiday_a_day_off_and_a_booking() -> None:
    (week,) = build_windows(
        WORKER,
        [
            build_absence(date(2026, 11, 26), holiday=True),
            build_absence(date(2026, 11, 27)),
            build_absence(WEEK.start, approved=False),
        ],
        [(BookingStatus.HARD, build_booking(date(2026, 11, 16), date(2026, 11, 27), "40"))],
        WEEK,
        Granularity.WEEK,
    )

    assert (week.capacity_hours, week.holiday_hours, week.leave_hours) == (Decimal(40), Decimal(8), Decimal(8))
    assert week.hard_booked_hours == Decimal("20.00")
    assert week.available_hours == Decimal("4.00")


def test_unknown_bookings_make_the_available_hours_unknown() -> None:
    (week,) = build_windows(WORKER, [], None, WEEK, Granularity.WEEK)

    assert week.capacity_hours == Decimal(40)
    assert week.hard_booked_hours is None
    assert week.available_hours is None


def test_windows_follow_calendar_boundaries() -> None:
    spans = build_windows(WORKER, [], [], DateRange(date(2026, 11, 20), date(2027, 2, 3)), Granularity.MONTH)

    assert [(each.start_date, each.end_date) for each in spans] == [
        (date(2026, 11, 20), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 31)),
        (date(2027, 2, 1), date(2027, 2, 3)),
    ]


def test_there_is_no_capacity_before_the_hire_date() -> None:
    newcomer = HcmWorker(native=HERE, standard_weekly_hours=Decimal(40), hire_date=date(2026, 11, 26))

    (week,) = build_windows(newcomer, [], [], WEEK, Granularity.WEEK)

    assert week.capacity_hours == Decimal(16)


@given(
    start=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    length=st.integers(0, 200),
    granularity=st.sampled_from(Granularity),
)
def test_windows_cover_every_day_of_the_range_once(start: date, length: int, granularity: Granularity) -> None:
    end = date.fromordinal(start.toordinal() + length)

    spans = build_windows(WORKER, [], [], DateRange(start, end), granularity)

    days = [day for each in spans for day in range(each.start_date.toordinal(), each.end_date.toordinal() + 1)]
    assert days == list(range(start.toordinal(), end.toordinal() + 1))
    daily = build_windows(WORKER, [], [], DateRange(start, end), Granularity.DAY)
    assert sum(each.capacity_hours or 0 for each in spans) == sum(each.capacity_hours or 0 for each in daily)
