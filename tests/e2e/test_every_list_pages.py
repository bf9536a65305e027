"""Pages of every list of the schema: an empty page states the count, and a cursor works in its own list only."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, get_named_type

from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph
from tests.fixtures.firm import RunningFirm, open_four_twins
from tests.fixtures.unwrapping import unwrap

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHEMA = build_graph(LOADERS).schema
PATHS: Mapping[str, tuple[str, str]] = {
    "Query": ("", ""),
    "Customer": ("parents: customers(first: 100) { nodes { id ", "} }"),
    "CustomerHierarchy": ("parents: customers(first: 100) { nodes { id hierarchy { ", "} } }"),
    "Project": ("parents: projects(first: 100) { nodes { id ", "} }"),
    "Contract": ("parents: contracts(first: 100) { nodes { id ", "} }"),
    "Invoice": ("parents: invoices(first: 100) { nodes { id ", "} }"),
    "Resource": ("parents: resources(first: 100) { nodes { id ", "} }"),
    "FinancialDimension": ("parents: financialDimensions { id ", "}"),
}
"""How the lists of a type are reached: the text around them."""
OTHER_SELECTIONS: Mapping[str, str] = {
    "OpportunityFilter": "filter: {stage: [CLOSED_WON]}",
    "ContractFilter": "filter: {status: [ACTIVE]}",
    "ProjectFilter": "filter: {status: [ACTIVE]}",
    "CustomerFilter": "filter: {status: [ACTIVE]}",
    "InvoiceFilter": "filter: {status: [PAID]}",
    "ResourceFilter": "filter: {type: [EMPLOYEE]}",
    "TaskFilter": "filter: {billable: true}",
    "ResourceDemandFilter": "filter: {status: [OPEN]}",
    "AssignmentFilter": "filter: {booking: [HARD]}",
    "TimeEntryFilter": "filter: {billable: true}",
    "ExpenseFilter": 'filter: {incurredOn: {gte: "2000-01-01"}}',
    "CustomerOrder": "orderBy: {field: NAME, direction: DESC}",
    "ProjectOrder": "orderBy: {field: NAME, direction: ASC}",
    "ResourceOrder": "orderBy: {field: HIRE_DATE, direction: DESC}",
    "InvoiceOrder": "orderBy: {field: NUMBER, direction: ASC}",
    "Date": 'activeOn: "2026-11-20"',
}
"""An argument that selects or sorts differently, by the type of the argument."""


CALLS_OF_PARENTS = {"FinancialDimension": 3, "CustomerHierarchy": 1}
"""The calls that the parents of lists take themselves; all others come from the card index.

The hierarchies of all customers are compared with the ERP's in one call.
"""


class ListField(NamedTuple):
    """A list of the schema, and the types of its arguments."""

    parent: str
    field: str
    arguments: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.parent}.{self.field}"


def list_fields() -> Iterator[ListField]:
    """Yield every field of the schema that returns a connection."""
    for parent in SCHEMA.type_map.values():
        if isinstance(parent, GraphQLObjectType):
            for name, field in parent.fields.items():
                if get_named_type(field.type).name.endswith("Connection"):
                    arguments: dict[str, Any] = {key: get_named_type(arg.type) for key, arg in field.args.items()}
                    yield ListField(parent.name, name, {key: kind.name for key, kind in arguments.items()})


LISTS = tuple(list_fields())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningFirm]:
    """A gateway over four twins, shared by the tests of this module: none of them changes anything."""
    async with AsyncExitStack() as stack:
        yield await open_four_twins(stack, tmp_path_factory.mktemp("lists"))


class Pages(NamedTuple):
    """The pages of a list below its parents, and the errors by the parent's position."""

    by_parent: dict[str, Any]
    errors: list[dict[str, Any]]
    calls: int


async def read_pages(firm: RunningFirm, of: ListField, arguments: str) -> Pages:
    """Read a list with arguments, below every parent."""
    before, behind = PATHS[of.parent]
    body = "{ totalCount pageInfo { hasNextPage endCursor } edges { cursor node { __typename } } }"
    answer = await firm.execute(f"{{ {before} list: {of.field}({arguments}) {body} {behind} }}")
    if of.parent == "Query":
        nodes = [{"id": "", **unwrap(answer.data)}]
    else:
        parents = unwrap(answer.data)["parents"]
        nodes = parents["nodes"] if isinstance(parents, dict) else parents
    lists = {each["id"]: each.get("hierarchy", each)["list"] for each in nodes}
    return Pages(lists, list(answer.errors or ()), answer.calls.total())


async def find_rows(firm: RunningFirm, of: ListField) -> tuple[str, dict[str, Any]]:
    """Return the parent with most rows, and its page of one row."""
    pages = await read_pages(firm, of, "first: 100")
    parent = max(pages.by_parent, key=lambda each: len(pages.by_parent[each]["edges"]))
    return parent, (await read_pages(firm, of, "first: 1")).by_parent[parent]


def require_refused(of: ListField, pages: Pages, field: str) -> None:
    """Require that every list is refused because of one argument, without a call below its parents."""
    assert [page for page in pages.by_parent.values() if page is not None] == []
    assert pages.calls == CALLS_OF_PARENTS.get(of.parent, 0)
    found = {(each["extensions"]["code"], each["extensions"]["field"]) for each in pages.errors}
    assert found == {("BAD_USER_INPUT", field)}


@pytest.mark.parametrize("of", LISTS, ids=str)
async def test_a_page_of_no_rows_states_the_count(firm: RunningFirm, of: ListField) -> None:
    parent, page = await find_rows(firm, of)

    empty = (await read_pages(firm, of, "first: 0")).by_parent[parent]

    assert empty == {
        "totalCount": page["totalCount"],
        "pageInfo": {"hasNextPage": True, "endCursor": None},
        "edges": [],
    }


@pytest.mark.parametrize("of", LISTS, ids=str)
async def test_a_cursor_continues_its_list_and_no_other(firm: RunningFirm, of: ListField) -> None:
    parent, page = await find_rows(firm, of)
    cursor = page["edges"][0]["cursor"]

    rest = await read_pages(firm, of, f'first: 100, after: "{cursor}"')

    refused = {key for key, each in rest.by_parent.items() if each is None}
    assert refused == set(rest.by_parent) - {parent}
    assert len(rest.errors) == len(refused)
    assert cursor not in {each["cursor"] for each in rest.by_parent[parent]["edges"]}
    assert rest.by_parent[parent]["totalCount"] in {None, page["totalCount"]}


@pytest.mark.parametrize("of", LISTS, ids=str)
async def test_a_cursor_of_another_list_filter_or_order_is_refused(firm: RunningFirm, of: ListField) -> None:
    other = LISTS[(LISTS.index(of) + 1) % len(LISTS)]
    foreign = (await find_rows(firm, other))[1]["edges"][0]["cursor"]
    own = (await find_rows(firm, of))[1]["edges"][0]["cursor"]

    require_refused(of, await read_pages(firm, of, f'after: "{foreign}"'), "after")
    require_refused(of, await read_pages(firm, of, 'after: "no cursor"'), "after")
    for name in of.arguments.keys() - {"first", "last", "after", "before"}:
        changed = OTHER_SELECTIONS[of.arguments[name]]
        require_refused(of, await read_pages(firm, of, f'{changed}, after: "{own}"'), "after")


@pytest.mark.parametrize("of", [each for each in LISTS if "last" in each.arguments], ids=str)
async def test_contradictory_positions_are_refused(firm: RunningFirm, of: ListField) -> None:
    own = (await find_rows(firm, of))[1]["edges"][0]["cursor"]

    require_refused(of, await read_pages(firm, of, f'last: 2, after: "{own}"'), "after")
    require_refused(of, await read_pages(firm, of, f'first: 2, before: "{own}"'), "before")
    require_refused(of, await read_pages(firm, of, f'before: "{own}"'), "before")
    require_refused(of, await read_pages(firm, of, "first: 1, last: 1"), "last")
    require_refused(of, await read_pages(firm, of, f'last: 1, before: "{own}", after: "{own}"'), "after")


@pytest.mark.parametrize("of", LISTS, ids=str)
async def test_a_page_size_outside_0_to_100_is_refused(firm: RunningFirm, of: ListField) -> None:
    require_refused(of, await read_pages(firm, of, "first: -1"), "first")
    require_refused(of, await read_pages(firm, of, "first: 101"), "first")


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ('customers(filter: {name: {contains: "\\u0000"}})', "filter.name"),
        ('projects(filter: {code: {in: ["a", "\\u0000"]}})', "filter.code"),
        ('project(ref: {code: "\\u0000"})', "ref.code"),
        ('project(ref: {external: {system: PSA, objectType: "a", externalId: "\\u0000"}})', "ref.external"),
    ],
)
async def test_a_character_that_no_database_stores_is_refused(firm: RunningFirm, field: str, named: str) -> None:
    answer = await firm.execute(f"{{ {field} {{ __typename }} }}")

    assert [error["extensions"] for error in answer.errors or ()] == [{"code": "BAD_USER_INPUT", "field": named}]
