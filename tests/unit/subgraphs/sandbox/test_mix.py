"""Which vendor keeps which part of the demo firm."""

import pytest

from subgraphs.sandbox.mix import VENDORS, MixError, mix_of, on_tryton
from subgraphs.sandbox.systems import TWINS


def test_named_mixes_are_what_their_names_say() -> None:
    assert mix_of("twins") == {"crm": "salesforce", "psa": "kantata", "hcm": "workday", "erp": "netsuite"}
    assert mix_of("mixed") == {"crm": "salesforce", "psa": "tryton", "hcm": "tryton", "erp": "netsuite"}
    assert on_tryton(mix_of("tryton")) == ("crm", "psa", "hcm", "erp")


def test_a_part_of_a_mix_leaves_the_others_as_twins() -> None:
    mix = mix_of("psa=tryton, crm=salesforce")

    assert mix == {"crm": "salesforce", "psa": "tryton", "hcm": "workday", "erp": "netsuite"}


def test_every_vendor_of_the_twins_has_a_starter() -> None:
    assert {vendor for vendors in VENDORS.values() for vendor in vendors} == TWINS.keys()


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("nonsense", "--systems: 'nonsense' is no mix; it is twins, mixed, tryton, or parts of a mix such as"),
        ("crm=workday", "--systems: crm cannot be workday; it can be salesforce, tryton"),
        ("lms=docebo", "--systems: there is no part lms; there are crm, psa, hcm, erp"),
        ("crm=tryton,crm=salesforce", "--systems: crm is named twice"),
    ],
)
def test_what_is_no_mix_is_refused_with_what_there_is(text: str, finding: str) -> None:
    with pytest.raises(MixError) as refused:
        mix_of(text)

    assert refused.value.findings[0].startswith(finding)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(MixError) as refused:
        mix_of("crm=workday,lms=docebo,x")

    assert len(refused.value.findings) == 3
