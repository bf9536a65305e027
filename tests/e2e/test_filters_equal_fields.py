"""A filter keeps exactly the rows whose shown value meets it, before paging: every attribute of every list.

The expectation is computed here: all rows are read with the field that the attribute is about, and filtered in the
test.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type

from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph
from subgraphs.sandbox.firm.model import Firm, TimeEntry
from subgraphs.sandbox.firm.small import FIRM
from subgraphs.sandbox.tryton.databases import Databases
from tests.e2e.filter_trials import ATTRIBUTES, Row, build_trials
from tests.fixtures.connections import PATIENT_SECONDS
from tests.fixtures.firm import RunningFirm, open_mixed_firm, open_two_firms
from tests.fixtures.unwrapping import unwrap

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHEMA = build_graph(LOADERS).schema


class Case(NamedTuple):
    """An attribute of the filter of a list."""

    parent: str
    field: str
    filter_name: str
    attribute: str

    def __str__(self) -> str:
        return f"{self.parent}.{self.field}-{self.attribute}"


def list_cases() -> Iterator[Case]:
    """Yield every attribute of every field with a filter."""
    for parent in SCHEMA.type_map.values():
        if isinstance(parent, GraphQLObjectType):
            for name, field in parent.fields.items():
                if "filter" in field.args:
                    kind: Any = get_named_type(field.args["filter"].type)
                    yield from (Case(parent.name, name, kind.name, attribute) for attribute in kind.fields)


CASES = tuple(list_cases())
PSA_FILTERS = {"TaskFilter", "ResourceDemandFilter", "AssignmentFilter", "TimeEntryFilter", "ExpenseFilter"}
ROOTS = {"Customer": "customers", "Project": "projects", "Resource": "resources"}


def change_entries(change: Callable[[int, TimeEntry], TimeEntry]) -> Firm:
    """Return the firm with changed time entries; `change` gets the number of an entry within its project."""
    projects = [
        replace(project, time_entries=tuple(change(*each) for each in enumerate(project.time_entries)))
        for project in FIRM.projects
    ]
    return replace(FIRM, projects=tuple(projects))


def _change_in_psa(number: int, entry: TimeEntry) -> TimeEntry:
    return replace(entry, invoice_line=None if number % 4 == 1 else entry.invoice_line)


def _change_in_erp(number: int, entry: TimeEntry) -> TimeEntry:
    return replace(entry, invoice_line=None if number % 3 == 0 else entry.invoice_line, posted=number % 3 != 2)


PSA = change_entries(_change_in_psa)
"""The firm as the PSA knows it: some entries that the ERP has billed are unbilled."""
LEDGER = change_entries(_change_in_erp)
"""The firm as the ERP knows it: some entries that the PSA has as billed are unbilled, some are missing."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningFirm]:
    """A gateway whose PSA and ERP disagree about what is billed."""
    async with AsyncExitStack() as stack:
        yield await open_two_firms(stack, tmp_path_factory.mktemp("kantata"), "kantata", PSA, LEDGER)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def productive_ledger_firm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningFirm]:
    """The same with another PSA."""
    async with AsyncExitStack() as stack:
        yield await open_two_firms(stack, tmp_path_factory.mktemp("productive"), "productive", PSA, LEDGER)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tryton_ledger_firm(
    tmp_path_factory: pytest.TempPathFactory, tryton: tuple[str, Databases]
) -> AsyncIterator[RunningFirm]:
    """The same with a real Tryton server for projects and people."""
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("tryton")
        yield await open_mixed_firm(stack, folder, tryton, LEDGER, deadline=PATIENT_SECONDS)


async def test_every_filter_attribute_names_the_field_that_it_is_about() -> None:
    declared = {(case.filter_name, case.attribute) for case in CASES}

    assert {(name, each) for name, attributes in ATTRIBUTES.items() for each in attributes} == declared


def list_values(case: Case) -> tuple[str, ...]:
    """Return every value of an enum attribute."""
    kind: Any = SCHEMA.type_map[case.filter_name]
    named = get_named_type(kind.fields[case.attribute].type)
    return tuple(named.values) if isinstance(named, GraphQLEnumType) else ()


async def read_rows(
    firm: RunningFirm, case: Case, selection: str, condition: Mapping[str, Any] | None = None, first: int = 100
) -> dict[str, tuple[list[Row], int | None]]:
    """Return, per parent, the rows of a list in all of its pages, and the number that the list states."""
    body = f"{{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ id {selection} }} }}"
    listed = f"{case.field}(filter: $filter, first: {first}, after: $after) {body}"
    declared = f"$filter: {case.filter_name}, $after: String"
    if case.parent == "Query":
        return {"": await walk(firm, f"query L({declared}) {{ list: {listed} }}", {"filter": condition})}
    one = f"query L({declared}, $id: ID!) {{ node(id: $id) {{ ... on {case.parent} {{ list: {listed} }} }} }}"
    query = f"query L({declared}) {{ all: {ROOTS[case.parent]}(first: 100) {{ nodes {{ id list: {listed} }} }} }}"
    answer = await firm.execute(query, {"filter": condition})
    assert answer.errors == []
    found: dict[str, tuple[list[Row], int | None]] = {}
    for node in unwrap(answer.data)["all"]["nodes"]:
        rows, total = list(node["list"]["nodes"]), node["list"]["totalCount"]
        if node["list"]["pageInfo"]["hasNextPage"]:
            end = node["list"]["pageInfo"]["endCursor"]
            rows += (await walk(firm, one, {"filter": condition, "id": node["id"]}, end))[0]
        found[node["id"]] = rows, total
    return found


async def walk(
    firm: RunningFirm, query: str, variables: Mapping[str, Any], after: str | None = None
) -> tuple[list[Row], int | None]:
    """Return the rows of a list after a cursor, page by page, and the number that the last page states."""
    rows: list[Row] = []
    while True:
        answer = await firm.execute(query, {**variables, "after": after})
        assert answer.errors == []
        data = unwrap(answer.data)
        page = data["list"] if "list" in data else data["node"]["list"]
        rows += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return rows, page["totalCount"]
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_filter_keeps_exactly_the_rows_whose_shown_value_meets_it(firm: RunningFirm, case: Case) -> None:
    await require_equal_rows(firm, case)


@pytest.mark.parametrize("case", [case for case in CASES if case.filter_name in PSA_FILTERS], ids=str)
async def test_the_filters_of_another_psa_keep_exactly_the_rows_too(
    productive_ledger_firm: RunningFirm, case: Case
) -> None:
    await require_equal_rows(productive_ledger_firm, case)


TRYTON_LISTS = {"TaskFilter", "TimeEntryFilter"}


@pytest.mark.parametrize("case", [case for case in CASES if case.filter_name in TRYTON_LISTS], ids=str)
async def test_tryton_keeps_exactly_the_rows_or_refuses_a_field_that_it_lacks(
    tryton_ledger_firm: RunningFirm, case: Case
) -> None:
    if case.attribute != "approval":
        await require_equal_rows(tryton_ledger_firm, case)
        return
    root = ROOTS[case.parent]
    answer = await tryton_ledger_firm.execute(
        f"{{ {root}(first: 1) {{ nodes {{ timeEntries(filter: {{approval: [APPROVED]}}) {{ totalCount }} }} }} }}"
    )
    assert [(error["message"], error["extensions"]) for error in answer.errors or ()] == [
        (
            "tryton cannot filter time entries by approval; remove filter.approval.",
            {"code": "BAD_USER_INPUT", "field": "filter.approval"},
        )
    ]


async def require_equal_rows(firm: RunningFirm, case: Case) -> None:
    """Compare the rows of every condition with those that the test keeps of all rows, once also in small pages."""
    shown = ATTRIBUTES[case.filter_name][case.attribute]
    every = await read_rows(firm, case, shown.selection)
    all_rows = [row for rows, _ in every.values() for row in rows]
    assert all_rows
    is_paged = False
    for condition, keep in build_trials(shown, list_values(case), all_rows):
        found = await read_rows(firm, case, "", {case.attribute: condition})
        for of, (rows, total) in found.items():
            expected = [row["id"] for row in every[of][0] if keep(shown.read(row))]
            assert (condition, [row["id"] for row in rows]) == (condition, expected)
            assert total in {None, len(expected)}
        if not is_paged and any(len(rows) > 2 for rows, _ in found.values()):
            small = await read_rows(firm, case, "", {case.attribute: condition}, first=2)
            assert {of: rows for of, (rows, _) in small.items()} == {of: rows for of, (rows, _) in found.items()}
            is_paged = True


@pytest.mark.parametrize("region", ["US", "EU", "UK"])
async def test_a_filter_by_region_keeps_the_customers_that_a_token_of_the_region_sees(
    firm: RunningFirm, region: str
) -> None:
    """The region of a customer is shown by no field; it decides who may see the customer."""
    filtered = await firm.execute(f"{{ customers(filter: {{region: [{region}]}}) {{ totalCount nodes {{ id }} }} }}")
    visible = await firm.execute("{ customers { totalCount nodes { id } } }", regions=frozenset({region}))

    assert filtered.errors == []
    assert filtered.data == visible.data
