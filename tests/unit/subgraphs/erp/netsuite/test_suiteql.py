"""SuiteQL text is built from typed values and evaluates to them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import DeclarationError
from subgraphs.erp.netsuite import suiteql
from subgraphs.erp.netsuite.suiteql import Fragment, Select
from subgraphs.erp.netsuite.twin.dialect import translate
from subgraphs.erp.netsuite.twin.store import Store

NEW_YORK = ZoneInfo("America/New_York")


def test_a_statement_has_columns_source_conditions_and_order():
    select = Select(
        columns={"id": "c.id", "its_name": "c.companyname"},
        source="customer c",
        where=suiteql.match_ids("c.id", ["7", "12"]),
        order=("c.id",),
    )
    assert select.text == (
        "SELECT c.id AS id, c.companyname AS its_name FROM customer c WHERE c.id IN (7, 12) ORDER BY c.id"
    )


@pytest.mark.parametrize(
    ("_case", "literal", "expected"),
    [
        ("a quote is doubled", suiteql.quote_text("O'Brien"), "'O''Brien'"),
        ("a number is plain", suiteql.quote_number(Decimal("1E+3")), "1000"),
        ("a date is ISO", suiteql.quote_day(date(2026, 2, 9)), "TO_DATE('2026-02-09', 'YYYY-MM-DD')"),
        (
            "an instant is in the account's zone",
            suiteql.quote_instant(datetime(2026, 7, 1, 12, tzinfo=UTC), NEW_YORK),
            "TO_DATE('2026-07-01T08:00:00', 'YYYY-MM-DD\"T\"HH24:MI:SS')",
        ),
    ],
)
def test_values_are_quoted_as_literals(_case: str, literal: Fragment, expected: str):
    assert literal == expected


@pytest.mark.parametrize("hour", [5, 6])
def test_an_ambiguous_local_time_is_quoted_earlier_never_later(hour: int):
    """On 1 November 2026, 01:00 to 02:00 in New York starts at 05:00 and again at 06:00 UTC."""
    literal = suiteql.quote_instant(datetime(2026, 11, 1, hour, 30, tzinfo=UTC), NEW_YORK)
    local = datetime.fromisoformat(literal.split("'")[1]).replace(tzinfo=NEW_YORK)
    assert local.astimezone(UTC) < datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
    assert local.replace(fold=1).utcoffset() == local.replace(fold=0).utcoffset()


@pytest.mark.parametrize("name", ["c.id; DROP", "C.ID", "", "c.", "1c", "c.id.x", "c id", 'c."x"'])
def test_other_names_than_plain_identifiers_are_refused(name: str):
    with pytest.raises(DeclarationError):
        suiteql.check_identifier(name)


def test_malformed_internal_ids_are_dropped():
    assert suiteql.match_ids("c.id", ["107", "-5", "0", "1 OR 1=1", "", "ä", "9" * 30]) == "c.id IN (107, -5, 0)"
    assert suiteql.match_ids("c.id", ["x"]) == "1 = 0"


def test_strings_that_no_column_can_hold_are_dropped():
    longest = "ä" * 2000
    assert suiteql.match_texts("c.x", ["a\0b", longest, f"{longest}."]) == f"c.x IN ('{longest}')"
    assert suiteql.match_texts("c.x", ["\0"]) == "1 = 0"


def test_an_in_list_has_at_most_a_thousand_items():
    assert suiteql.match_ids("c.id", [str(i) for i in range(1000)]).count(",") == 999
    with pytest.raises(DeclarationError):
        suiteql.match_ids("c.id", [str(i) for i in range(1001)])


def test_a_row_follows_a_position_by_the_first_key_or_by_the_next_for_equal_first_keys():
    assert suiteql.seek_after([("a", Fragment("1")), ("b", Fragment("2"))]) == "(a > 1 OR a = 1 AND b > 2)"


@pytest.fixture(scope="module")
def store() -> Store:
    return Store(NEW_YORK)


def query_literal(store: Store, literal: Fragment) -> str | None:
    select = Select(columns={"value": str(literal)}, source="dual", where=Fragment("1 = 1"), order=("dummy",))
    total, rows = store.select(translate(select.text), 10, 0)
    assert total == 1
    return rows[0].get("value")


@given(value=st.text(min_size=1).filter(lambda value: "\0" not in value))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_string_literal_returns_its_value(store: Store, value: str):
    assert query_literal(store, suiteql.quote_text(value)) == value


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_number_literal_returns_its_value(store: Store, value: Decimal):
    literal = Fragment(f"TO_NUMBER('{suiteql.quote_number(value)}')")
    assert Decimal(query_literal(store, literal) or "") == value


@given(value=st.dates())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_date_literal_returns_its_value(store: Store, value: date):
    literal = Fragment(f"TO_CHAR({suiteql.quote_day(value)}, 'YYYY-MM-DD')")
    assert query_literal(store, literal) == value.isoformat()


def test_a_string_with_nul_is_refused():
    with pytest.raises(DeclarationError):
        suiteql.quote_text("a\0b")
