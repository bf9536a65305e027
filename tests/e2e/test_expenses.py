"""An expense of the PSA has its billing, reimbursement, tax and functional amount from its posting in the ERP."""

from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.execution.source_values import NO_RECORD
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import RunningFirm, open_four_twins

EXPENSES = """{ projects { nodes { code expenses { nodes {
  category billing reimbursement tax { amount currency }
  amount { transaction { amount currency } functional { amount currency } }
} } } } }"""


async def read_expenses(firm: RunningFirm) -> tuple[dict[str, Any], Any]:
    answer = await firm.execute(EXPENSES)
    assert answer.data is not None
    found = {
        project["code"]: project["expenses"]["nodes"]
        for project in answer.data["projects"]["nodes"]
        if project["expenses"] and project["expenses"]["nodes"]
    }
    return found, answer


async def test_an_expense_has_what_its_posting_in_the_erp_says(twin_firm: RunningFirm) -> None:
    found, answer = await read_expenses(twin_firm)

    assert answer.errors == []
    assert found == {
        "PRJ-1001": [
            {
                "category": "Travel",
                "billing": "UNBILLED",
                "reimbursement": "SCHEDULED",
                "tax": {"amount": "0.00", "currency": "USD"},
                "amount": {
                    "transaction": {"amount": "412.30", "currency": "USD"},
                    "functional": {"amount": "412.30", "currency": "USD"},
                },
            }
        ],
        "PRJ-1005": [
            {
                "category": "Travel",
                "billing": "UNBILLED",
                "reimbursement": "SCHEDULED",
                "tax": {"amount": "8.09", "currency": "EUR"},
                "amount": {
                    "transaction": {"amount": "89.90", "currency": "EUR"},
                    "functional": {"amount": "89.90", "currency": "EUR"},
                },
            }
        ],
        "PRJ-1007": [
            {
                "category": "Lodging",
                "billing": "UNBILLED",
                "reimbursement": "SCHEDULED",
                "tax": {"amount": "0", "currency": "JPY"},
                "amount": {
                    "transaction": {"amount": "24000", "currency": "JPY"},
                    "functional": {"amount": "122.88", "currency": "EUR"},
                },
            }
        ],
    }


async def test_the_postings_of_all_expenses_are_one_call(twin_firm: RunningFirm) -> None:
    _, answer = await read_expenses(twin_firm)

    assert answer.calls["erp"] == 1


async def test_an_expense_whose_amount_is_selected_without_the_functional_one_makes_no_call_to_the_erp(
    twin_firm: RunningFirm,
) -> None:
    answer = await twin_firm.execute(
        "{ projects { nodes { expenses { nodes { amount { transaction { amount } } } } } } }"
    )

    assert answer.errors == []
    assert "erp" not in answer.calls


async def test_without_the_erp_the_psas_amount_stays_and_the_rest_is_an_error(twin_firm: RunningFirm) -> None:
    twin_firm.proxies["erp"].set_fault(NetworkFault.KILLED)

    found, answer = await read_expenses(twin_firm)

    (travel,) = found["PRJ-1001"]
    assert travel["amount"] == {"transaction": {"amount": "412.30", "currency": "USD"}, "functional": None}
    assert (travel["billing"], travel["reimbursement"], travel["tax"]) == (None, None, None)
    paths = {error["path"][-1] for error in answer.errors if error["extensions"]["code"] == "SOURCE_UNAVAILABLE"}
    assert paths == {"billing", "reimbursement", "tax", "functional"}


async def test_an_expense_that_is_not_posted_gives_the_reason_of_its_nulls(tmp_path: Path) -> None:
    project = FIRM.projects[0]
    submitted = replace(project.expenses[0], approval="SUBMITTED")
    changed = replace(FIRM, projects=(replace(project, expenses=(submitted,)), *FIRM.projects[1:]))
    async with AsyncExitStack() as stack:
        firm = await open_four_twins(stack, tmp_path, changed)

        found, answer = await read_expenses(firm)

    assert answer.errors == []
    (travel,) = found["PRJ-1001"]
    assert (travel["billing"], travel["reimbursement"], travel["tax"]) == (None, None, None)
    assert travel["amount"]["functional"] is None
    reasons = {(each["field"], each["reason"]) for each in answer.extensions["unsupportedFields"]}
    fields = ("Expense.billing", "Expense.reimbursement", "Expense.tax", "Expense.amount.functional")
    assert {(field, NO_RECORD) for field in fields} <= reasons
