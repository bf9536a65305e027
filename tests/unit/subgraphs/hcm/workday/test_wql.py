"""WQL is built from typed values, which are always literals."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.errors import DeclarationError
from subgraphs.hcm.workday import wql
from subgraphs.hcm.workday.twin.wql import parse_statement

COLUMNS = frozenset({"workdayID", "employeeID", "fullName"})
DAY = date(2026, 11, 20)


def test_a_statement_has_an_effective_date_and_an_order() -> None:
    one, other = "a" * 32, "b" * 32
    select = wql.Select(
        columns=("workdayID", "employeeID"),
        source="allWorkers",
        as_of=DAY,
        filter="allActiveAndTerminatedWorkers",
        where=wql.build_id_in([one, other]),
    )

    source = "allWorkers (dataSourceFilter = allActiveAndTerminatedWorkers, effectiveAsOfDate = '2026-11-20')"
    condition = f"workdayID IN ('{one}', '{other}')"
    assert wql.render_query(select).split(" FROM ") == [
        "SELECT workdayID, employeeID",
        f"{source} WHERE {condition} ORDER BY workdayID",
    ]


@given(st.text(st.sampled_from("\\'")) | st.text(st.characters(exclude_categories=["Cs", "Cc"])))
@example("'")
@example("\\")
@example("\\' OR '1' = '1")
def test_any_text_is_one_literal(value: str) -> None:
    select = wql.Select(
        columns=("workdayID",),
        source="allWorkers",
        as_of=DAY,
        where=wql.build_equals("employeeID", wql.format_text(value)),
    )
    matching_row = {"workdayID": "1", "employeeID": value, "fullName": ""}
    other_row = {"workdayID": "2", "employeeID": value + "x", "fullName": ""}

    assert parse_statement(wql.render_query(select), COLUMNS).run([matching_row, other_row], COLUMNS) == [
        {"workdayID": "1"}
    ]


@pytest.mark.parametrize("name", ["", "full name", "a;b", "a'b", "1a", "a.b", "naïve"])
def test_an_invalid_alias_is_rejected(name: str) -> None:
    with pytest.raises(DeclarationError):
        wql.render_query(wql.Select(columns=(name,), source="allWorkers", as_of=DAY))


def test_control_characters_are_rejected() -> None:
    with pytest.raises(DeclarationError):
        wql.format_text("W-1\n")


def test_instants_are_formatted_in_utc() -> None:
    moment = datetime(2026, 11, 20, 7, 30, 1, 999, tzinfo=timezone(timedelta(hours=-5)))

    assert wql.format_instant(moment) == "'2026-11-20T12:30:01.000Z'"
    assert wql.format_instant(moment.astimezone(UTC)) == wql.format_instant(moment)


def test_invalid_ids_are_not_queried() -> None:
    assert wql.filter_ids(["a" * 32, "A" * 32, "a" * 31, "' OR 1", "a" * 32, ""]) == ["a" * 32]
