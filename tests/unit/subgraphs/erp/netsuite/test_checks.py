"""`check` reports why a connection does not work, and the remedy."""

from collections.abc import Callable, Sequence

import pytest

from gateway.ports.base import Finding
from gateway.ports.erp import ErpPort
from subgraphs.erp.netsuite.conformance import load_sandbox_mapping
from subgraphs.erp.netsuite.field_types import name_type
from subgraphs.erp.netsuite.twin.settings import generate_key_pair

OpenPort = Callable[..., ErpPort]


def list_failures(findings: Sequence[Finding]) -> dict[str, str]:
    return {finding.subject: finding.message for finding in findings if not finding.ok}


async def test_a_healthy_account_has_no_failed_finding(erp):
    findings = await erp.check()
    assert list_failures(findings) == {}
    subjects = {finding.subject for finding in findings}
    assert {"login", "SuiteQL", "record invoice", "field job.custentity_ps_service_line"} <= subjects


async def test_every_unknown_field_of_the_mapping_file_has_a_finding(account, open_port: OpenPort):
    mapping = dict(load_sandbox_mapping())
    mapping["customer"] = {"legal_name": "custentity_nowhere"}
    mapping["time"] = {"invoice_line": "custcol_nowhere"}
    mapping["contract"] = {"record": "customrecord_nowhere"}
    failures = list_failures(await open_port(account, mapping=mapping).check())
    assert failures["field customer.custentity_nowhere"] == (
        "Mapped by customer.legal_name: The field custentity_nowhere does not exist or is not exposed."
    )
    assert failures["field timebill.custcol_nowhere"] == (
        "Mapped by time.invoice_line: The field custcol_nowhere does not exist or is not exposed."
    )
    assert "field customrecord_nowhere.externalid" in failures


async def test_every_field_whose_type_its_key_cannot_be_read_from_has_a_finding(account, open_port: OpenPort):
    """Given a text as check box, a check box as day and a day as text, then each is named with its key."""
    mapping = dict(load_sandbox_mapping())
    mapping["customer"] = {
        "tax_complete": "custentity_ps_legal_name",
        "exempt_until": "custentity_ps_tax_complete",
        "legal_name": "custentity_ps_exempt_until",
    }
    mapping["invoice"] = {"contract": "custbody_ps_service_from"}
    mapping["contract"] = {**mapping["contract"], "total": "custrecord_ps_title", "customer": "custrecord_ps_status"}

    findings = await open_port(account, mapping=mapping).check()

    text = "integer, number, reference or string"
    assert list_failures(findings) == {
        f"field {name}": f"Mapped to {key}, which needs the type {needed}, but its type is {found}."
        for name, key, needed, found in (
            ("customer.custentity_ps_legal_name", "customer.tax_complete", "boolean", "string"),
            ("customer.custentity_ps_tax_complete", "customer.exempt_until", "date", "boolean"),
            ("customer.custentity_ps_exempt_until", "customer.legal_name", text, "date"),
            ("transaction.custbody_ps_service_from", "invoice.contract", "reference", "date"),
            ("customrecord_ps_contract.custrecord_ps_title", "contract.total", "integer or number", "string"),
            ("customrecord_ps_contract.custrecord_ps_status", "contract.customer", "reference", "string"),
        )
    }
    assert {bool(each.remedy) for each in findings if not each.ok} == {True}


@pytest.mark.parametrize(
    ("described", "name"),
    [
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"type": "string", "format": "URI"}, "string"),
        ({"type": "integer", "format": "int64"}, "integer"),
        ({"$ref": "/services/rest/record/v1/metadata-catalog/nsLink"}, "reference"),
        ({"type": "object", "properties": {"id": {}, "refName": {}}}, "reference"),
        ({"type": "object", "properties": {"items": {"type": "array"}}}, "multiple references"),
        ({}, ""),
        ("text", ""),
    ],
)
def test_a_description_of_the_metadata_catalogue_names_its_type(described: object, name: str):
    assert name_type(described) == name


async def test_a_record_type_without_permission_has_a_finding(open_account, open_port: OpenPort):
    account = await open_account(denied_records=frozenset({"timebill"}))
    findings = await open_port(account, mapping={}).check()
    assert list_failures(findings) == {
        "feature Time Tracking": "The feature Time Tracking, a prerequisite, is off, or the role cannot read timebill."
    }


async def test_a_role_without_suite_analytics_gets_one_finding_and_no_further_checks(open_account, open_port: OpenPort):
    account = await open_account(suite_analytics=False)
    login, limit, analytics = await open_port(account).check()
    assert (login.ok, limit.ok) == (True, True)
    assert (analytics.subject, analytics.ok) == ("SuiteQL", False)
    assert "SuiteAnalytics Workbook" in (analytics.remedy or "")
    assert await account.count_calls() == {"serverTime": 1, "governanceLimits": 1, "suiteql": 1}


async def test_a_wrong_key_is_one_finding(account, open_port: OpenPort):
    other_key, _ = generate_key_pair()
    (login,) = await open_port(account, private_key=other_key).check()
    assert (login.subject, login.ok) == ("login", False)
    assert "certificate" in (login.remedy or "")
    assert await account.count_calls() == {}


async def test_more_concurrent_calls_than_the_account_allows_are_one_finding(open_account, open_port: OpenPort):
    account = await open_account(concurrency=5)

    findings = await open_port(account, concurrency=8).check()

    (limit,) = [finding for finding in findings if not finding.ok]
    assert limit == Finding(
        subject="concurrency",
        ok=False,
        message="This connection makes up to 8 concurrent calls; the account allows 5.",
        remedy="Set the option `concurrency` to at most 5; the account's other integrations share the limit.",
    )


async def test_the_remedy_names_the_missing_permission(open_account, open_port: OpenPort):
    account = await open_account(denied_records=frozenset({"subsidiary"}))

    findings = await open_port(account, mapping={}).check()

    (wrong,) = [finding for finding in findings if finding.subject == "feature OneWorld"]
    assert (wrong.remedy or "").endswith("Give the integration's role the permission Lists > Subsidiaries (view).")
