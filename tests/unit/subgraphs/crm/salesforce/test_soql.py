"""Values reach a query only as literals, and come out of it as they went in."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import DeclarationError
from subgraphs.crm.salesforce.soql import Among, Compare, Operator, Select, literal, render
from subgraphs.crm.salesforce.twin.query_text import Comparison, Membership, parse

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def test_query_is_spelled_as_soql() -> None:
    lines = Select(columns=["Id"], source="OpportunityLineItems", order_by=["Id"], limit=11)
    select = Select(
        columns=["Id", "Owner.Name"],
        source="Opportunity",
        where=[Compare("Name", Operator.EQUAL, "Bob's"), Among("StageName", ["a", "b"])],
        order_by=["SystemModstamp", "Id"],
        children=[lines],
    )
    assert render(select) == (
        "SELECT Id, Owner.Name, (SELECT Id FROM OpportunityLineItems ORDER BY Id LIMIT 11) FROM Opportunity "
        "WHERE Name = 'Bob\\'s' AND StageName IN ('a','b') ORDER BY SystemModstamp, Id"
    )


@pytest.mark.parametrize(
    ("_case", "value", "spelled"),
    [
        ("null", None, "null"),
        ("boolean before integer", True, "true"),
        ("integer", 7, "7"),
        ("decimal without exponent", Decimal("1E+3"), "1000"),
        ("date unquoted", date(2026, 11, 20), "2026-11-20"),
        ("datetime in UTC", datetime(2026, 1, 15, 12, 30, tzinfo=timezone(timedelta(hours=2))), "2026-01-15T10:30:00Z"),
        ("line breaks escaped", "a\r\nb", "'a\\r\\nb'"),
        ("backslash and quote", "\\'", "'\\\\\\''"),
    ],
)
def test_literal_of_each_kind(_case: str, value: object, spelled: str) -> None:
    assert literal(value) == spelled  # type: ignore[arg-type]  # the table holds every kind


@given(TEXT)
def test_any_text_comes_out_of_a_comparison_as_it_went_in(text: str) -> None:
    query = parse(render(Select(columns=["Id"], source="Account", where=[Compare("Name", Operator.EQUAL, text)])))
    assert query.where == Comparison("Name", "=", text)


@given(st.lists(TEXT, min_size=1))
def test_any_texts_come_out_of_a_list_as_they_went_in(texts: list[str]) -> None:
    query = parse(render(Select(columns=["Id"], source="Account", where=[Among("Name", texts)])))
    assert query.where == Membership("Name", texts, negated=False)


@given(st.datetimes(timezones=st.just(UTC)).map(lambda each: each.replace(microsecond=0)))
def test_any_instant_comes_out_as_it_went_in(instant: datetime) -> None:
    query = parse(render(Select(columns=["Id"], source="A", where=[Compare("B", Operator.AT_LEAST, instant)])))
    assert query.where == Comparison("B", ">=", instant)


@pytest.mark.parametrize("name", ["", "Name FROM User", "Name,Id", "Name'", "1Name", "a.b.c.d.e.f.g", "Name\n"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(DeclarationError):
        render(Select(columns=[name], source="Account"))


def test_empty_list_is_refused() -> None:
    with pytest.raises(DeclarationError):
        render(Select(columns=["Id"], source="Account", where=[Among("Id", [])]))


def test_datetime_without_zone_is_refused() -> None:
    with pytest.raises(DeclarationError):
        literal(datetime(2026, 1, 1))  # noqa: DTZ001 -- the point of the test
