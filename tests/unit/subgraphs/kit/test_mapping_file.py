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


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    account: Fields
    lines: tuple[Fields, ...] = ()
    extra: Fields | None = None
    codes: Mapping[Colour, Mapping[str, str]] = {}


def findings_of(given):
    with pytest.raises(ConfigurationError) as refused:
        read_strictly(given, Mapped, "mapping")
    return refused.value.findings


def test_a_sound_file_becomes_the_struct():
    given = {"account": {"number": "N__c"}, "lines": [{"number": "L__c"}], "codes": {"RED": {"r": "RED"}}}

    read = read_strictly(given, Mapped, "mapping")

    assert read == Mapped(
        account=Fields(number="N__c"), lines=(Fields(number="L__c"),), codes={Colour.RED: {"r": "RED"}}
    )


def test_every_missing_and_unknown_key_is_named_at_once():
    given = {
        "account": {"regoin": "R__c"},
        "lines": [{"number": "L__c"}, {"nubmer": "M__c"}],
        "extra": {"number": "X", "colour": "red"},
        "acount": {},
    }

    assert findings_of(given) == [
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
def test_a_value_that_does_not_fit_is_named_with_its_place(_case, given, finding):
    assert findings_of(given) == [finding]
