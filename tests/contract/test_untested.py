"""Promises that a run could not test are reported once each, with all of their details."""

from typing import Any

import pytest

from gateway.canonical.records.hcm import HcmWorker
from tests.contract.live import LiveTenant
from tests.contract.untested import KEY, NotTestedError, format_lines


class Report:
    """The part of a test's report that is read here."""

    def __init__(self, *values: str) -> None:
        self.user_properties: list[tuple[str, object]] = [("other", 1), *((KEY, value) for value in values)]


def build_tenant(*ids: str) -> LiveTenant:
    connection: Any = None
    return LiveTenant(connection, None, {HcmWorker: ids} if ids else {})


def test_details_of_one_promise_share_a_line():
    reports: Any = [
        Report("a: test_x\none\nneeds more"),
        Report("a: test_x\ntwo\nneeds more", "a: test_y\n\nneeds a twin"),
    ]

    assert list(format_lines(reports)) == [
        "not tested: a: test_x [one, two]: needs more",
        "not tested: a: test_y: needs a twin",
    ]


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("17", "900000003"),
        ("p-8", "p-900000003"),
        ("00Q5e00000Ab123456789012", "00Q5e00000Ab900000000003"),
        ("aurora", "aurora-900000003"),
    ],
)
def test_an_unknown_id_has_the_form_of_a_known_one(known: str, unknown: str):
    assert build_tenant(known).make_unknown_id(3, HcmWorker) == unknown


def test_what_a_tenant_does_not_offer_is_named():
    with pytest.raises(NotTestedError, match="needs the vendor's answer to too many calls"):
        _ = build_tenant().rate_limit
    with pytest.raises(NotTestedError, match="needs the path of token requests"):
        _ = build_tenant().token_path
