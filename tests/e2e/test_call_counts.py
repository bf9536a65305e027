"""The exact number of calls that each system receives, for one project and for many.

Salesforce: 1 call per record type and 1,000 ids (accounts, contracts, opportunities). NetSuite: 1 statement per record
type and 100 ids, 1 per child page of up to 1,000 rows over all parents, 1 per dimension table. Below these limits the
number of projects does not matter.
"""

import pytest

from tests.fixtures.firm import RunningFirm

FIELDS = """
  code status
  customer { name creditLimit { amount } }
  contract { number totalValue { amount } }
  opportunity { stage }
  invoices { nodes { number lines { nodes { description } } payments { receivedOn } } }
"""
CALLS = {"crm": 3, "erp": 5}
"""CRM: accounts, contracts, opportunities. ERP: jobs, customers, invoices, their lines, their payments."""


@pytest.mark.parametrize("count", [1, 2, 9])
async def test_many_projects_take_as_many_calls_as_one(firm: RunningFirm, count: int) -> None:
    answer = await firm.execute(f"{{ projects(first: {count}) {{ nodes {{ {FIELDS} }} }} }}")

    assert answer.errors == []
    assert answer.data is not None
    assert len(answer.data["projects"]["nodes"]) == count
    assert dict(answer.calls) == CALLS


@pytest.mark.parametrize("count", [1, 10, 50])
async def test_fifty_projects_take_as_many_calls_as_one(busy_firm: RunningFirm, count: int) -> None:
    """ERP: jobs = ceil(projects / 100), customers = ceil(customers / 100).

    Expenses = ceil(projects / 100) * (floor(rows / 1,000) + 1).
    """
    fields = "code status customer { name creditLimit { amount } } expenses(first: 5) { nodes { category } }"

    answer = await busy_firm.execute(f"{{ projects(first: {count}) {{ nodes {{ {fields} }} }} }}")

    assert answer.errors == []
    assert answer.data is not None
    assert len(answer.data["projects"]["nodes"]) == count
    assert dict(answer.calls) == {"crm": 1, "erp": 3}


async def test_ids_alone_take_no_call(firm: RunningFirm) -> None:
    answer = await firm.execute("{ projects(first: 9) { totalCount nodes { id customer { id } contract { id } } } }")

    assert answer.errors == []
    assert dict(answer.calls) == {}


async def test_a_record_under_several_aliases_and_fragments_is_read_once(firm: RunningFirm) -> None:
    answer = await firm.execute(
        """query { a: project(ref: {code: "PRJ-1001"}) { ...P } b: project(ref: {code: "PRJ-1001"}) { ...P currency } }
        fragment P on Project { startDate x: startDate }"""
    )

    assert answer.errors == []
    assert dict(answer.calls) == {"erp": 1}


async def test_a_second_sync_without_changes_keeps_the_cards(firm: RunningFirm) -> None:
    before = await firm.execute("{ projects(first: 100) { nodes { id code } } customers(first: 100) { nodes { id } } }")

    results = await firm.gateway.sync.run()

    after = await firm.execute("{ projects(first: 100) { nodes { id code } } customers(first: 100) { nodes { id } } }")
    assert [result.failure for result in results] == [None] * len(results)
    assert after.data == before.data
