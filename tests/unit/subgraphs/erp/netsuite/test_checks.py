"""`check` tells what keeps a connection from working, and what to do."""

from collections.abc import Callable

from gateway.ports.base import Finding
from gateway.ports.erp import ErpPort
from subgraphs.erp.netsuite.conformance import load_sandbox_mapping
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
    mapping = dict(load_sandbox_mapping())
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
    login, at_once, analytics = await ported(account).check()
    assert (login.ok, at_once.ok) == (True, True)
    assert (analytics.subject, analytics.ok) == ("SuiteQL", False)
    assert "SuiteAnalytics Workbook" in (analytics.remedy or "")
    assert await account.count_calls() == {"serverTime": 1, "governanceLimits": 1, "suiteql": 1}


async def test_a_wrong_key_is_one_finding(account, ported: Ported):
    stranger, _ = key_pair()
    (login,) = await ported(account, private_key=stranger).check()
    assert (login.subject, login.ok) == ("login", False)
    assert "certificate" in (login.remedy or "")
    assert await account.count_calls() == {}


async def test_more_calls_at_once_than_the_account_allows_are_one_finding(opened, ported: Ported):
    account = await opened(concurrency=5)

    findings = await ported(account, concurrency=8).check()

    (at_once,) = [finding for finding in findings if not finding.ok]
    assert at_once == Finding(
        subject="calls at once",
        ok=False,
        message="This connection makes up to 8, the account allows 5.",
        remedy="Set the option `concurrency` to 5 at most; other integrations of the account share the limit.",
    )


async def test_a_missing_permission_is_told_by_its_name(opened, ported: Ported):
    account = await opened(denied=frozenset({"subsidiary"}))

    findings = await ported(account, mapping={}).check()

    (wrong,) = [finding for finding in findings if finding.subject == "record subsidiary"]
    assert wrong.remedy == "Give the integration's role the permission Lists > Subsidiaries (view)."
