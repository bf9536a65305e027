"""What is overdue goes by the day of the legal entity, which may be a day before or after that of UTC."""

from datetime import UTC, date, datetime

from gateway.canonical.entity_days import EntityDays
from gateway.canonical.settlement import compute_status_on
from gateway.canonical.states import InvoiceStatus

ZONES = {
    "US01": "America/New_York",
    "NL01": "Europe/Amsterdam",
    "JP01": "Asia/Tokyo",
    "XX01": None,
    "YY01": "Mars/Base",
}
JUST_AFTER_MIDNIGHT_UTC = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
JUST_BEFORE_MIDNIGHT_UTC = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)


def test_an_entity_has_the_day_of_its_own_zone() -> None:
    days = EntityDays(JUST_AFTER_MIDNIGHT_UTC, ZONES)

    assert days.get_today("US01") == date(2026, 11, 30)
    assert days.get_today("NL01") == date(2026, 12, 1)
    assert EntityDays(JUST_BEFORE_MIDNIGHT_UTC, ZONES).get_today("NL01") == date(2026, 12, 1)


def test_an_entity_without_a_known_zone_has_the_day_of_utc() -> None:
    days = EntityDays(JUST_BEFORE_MIDNIGHT_UTC, ZONES)

    assert [days.get_today(code) for code in ("XX01", "YY01", "ZZ01", None)] == [date(2026, 11, 30)] * 4


def test_the_days_that_differ_from_utc_name_their_entities() -> None:
    assert EntityDays(JUST_AFTER_MIDNIGHT_UTC, ZONES).list_other_days() == {date(2026, 11, 30): {"US01"}}
    assert EntityDays(JUST_BEFORE_MIDNIGHT_UTC, ZONES).list_other_days() == {date(2026, 12, 1): {"NL01", "JP01"}}


def test_an_invoice_due_today_in_new_york_is_not_overdue_while_it_is_tomorrow_in_utc() -> None:
    days, due = EntityDays(JUST_AFTER_MIDNIGHT_UTC, ZONES), date(2026, 11, 30)

    assert compute_status_on(InvoiceStatus.ISSUED, due, days.get_today("US01")) is InvoiceStatus.ISSUED
    assert compute_status_on(InvoiceStatus.ISSUED, due, days.get_today("NL01")) is InvoiceStatus.OVERDUE
