"""The fields that workflows need are filled from the vendors' fields; lineage and hierarchy say where from and whether.

One firm over the four twins; the ERP names another parent for Aurora Outlets than the CRM.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import EVERY_SCOPE, RunningFirm, open_four_twins

pytestmark = pytest.mark.asyncio(loop_scope="module")

CUSTOMERS = tuple(replace(each, erp_parent="C-2003") if each.number == "C-2002" else each for each in FIRM.customers)
HIERARCHY = """query($code: String!) { customer(ref: {code: $code}) { hierarchy {
    level status parent { customerNumber } ultimateParent { customerNumber } } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twins(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningFirm]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("filled")
        yield await open_four_twins(stack, folder, replace(FIRM, customers=CUSTOMERS))


async def read(twins: RunningFirm, document: str, **variables: Any) -> dict[str, Any]:
    answer = await twins.execute(document, variables)
    assert answer.errors == []
    assert answer.data is not None
    return answer.data


async def test_a_tax_profile_has_jurisdictions_an_exemption_and_the_reverse_charge(twins: RunningFirm) -> None:
    data = await read(
        twins,
        """{ customer(ref: {code: "C-2003"}) { taxProfile { treatment exemptUntil reverseCharge
            jurisdictions { code country } } paymentTerms { netDays } dimensions { value { code } } } }""",
    )

    assert data["customer"]["taxProfile"] == {
        "treatment": "EXEMPT",
        "exemptUntil": "2027-03-31",
        "reverseCharge": False,
        "jurisdictions": [{"code": "GB", "country": "GB"}],
    }
    assert data["customer"]["dimensions"] == [{"value": {"code": "CC-200"}}]


async def test_a_contract_has_its_priced_lines(twins: RunningFirm) -> None:
    data = await read(
        twins,
        """{ contract(ref: {code: "CT-4002"}) { totalValue { amount } lines { description quantity startDate endDate
            rate { amount currency } amount { amount } } } }""",
    )

    (line,) = data["contract"]["lines"]
    assert line["description"] == "Aurora Outlets point of sale"
    assert line["rate"] == {"amount": "60000.00", "currency": "USD"}
    assert line["amount"] == data["contract"]["totalValue"] == {"amount": "60000.00"}
    assert (line["startDate"], line["endDate"]) == ("2026-08-03", "2027-01-29")


async def test_a_demand_has_skills_with_a_level_a_country_and_a_target_rate(twins: RunningFirm) -> None:
    data = await read(
        twins,
        """{ project(ref: {code: "PRJ-1001"}) { health { overall } tasks { nodes { name parent { name } } }
            resourceDemands { nodes { location targetBillRate { amount currency }
            skills { minimumLevel skill { code name } } } } } }""",
    )

    assert data["project"]["health"] == {"overall": "GREEN"}
    assert data["project"]["resourceDemands"]["nodes"] == [
        {
            "location": "US",
            "targetBillRate": {"amount": "175.00", "currency": "USD"},
            "skills": [{"minimumLevel": "INTERMEDIATE", "skill": {"code": "CHG", "name": "Change management"}}],
        }
    ]
    parents = {each["name"]: each["parent"] for each in data["project"]["tasks"]["nodes"]}
    assert parents["Rollout"] == {"name": "Build"}


async def test_a_posted_time_entry_has_the_dimensions_of_the_posting(twins: RunningFirm) -> None:
    data = await read(
        twins,
        """{ project(ref: {code: "PRJ-1001"}) { timeEntries(first: 1) { nodes { dimensions {
            dimension { code } value { code } required missing } } } } }""",
    )

    (entry,) = data["project"]["timeEntries"]["nodes"]
    assert {each["dimension"]["code"]: each["value"]["code"] for each in entry["dimensions"]} == {
        "COST_CENTER": "CC-100",
        "SERVICE_LINE": "STRAT",
        "LOCATION": "NYC",
    }


async def test_a_person_has_certificates_categories_a_country_and_a_bill_rate(twins: RunningFirm) -> None:
    data = await read(
        twins,
        """{ resources { nodes { location billRate { amount currency } skills { certifiedUntil level
            skill { code category } } } } }""",
    )

    first = next(each for each in data["resources"]["nodes"] if each["billRate"]["amount"] == "250.00")
    assert (first["location"], first["billRate"]["currency"]) == ("US", "USD")
    assert {
        "certifiedUntil": "2027-06-30",
        "level": "EXPERT",
        "skill": {"code": "ERP", "category": "Systems"},
    } in first["skills"]


async def test_lines_references_and_invoices_have_the_cheap_fields(twins: RunningFirm) -> None:
    data = await read(
        twins,
        """{ viewer { legalEntities { code } }
            opportunity(ref: {code: "O-3001"}) { externalReferences { connection { name } }
              lines { startDate endDate serviceLine { code name } } }
            invoice(ref: {code: "INV-NL-0001"}) { exchangeRate { from to rate effectiveDate } } }""",
    )

    assert {each["code"] for each in data["viewer"]["legalEntities"]} == {"US01", "UK01", "NL01"}
    assert {each["connection"]["name"] for each in data["opportunity"]["externalReferences"]} == {"crm"}
    assert data["opportunity"]["lines"][0] == {
        "startDate": "2026-08-26",
        "endDate": "2027-02-08",
        "serviceLine": {"code": "STRAT", "name": "Strategy"},
    }
    assert data["invoice"]["exchangeRate"]["from"] == data["invoice"]["exchangeRate"]["to"] == "EUR"


async def test_an_erp_that_names_another_parent_is_a_conflict(twins: RunningFirm) -> None:
    data = await read(twins, HIERARCHY, code="C-2002")

    assert data["customer"]["hierarchy"] == {
        "level": 1,
        "status": "CONFLICT",
        "parent": {"customerNumber": "C-2001"},
        "ultimateParent": {"customerNumber": "C-2001"},
    }


async def test_a_customer_without_a_parent_is_validated(twins: RunningFirm) -> None:
    data = await read(twins, HIERARCHY, code="C-2001")

    assert data["customer"]["hierarchy"]["status"] == "VALIDATED"


async def test_lineage_names_the_vendors_field_of_values_lists_and_composed_fields(twins: RunningFirm) -> None:
    data = await read(
        twins,
        """{ customer(ref: {code: "C-2001"}) { provenance(fields: ["accountOwner", "taxProfile", "contacts", "projects",
            "hierarchy", "invoices"]) { field system sourceObject sourceField } } }""",
    )

    found = {each.pop("field"): tuple(each.values()) for each in data["customer"]["provenance"]}
    assert found["accountOwner"] == ("CRM", "Account", "OwnerId")
    assert found["contacts"] == ("CRM", "Contact", "AccountId")
    assert found["hierarchy"] == ("CRM", "Account", "ParentId")
    assert found["projects"] == ("PSA", "workspaces", "workspace_group_ids")
    assert found["invoices"] == ("ERP", "transaction", "entity")
    assert found["taxProfile"][:2] == ("ERP", "customer")
    assert "custentity_ps_tax_complete" in found["taxProfile"][2]


async def test_a_field_that_the_caller_may_not_read_is_refused_and_the_rest_is_given(twins: RunningFirm) -> None:
    document = '{ customer(ref: {code: "C-2001"}) { provenance(fields: ["name", "creditLimit"]) { field } } }'

    answer = await twins.execute(document, scopes=EVERY_SCOPE - {"customers.finance:read"})

    assert answer.data == {"customer": {"provenance": [{"field": "name"}]}}
    (error,) = answer.errors
    assert error["path"] == ["customer", "provenance"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("FORBIDDEN", "creditLimit")
    assert error["extensions"]["requiredScopes"] == [["customers.finance:read", "customers:read"]] or error[
        "extensions"
    ]["requiredScopes"] == [["customers.finance:read"]]


async def test_the_status_by_system_names_a_system_that_did_not_answer(twins: RunningFirm) -> None:
    twins.proxies["erp"].set_fault(NetworkFault.KILLED)
    try:
        answer = await twins.execute('{ project(ref: {code: "PRJ-1001"}) { statusBySystem { system rawStatus } } }')
    finally:
        twins.proxies["erp"].set_fault(NetworkFault.NONE)

    assert answer.data == {"project": {"statusBySystem": [{"system": "PSA", "rawStatus": "300"}]}}
    (error,) = answer.errors
    assert error["path"] == ["project", "statusBySystem"]
    assert (error["extensions"]["code"], error["extensions"]["system"]) == ("SOURCE_UNAVAILABLE", "ERP")
