"""A watermark never skips rows that may still be committed, and never goes back."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.errors import SourceError
from subgraphs.crm.salesforce import watermarks

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_watermark_is_an_instant_in_whole_seconds() -> None:
    assert watermarks.format_watermark(NOW) == "2026-11-20T12:00:00+00:00"
    assert watermarks.parse_watermark("2026-11-20T12:00:00+00:00") == NOW


@pytest.mark.parametrize("text", ["", "2026", "2026-11-20T12:00:00", "17"])
def test_a_watermark_of_another_format_is_rejected(text: str) -> None:
    with pytest.raises(SourceError) as error:
        watermarks.parse_watermark(text)
    assert error.value.code == "CONTRACT_MISMATCH"


def test_an_interim_watermark_is_limited_by_the_overlap_and_the_reported_deletions() -> None:
    assert watermarks.compute_interim_watermark(NOW - 60 * MINUTE, NOW, NOW) == NOW - 60 * MINUTE
    assert watermarks.compute_interim_watermark(NOW - MINUTE, NOW, NOW) == NOW - watermarks.OVERLAP
    assert watermarks.compute_interim_watermark(NOW - 10 * MINUTE, NOW, NOW - 30 * MINUTE) == NOW - 30 * MINUTE


def test_the_final_watermark_is_now_less_the_overlap() -> None:
    assert watermarks.compute_final_watermark(None, NOW, NOW) == NOW - watermarks.OVERLAP
    assert watermarks.compute_final_watermark(NOW - 60 * MINUTE, NOW, NOW) == NOW - watermarks.OVERLAP


def test_the_final_watermark_is_limited_by_reported_deletions_and_never_goes_back() -> None:
    assert watermarks.compute_final_watermark(NOW - 60 * MINUTE, NOW, NOW - 30 * MINUTE) == NOW - 30 * MINUTE
    assert watermarks.compute_final_watermark(NOW - MINUTE, NOW, NOW) == NOW - MINUTE


def test_the_deletions_range_is_within_the_retention() -> None:
    assert watermarks.compute_deletions_start(NOW - 60 * MINUTE, NOW) == NOW - 62 * MINUTE
    assert watermarks.compute_deletions_start(NOW + 60 * MINUTE, NOW) == NOW - 2 * MINUTE
    assert watermarks.compute_deletions_start(NOW - timedelta(days=90), NOW) == NOW - timedelta(days=30) + 10 * MINUTE
