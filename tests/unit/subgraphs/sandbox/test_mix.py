"""The vendor of each connection of the demo firm."""

import pytest

from subgraphs.sandbox.mix import VENDORS, MixError, list_tryton_connections, parse_mix
from subgraphs.sandbox.systems import STARTERS


def test_a_named_mix_selects_its_vendors() -> None:
    assert parse_mix("twins") == {"crm": "salesforce", "psa": "kantata", "hcm": "workday", "erp": "netsuite"}
    assert parse_mix("mixed") == {"crm": "salesforce", "psa": "tryton", "hcm": "tryton", "erp": "netsuite"}
    assert list_tryton_connections(parse_mix("tryton")) == ("crm", "psa", "hcm", "erp")


def test_connections_that_are_not_listed_use_the_default_twin() -> None:
    mix = parse_mix("psa=tryton, crm=salesforce")

    assert mix == {"crm": "salesforce", "psa": "tryton", "hcm": "workday", "erp": "netsuite"}


def test_every_vendor_of_the_twins_has_a_starter() -> None:
    assert {vendor for vendors in VENDORS.values() for vendor in vendors} == STARTERS.keys()


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("unknown", "--systems: 'unknown' is not a mix; use twins, mixed, tryton, or a list such as"),
        ("crm=workday", "--systems: crm does not support workday; use salesforce, tryton"),
        ("lms=docebo", "--systems: unknown connection lms; use crm, psa, hcm, erp"),
        ("crm=tryton,crm=salesforce", "--systems: crm is given twice"),
    ],
)
def test_an_invalid_mix_is_refused_with_the_valid_values(text: str, finding: str) -> None:
    with pytest.raises(MixError) as refused:
        parse_mix(text)

    assert refused.value.findings[0].startswith(finding)


def test_all_errors_are_reported_together() -> None:
    with pytest.raises(MixError) as refused:
        parse_mix("crm=workday,lms=docebo,x")

    assert len(refused.value.findings) == 3
