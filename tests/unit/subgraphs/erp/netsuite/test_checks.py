"""`check` tells what keeps a connection from working, and what to do."""

from collections.abc import Callable

from gateway.ports.base import Finding
from gateway.ports.erp import ErpPort
from subgraphs.erp.netsuite.conformance import sandbox_mapping
from subgraphs.erp.netsuite.twin.settings import key_pair

Ported = Callable[..., ErpPort]


def broken(findings: list[Finding]) -> dict[str, str]:
    return {finding.subject: finding.message for finding in findings if not finding.ok}


async def test_a_healthy_account_has_no_broken_finding(erp):
    findings = await erp.check()
    assert broken(findings) == {}
    subjects = {finding.subject for finding in findings}
    assert {"login", "SuiteQL", "record invoice", "field job.custentity_ps_service_line"} <= subjects


async def test_every_wrong_field_of_the_mapping_is_named(account, ported: Ported):
    mapping = dict(sandbox_mapping())
    mapping["customer"] = {"legal_name": "custentity_nowhere"}
    mapping["time"] = {"invoice_line": "custcol_nowhere"}
    mapping["contract"] = {"record": "customrecord_nowhere"}
    found = broken(await ported(account, mapping=mapping).check())
    assert found["field customer.custentity_nowhere"] == (
        "Named for customer.legal_name: customer.custentity_nowhere is not known or may not be read."
    )
    assert found["field timebill.custcol_nowhere"] == (
        "Named for time.invoice_line: timebill.custcol_nowhere is not known or may not be read."
    )
    assert "field customrecord_nowhere.externalid" in found


async def test_a_record_that_the_role_may_not_see_is_named(opened, ported: Ported):
    account = await opened(denied=frozenset({"timebill"}))
    findings = await ported(account, mapping={}).check()
    assert broken(findings)["field timebill.externalid"].endswith("timebill is not known or may not be read.")


async def test_a_role_without_suite_analytics_is_told_so_and_nothing_else_is_tried(opened, ported: Ported):
    account = await opened(suite_analytics=False)
    login, analytics = await ported(account).check()
    assert login.ok
    assert (analytics.subject, analytics.ok) == ("SuiteQL", False)
    assert "SuiteAnalytics Workbook" in (analytics.remedy or "")
    assert await account.calls() == {"serverTime": 1, "suiteql": 1}


async def test_a_wrong_key_is_one_finding(account, ported: Ported):
    stranger, _ = key_pair()
    (login,) = await ported(account, private_key=stranger).check()
    assert (login.subject, login.ok) == ("login", False)
    assert "certificate" in (login.remedy or "")
    assert await account.calls() == {}
