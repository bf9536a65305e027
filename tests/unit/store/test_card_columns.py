"""The columns of a card are declared once: table, migration, record and contribution match the declaration."""

from typing import Any

import msgspec
from sqlalchemy import Connection, String, inspect

from gateway.canonical.records.card import COLUMN_TYPES, COLUMNS, RELATIONS, Card, CardValues
from gateway.canonical.roles import Noun
from gateway.identity.contribution import CardContribution
from gateway.store import tables
from gateway.store.database import Store

OWN = {"id", "tenant", "noun", "synced_at", "alive", "folded_code", "folded_name", "name_sort_key"}
"""The columns that the gateway sets itself, or derives."""


async def test_the_migrated_card_table_has_exactly_the_declared_columns(store: Store) -> None:
    def read(connection: Connection) -> dict[str, Any]:
        return {column["name"]: column for column in inspect(connection).get_columns("card")}

    async with store.connect() as connection:
        migrated = await connection.run_sync(read)

    assert migrated.keys() == OWN | COLUMNS.keys() | RELATIONS.keys()
    for name, declared in COLUMNS.items():
        assert migrated[name]["nullable"], name
        if COLUMN_TYPES[name] is str:
            assert isinstance(migrated[name]["type"], String), name
            assert migrated[name]["type"].length == declared.width, name


def test_every_optional_value_of_a_card_is_a_declared_column() -> None:
    optional = {field.name for field in msgspec.structs.fields(Card) if field.default is None}

    assert optional == COLUMNS.keys() | RELATIONS.keys()
    assert set(CardValues.__struct_fields__) == {*COLUMNS, "legal_entities"}


def test_a_contribution_holds_a_reference_for_every_relation_of_the_card() -> None:
    assert set(RELATIONS.values()) <= set(CardContribution.__struct_fields__)


def test_the_card_of_a_person_stores_no_name_no_number_and_no_time_zone() -> None:
    assert {name for name, column in COLUMNS.items() if Noun.RESOURCE in column.hidden_for} == {
        "name",
        "number",
        "time_zone",
    }


def test_the_table_keeps_the_database_names_of_released_columns() -> None:
    assert tables.link.c.contribution.name == "facts"
