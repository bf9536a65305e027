"""A watermark never skips what may still appear, and never goes back."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.errors import SourceError
from subgraphs.crm.salesforce import feed

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_watermark_is_an_instant_to_the_second() -> None:
    assert feed.watermark_of(NOW) == "2026-11-20T12:00:00+00:00"
    assert feed.started_at("2026-11-20T12:00:00+00:00") == NOW


@pytest.mark.parametrize("text", ["", "2026", "2026-11-20T12:00:00", "17"])
def test_watermark_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(SourceError) as failed:
        feed.started_at(text)
    assert failed.value.code == "CONTRACT_MISMATCH"


def test_middle_of_a_feed_goes_to_the_last_stamp_but_not_into_the_overlap_nor_past_what_is_told_of_deletions() -> None:
    assert feed.progress(NOW - 60 * MINUTE, NOW, NOW) == NOW - 60 * MINUTE
    assert feed.progress(NOW - MINUTE, NOW, NOW) == NOW - feed.OVERLAP
    assert feed.progress(NOW - 10 * MINUTE, NOW, NOW - 30 * MINUTE) == NOW - 30 * MINUTE


def test_end_of_a_feed_is_the_overlap_before_now() -> None:
    assert feed.finish(None, NOW, NOW) == NOW - feed.OVERLAP
    assert feed.finish(NOW - 60 * MINUTE, NOW, NOW) == NOW - feed.OVERLAP


def test_end_of_a_feed_waits_for_deletions_and_does_not_go_back() -> None:
    assert feed.finish(NOW - 60 * MINUTE, NOW, NOW - 30 * MINUTE) == NOW - 30 * MINUTE
    assert feed.finish(NOW - MINUTE, NOW, NOW) == NOW - MINUTE


def test_deletions_are_asked_for_within_what_the_service_remembers() -> None:
    assert feed.deletions_from(NOW - 60 * MINUTE, NOW) == NOW - 62 * MINUTE
    assert feed.deletions_from(NOW + 60 * MINUTE, NOW) == NOW - 2 * MINUTE
    assert feed.deletions_from(NOW - timedelta(days=90), NOW) == NOW - timedelta(days=30) + 10 * MINUTE
