from collections.abc import Mapping
from enum import StrEnum

import msgspec
import pytest

from gateway.errors import ConfigurationError
from subgraphs.kit.mapping_file import read_strictly


class Colour(StrEnum):
    RED = "RED"


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    number: str
    region: str | None = None


class ExampleMapping(msgspec.Struct, frozen=True, kw_only=True):
    account: Fields
    lines: tuple[Fields, ...] = ()
    extra: Fields | None = None
    codes: Mapping[Colour, Mapping[str, str]] = {}


def get_findings(given):
    with pytest.raises(ConfigurationError) as raised:
        read_strictly(given, ExampleMapping, "mapping")
    return raised.value.findings


def test_a_valid_file_becomes_the_struct():
    given = {"account": {"number": "N__c"}, "lines": [{"number": "L__c"}], "codes": {"RED": {"r": "RED"}}}

    read = read_strictly(given, ExampleMapping, "mapping")

    assert read == ExampleMapping(
        account=Fields(number="N__c"), lines=(Fields(number="L__c"),), codes={Colour.RED: {"r": "RED"}}
    )


def test_all_missing_and_unknown_keys_are_reported_at_once():
    given = {
        "account": {"regoin": "R__c"},
        "lines": [{"number": "L__c"}, {"nubmer": "M__c"}],
        "extra": {"number": "X", "colour": "red"},
        "acount": {},
    }

    assert get_findings(given) == [
        "mapping.acount: unknown key; known keys: account, codes, extra, lines",
        "mapping.account.regoin: unknown key; known keys: number, region",
        "mapping.account.number: is missing",
        "mapping.lines[1].nubmer: unknown key; known keys: number, region",
        "mapping.lines[1].number: is missing",
        "mapping.extra.colour: unknown key; known keys: number, region",
    ]


@pytest.mark.parametrize(
    ("_case", "given", "finding"),
    [
        ("a value of another type", {"account": {"number": 7}}, "mapping.account.number: Expected `str`, got `int`"),
        ("a table that is a text", {"account": "N__c"}, "mapping.account: Expected `object`, got `str`"),
        (
            "a word that is not of the set",
            {"account": {"number": "N"}, "codes": {"BLUE": {}}},
            "mapping: Invalid enum value 'BLUE' - at `key` in `$.codes`",
        ),
    ],
)
def test_an_invalid_value_is_reported_with_its_place(_case, given, finding):
    assert get_findings(given) == [finding]
