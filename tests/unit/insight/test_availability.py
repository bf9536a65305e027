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
from subgraphs.kit.numbers import convert_minutes_to_hours

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


def test_a_booking_on_saturday_and_sunday_counts() -> None:
    weekend = build_booking(date(2026, 11, 28), date(2026, 11, 29), "16")

    (week,) = build_windows(WORKER, [], [(BookingStatus.HARD, weekend)], WEEK, Granularity.WEEK)
    days = build_windows(WORKER, [], [(BookingStatus.HARD, weekend)], WEEK, Granularity.DAY)

    assert week.hard_booked_hours == Decimal(16)
    assert week.available_hours == Decimal(24)
    assert [day.hard_booked_hours for day in days[5:]] == [Decimal(8), Decimal(8)]


def test_soft_and_hard_bookings_both_reduce_the_available_hours() -> None:
    booked = [
        (BookingStatus.HARD, build_booking(WEEK.start, WEEK.start, "8")),
        (BookingStatus.SOFT, build_booking(WEEK.start, date(2026, 11, 27), "10")),
    ]

    (week,) = build_windows(WORKER, [], booked, WEEK, Granularity.WEEK)

    assert (week.hard_booked_hours, week.soft_booked_hours) == (Decimal(8), Decimal(10))
    assert week.available_hours == Decimal(22)


def test_a_person_who_is_overbooked_has_less_than_no_hours() -> None:
    booked = [(BookingStatus.HARD, build_booking(WEEK.start, date(2026, 11, 27), "50"))]

    (week,) = build_windows(WORKER, [], booked, WEEK, Granularity.WEEK)

    assert week.available_hours == Decimal(-10)


def test_ten_hours_over_three_days_sum_to_ten_also_when_each_day_is_asked_for_alone() -> None:
    booked = [(BookingStatus.HARD, build_booking(WEEK.start, date(2026, 11, 25), "10"))]

    days = [
        build_windows(WORKER, [], booked, DateRange(day, day), Granularity.DAY)[0]
        for day in (WEEK.start, date(2026, 11, 24), date(2026, 11, 25))
    ]

    assert [day.hard_booked_hours for day in days] == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]


def test_twenty_minutes_three_times_are_one_hour() -> None:
    minutes = convert_minutes_to_hours(20)
    assert minutes is not None
    booked = [(BookingStatus.SOFT, build_booking(WEEK.start, WEEK.start, str(minutes)))] * 3

    (week,) = build_windows(WORKER, [], booked, WEEK, Granularity.WEEK)

    assert week.soft_booked_hours == Decimal(1)
    assert week.available_hours == Decimal(39)


DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))
BOOKINGS = st.builds(
    lambda status, start, length, minutes: (
        status,
        build_booking(
            start, date.fromordinal(start.toordinal() + length), str(convert_minutes_to_hours(minutes) or Decimal(0))
        ),
    ),
    st.sampled_from(BookingStatus),
    DAYS,
    st.integers(0, 90),
    st.integers(0, 60_000),
)
ABSENCES = st.builds(build_absence, DAYS, st.sampled_from(["8", "7.5", "4"]), holiday=st.booleans())
FIGURES = (
    "capacity_hours",
    "leave_hours",
    "holiday_hours",
    "hard_booked_hours",
    "soft_booked_hours",
    "available_hours",
)


@given(
    bookings=st.lists(BOOKINGS, max_size=6),
    absences=st.lists(ABSENCES, max_size=10),
    weekly=st.sampled_from(["40", "37.5", "38.75", "36.67"]),
    hired=st.none() | DAYS,
    start=DAYS,
    length=st.integers(0, 120),
)
def test_days_weeks_and_months_add_up_to_the_quarters(
    bookings: list[tuple[BookingStatus, PsaBooking]],
    absences: list[HcmAbsence],
    weekly: str,
    hired: date | None,
    start: date,
    length: int,
) -> None:
    worker = HcmWorker(native=HERE, standard_weekly_hours=Decimal(weekly), hire_date=hired)
    within = DateRange(start, date.fromordinal(start.toordinal() + length))

    sums = {
        granularity: [
            sum((getattr(window, figure) for window in windows), Decimal(0))
            for windows in [build_windows(worker, absences, bookings, within, granularity)]
            for figure in FIGURES
        ]
        for granularity in Granularity
    }

    assert len({tuple(each) for each in sums.values()}) == 1
    capacity, *reductions, available = sums[Granularity.DAY]
    assert available == capacity - sum(reductions)


@given(bookings=st.lists(BOOKINGS, min_size=1, max_size=6))
def test_a_window_over_all_bookings_has_their_hours_rounded_once(
    bookings: list[tuple[BookingStatus, PsaBooking]],
) -> None:
    within = DateRange(date(2026, 1, 1), date(2026, 12, 31))

    for granularity in Granularity:
        windows = build_windows(WORKER, [], bookings, within, granularity)
        hard = sum((booking.hours for status, booking in bookings if status is BookingStatus.HARD), Decimal(0))
        assert sum(window.hard_booked_hours or 0 for window in windows) == hard.quantize(Decimal("0.01"))


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
