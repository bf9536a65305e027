"""A customer's person sees that customer's records only: in lists, totals, children, references, nodes and entities."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from gateway.auth.user_roles import RowAccess
from tests.fixtures.firm import RunningFirm, open_four_twins
from tests.fixtures.unwrapping import unwrap

FUJI: dict[str, Any] = {"row_access": RowAccess.CUSTOMER, "customers": frozenset({"C-2007"})}
ROOTS = ("customers", "opportunities", "contracts", "projects", "resources", "invoices")
OWNERS = {
    "customers": "customerNumber",
    "opportunities": "customer { customerNumber }",
    "contracts": "customer { customerNumber }",
    "projects": "customer { customerNumber }",
    "resources": "id",
    "invoices": "customer { customerNumber }",
}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningFirm]:
    async with AsyncExitStack() as stack:
        yield await open_four_twins(stack, tmp_path_factory.mktemp("customer"))


async def read(firm: RunningFirm, document: str, **who: Any) -> Any:
    answer = await firm.execute(document, **who)
    assert [error for error in answer.errors if error["extensions"]["code"] != "SOURCE_UNAVAILABLE"] == []
    return unwrap(answer.data)


@pytest.mark.parametrize("root", ROOTS)
async def test_a_list_and_its_total_hold_the_customers_records_only(firm: RunningFirm, root: str) -> None:
    document = f"{{ {root}(first: 100) {{ totalCount nodes {{ id {OWNERS[root]} }} }} }}"
    everything, own = (await read(firm, document))[root], (await read(firm, document, **FUJI))[root]

    assert 0 < own["totalCount"] < everything["totalCount"]
    assert own["totalCount"] == len(own["nodes"])
    if root == "resources":
        team = await read(firm, '{ project(ref: {code: "PRJ-1007"}) { manager { id } } }')
        assert team["project"]["manager"]["id"] in {row["id"] for row in own["nodes"]}
    else:
        assert [row for row in own["nodes"] if "C-2007" not in str(row)] == []
        assert own["nodes"] == [row for row in everything["nodes"] if "C-2007" in str(row)]


@pytest.mark.parametrize("root", ROOTS)
async def test_a_record_of_another_customer_looks_like_one_that_does_not_exist(firm: RunningFirm, root: str) -> None:
    document = f"{{ {root}(first: 100) {{ nodes {{ id }} }} }}"
    ids = [row["id"] for row in (await read(firm, document))[root]["nodes"]]
    own = {row["id"] for row in (await read(firm, document, **FUJI))[root]["nodes"]}
    kind = {"opportunities": "Opportunity"}.get(root, root.title()[:-1])

    for global_id in ids:
        found = await read(
            firm,
            f'{{ node(id: "{global_id}") {{ id }} nodes(ids: ["{global_id}"]) {{ id }} '
            f'{kind.lower()}(ref: {{id: "{global_id}"}}) {{ id }} '
            f'_entities(representations: [{{__typename: "{kind}", id: "{global_id}"}}]) {{ __typename }} }}',
            **FUJI,
        )
        visible = global_id in own
        assert [bool(found["node"]), bool(found["nodes"][0]), bool(found[kind.lower()])] == [visible] * 3
        assert bool(found["_entities"][0]) == visible


LEAVES = """{ projects(first: 100) { nodes { code customer { customerNumber }
    tasks { nodes { id } } milestones { id } resourceDemands { nodes { id } } assignments { nodes { id } }
    timeEntries { nodes { id } } expenses { nodes { id } }
    invoices { nodes { lines { nodes { id } } payments { id } } } } }
    customers(first: 100) { nodes { customerNumber contacts { nodes { id } } } } }"""


def collect_ids(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(collect_ids, value)) if value else set()
    if isinstance(value, dict):
        own = {value["id"]} if "id" in value else set()
        return own.union(*map(collect_ids, value.values()))
    return set()


async def test_every_leaf_of_another_customer_is_hidden_from_its_node_lookup(firm: RunningFirm) -> None:
    everything = collect_ids(await read(firm, LEAVES))
    own = collect_ids(await read(firm, LEAVES, **FUJI))
    assert own < everything
    found = set()
    for global_id in everything:
        if (await read(firm, f'{{ node(id: "{global_id}") {{ id }} }}', **FUJI))["node"]:
            found.add(global_id)

    assert found == own


async def test_a_persons_bookings_and_time_on_other_projects_are_hidden(firm: RunningFirm) -> None:
    document = """{ resources(first: 100) { nodes { id assignments { totalCount nodes { project { code } } }
        timeEntries { totalCount nodes { project { code } } } } } }"""
    full = {row["id"]: row for row in (await read(firm, document))["resources"]["nodes"]}
    hidden = 0
    for row in (await read(firm, document, **FUJI))["resources"]["nodes"]:
        for name in ("assignments", "timeEntries"):
            expected = [each for each in full[row["id"]][name]["nodes"] if each["project"] == {"code": "PRJ-1007"}]
            assert row[name]["nodes"] == expected
            assert row[name]["totalCount"] is None
            hidden += len(full[row["id"]][name]["nodes"]) - len(expected)
    assert hidden > 0


@pytest.mark.parametrize("customers", [frozenset(), frozenset({"C-9999"})])
async def test_without_a_known_customer_the_caller_sees_no_record(firm: RunningFirm, customers: frozenset[str]) -> None:
    document = "{" + " ".join(f"{root} {{ totalCount }}" for root in ROOTS) + "}"

    found = await read(firm, document, row_access=RowAccess.CUSTOMER, customers=customers)

    assert found == {root: {"totalCount": 0} for root in ROOTS}


async def test_the_cost_centres_of_the_firm_are_hidden_from_customers_and_from_callers_without_entities(
    firm: RunningFirm,
) -> None:
    document = "{ financialDimensions { code values { totalCount } } }"
    below = '{ project(ref: {code: "PRJ-1007"}) { dimensions { dimension { values { totalCount nodes { code } } } } } }'

    assert len((await read(firm, document))["financialDimensions"]) > 0
    outsiders: tuple[dict[str, Any], ...] = (FUJI, {"legal_entities": frozenset()}, {"regions": frozenset()})
    for who in outsiders:
        assert await read(firm, document, **who) == {"financialDimensions": []}
    shown = (await read(firm, below, **FUJI))["project"]["dimensions"]
    assert shown
    assert [each["dimension"]["values"] for each in shown] == [{"totalCount": 0, "nodes": []}] * len(shown)
