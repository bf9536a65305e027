"""Every value in a query is a literal that parses back to the value."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import DeclarationError
from subgraphs.crm.salesforce.soql import Comparison, Membership, Operator, Select, format_literal, render_query
from subgraphs.crm.salesforce.twin.query_parser import ComparisonNode, MembershipNode, parse_query

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def test_a_query_is_rendered_as_soql() -> None:
    lines = Select(columns=["Id"], source="OpportunityLineItems", order_by=["Id"], limit=11)
    select = Select(
        columns=["Id", "Owner.Name"],
        source="Opportunity",
        where=[Comparison("Name", Operator.EQUAL, "Bob's"), Membership("StageName", ["a", "b"])],
        order_by=["SystemModstamp", "Id"],
        children=[lines],
    )
    assert render_query(select) == (
        "SELECT Id, Owner.Name, (SELECT Id FROM OpportunityLineItems ORDER BY Id LIMIT 11) FROM Opportunity "
        "WHERE Name = 'Bob\\'s' AND StageName IN ('a','b') ORDER BY SystemModstamp, Id"
    )


@pytest.mark.parametrize(
    ("_case", "value", "expected"),
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
def test_a_literal_is_formatted_by_its_type(_case: str, value: object, expected: str) -> None:
    assert format_literal(value) == expected  # type: ignore[arg-type]  # the table has every type


@given(TEXT)
def test_any_text_survives_as_a_comparison_literal(text: str) -> None:
    query = parse_query(
        render_query(Select(columns=["Id"], source="Account", where=[Comparison("Name", Operator.EQUAL, text)]))
    )
    assert query.where == ComparisonNode("Name", "=", text)


@given(st.lists(TEXT, min_size=1))
def test_any_texts_survive_as_a_list_of_literals(texts: list[str]) -> None:
    query = parse_query(render_query(Select(columns=["Id"], source="Account", where=[Membership("Name", texts)])))
    assert query.where == MembershipNode("Name", texts, negated=False)


@given(st.datetimes(timezones=st.just(UTC)).map(lambda each: each.replace(microsecond=0)))
def test_any_instant_survives_as_a_literal(instant: datetime) -> None:
    query = parse_query(
        render_query(Select(columns=["Id"], source="A", where=[Comparison("B", Operator.AT_LEAST, instant)]))
    )
    assert query.where == ComparisonNode("B", ">=", instant)


@pytest.mark.parametrize("name", ["", "Name FROM User", "Name,Id", "Name'", "1Name", "a.b.c.d.e.f.g", "Name\n"])
def test_an_invalid_name_is_rejected(name: str) -> None:
    with pytest.raises(DeclarationError):
        render_query(Select(columns=[name], source="Account"))


def test_an_empty_list_is_rejected() -> None:
    with pytest.raises(DeclarationError):
        render_query(Select(columns=["Id"], source="Account", where=[Membership("Id", [])]))


def test_a_naive_datetime_is_rejected() -> None:
    with pytest.raises(DeclarationError):
        format_literal(datetime(2026, 1, 1))  # noqa: DTZ001 -- the naive datetime is the test case
