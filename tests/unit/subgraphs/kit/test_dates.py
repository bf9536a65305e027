from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from subgraphs.kit.dates import format_http_date, parse_day, parse_instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-15T10:30:00.000+0000", datetime(2026, 1, 15, 10, 30, tzinfo=UTC)),
        ("2026-01-15T10:30:00Z", datetime(2026, 1, 15, 10, 30, tzinfo=UTC)),
        ("2026-01-15T10:30:00-08:00", datetime(2026, 1, 15, 18, 30, tzinfo=UTC)),
        ("2026-01-15 10:30:00+05:30", datetime(2026, 1, 15, 5, 0, tzinfo=UTC)),
        ("2026-01-15T10:30:00.123456Z", datetime(2026, 1, 15, 10, 30, 0, 123456, tzinfo=UTC)),
    ],
)
def test_instants_with_an_offset_are_converted_to_utc(text, expected):
    read = parse_instant(text)

    assert read == expected
    assert read.tzinfo is UTC


@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False))
def test_every_instant_survives_its_own_iso_text(moment):
    text = moment.isoformat()

    if len(text.rpartition("T")[2].lstrip("0123456789:.")) == len("+00:00"):  # some old offsets count seconds
        try:
            expected = moment.astimezone(UTC)
        except OverflowError:
            with pytest.raises(SourceError):
                parse_instant(text)
        else:
            assert parse_instant(text) == expected


def test_local_time_is_parsed_in_the_accounts_zone():
    assert parse_instant("2026-07-01T09:00:00", ZoneInfo("America/New_York")) == datetime(2026, 7, 1, 13, 0, tzinfo=UTC)


def test_an_ambiguous_local_time_is_the_earlier_one():
    # Clocks in Berlin went back from 03:00 to 02:00 on 25 October 2026.
    assert parse_instant("2026-10-25T02:30:00", ZoneInfo("Europe/Berlin")) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-01-15", "2026-02-30T10:00:00Z", "2026-01-15T25:00:00Z", "20260115T103000Z", "1768473000",
     "2026-01-15T10:30:00", "2026-01-15T10:30:00Z ", "2026-W03-4T10:00:00Z"],
)  # fmt: skip
def test_any_other_text_is_a_contract_mismatch_without_its_value(text):
    with pytest.raises(SourceError) as raised:
        parse_instant(text)

    assert raised.value.code is FaultCode.CONTRACT_MISMATCH
    assert not text or text not in str(raised.value)


def test_a_day_has_no_time():
    assert parse_day("2026-02-28") == date(2026, 2, 28)


@pytest.mark.parametrize("text", ["2026-02-29", "2026-2-1", "20260201", "2026-02-01T00:00:00Z", ""])
def test_any_other_day_is_a_contract_mismatch(text):
    with pytest.raises(SourceError) as raised:
        parse_day(text)

    assert raised.value.code is FaultCode.CONTRACT_MISMATCH


def test_http_dates_are_in_gmt_and_truncated_to_seconds():
    moment = datetime(2026, 8, 10, 13, 0, 0, 999999, tzinfo=ZoneInfo("Europe/Berlin"))

    assert format_http_date(moment) == "Mon, 10 Aug 2026 11:00:00 GMT"
