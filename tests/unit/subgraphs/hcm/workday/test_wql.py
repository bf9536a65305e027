"""WQL is built from typed values: no value can become a part of the statement."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.errors import DeclarationError
from subgraphs.hcm.workday import wql
from subgraphs.hcm.workday.twin.wql import parsed

HELD = frozenset({"workdayID", "employeeID", "fullName"})
DAY = date(2026, 11, 20)


def test_a_statement_is_fixed_to_its_day_and_ordered() -> None:
    one, other = "a" * 32, "b" * 32
    select = wql.Select(
        columns=("workdayID", "employeeID"),
        source="allWorkers",
        as_of=DAY,
        filter="allActiveAndTerminatedWorkers",
        where=wql.one_of_ids([one, other]),
    )

    source = "allWorkers (dataSourceFilter = allActiveAndTerminatedWorkers, effectiveAsOfDate = '2026-11-20')"
    condition = f"workdayID IN ('{one}', '{other}')"
    assert select.text.split(" FROM ") == [
        "SELECT workdayID, employeeID",
        f"{source} WHERE {condition} ORDER BY workdayID",
    ]


@given(st.text(st.sampled_from("\\'")) | st.text(st.characters(exclude_categories=["Cs", "Cc"])))
@example("'")
@example("\\")
@example("\\' OR '1' = '1")
def test_whatever_is_asked_for_is_one_value(value: str) -> None:
    select = wql.Select(
        columns=("workdayID",), source="allWorkers", as_of=DAY, where=wql.equals("employeeID", wql.text(value))
    )
    mine = {"workdayID": "1", "employeeID": value, "fullName": ""}
    other = {"workdayID": "2", "employeeID": value + "x", "fullName": ""}

    assert parsed(select.text, HELD).run([mine, other], HELD) == [{"workdayID": "1"}]


@pytest.mark.parametrize("name", ["", "full name", "a;b", "a'b", "1a", "a.b", "naïve"])
def test_what_is_no_alias_is_refused(name: str) -> None:
    with pytest.raises(DeclarationError):
        wql.Select(columns=(name,), source="allWorkers", as_of=DAY).text  # noqa: B018 -- it is the reading that refuses


def test_control_characters_are_refused() -> None:
    with pytest.raises(DeclarationError):
        wql.text("W-1\n")


def test_instants_are_told_in_utc() -> None:
    moment = datetime(2026, 11, 20, 7, 30, 1, 999, tzinfo=timezone(timedelta(hours=-5)))

    assert wql.instant(moment) == "'2026-11-20T12:30:01.000Z'"
    assert wql.instant(moment.astimezone(UTC)) == wql.instant(moment)


def test_only_what_has_the_form_of_an_id_is_asked_for() -> None:
    assert wql.only_ids(["a" * 32, "A" * 32, "a" * 31, "' OR 1", "a" * 32, ""]) == ["a" * 32]
