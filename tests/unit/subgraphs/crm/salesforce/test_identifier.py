"""Ids are compared in their 18-character form; invalid ids never reach a query."""

import pytest

from subgraphs.crm.salesforce.identifier import to_long_id


@pytest.mark.parametrize(
    ("raw", "full"),
    [
        ("001xx000003DGb2", "001xx000003DGb2AAG"),
        ("001xx000003DGb2AAG", "001xx000003DGb2AAG"),
        ("000000000000000", "000000000000000AAA"),
        ("ZZZZZZZZZZZZZZZ", "ZZZZZZZZZZZZZZZ555"),
    ],
)
def test_an_id_has_one_long_form(raw: str, full: str) -> None:
    assert to_long_id(raw) == full


@pytest.mark.parametrize(
    ("_case", "raw"),
    [
        ("empty", ""),
        ("too short", "001xx000003DGb"),
        ("between the two lengths", "001xx000003DGb2A"),
        ("too long", "001xx000003DGb2AAGA"),
        ("wrong suffix", "001xx000003DGb2AAA"),
        ("wrong case", "001XX000003DGB2AAG"),
        ("a quote", "001xx000003DGb'"),
        ("a non-ASCII digit", "001xx000003DGb٣"),
        ("a line break", "001xx000003DGb\n"),
    ],
)
def test_an_invalid_id_has_no_long_form(_case: str, raw: str) -> None:
    assert to_long_id(raw) is None
