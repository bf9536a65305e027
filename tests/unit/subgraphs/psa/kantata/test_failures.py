"""How Kantata's errors are classified, and what its checks report; tests/contract/test_faults.py has the rest."""

import pytest

from gateway.canonical.fault import FaultCode
from gateway.net.message import UpstreamResponse
from subgraphs.psa.kantata.failures import classify
from tests.unit.subgraphs.psa.kantata.conftest import Open


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, FaultCode.CONTRACT_MISMATCH, False),
        (401, FaultCode.AUTH_EXPIRED, False),
        (403, FaultCode.PERMISSION_DENIED, False),
        (404, FaultCode.NOT_FOUND, False),
        (422, FaultCode.CONTRACT_MISMATCH, False),
        (429, FaultCode.RATE_LIMITED, True),
        (500, FaultCode.UNAVAILABLE, True),
        (503, FaultCode.UNAVAILABLE, True),
        (504, FaultCode.TIMEOUT, True),
    ],
)
def test_an_error_is_classified_by_its_status_and_keeps_type_and_field_only(
    status: int, code: FaultCode, *, retryable: bool
) -> None:
    body = b'{"errors":[{"type":"validation","message":"Aurora is not valid","field":"title"}]}'

    error = classify(UpstreamResponse(status=status, headers={}, body=body))

    assert error is not None
    assert (error.code, error.retryable) == (code, retryable)
    assert "validation title" in str(error)
    assert "Aurora" not in f"{error} {error!r}"


def test_a_successful_answer_is_no_error() -> None:
    assert classify(UpstreamResponse(status=200, headers={}, body=b"{}")) is None


async def test_a_check_names_the_resource_without_permission(opened: Open) -> None:
    account = await opened(denied=frozenset({"expenses"}))

    (finding,) = [each for each in await account.port.check() if not each.ok]

    assert (finding.subject, finding.message) == (
        "expenses",
        "The system accepts the credentials but denies a permission (HTTP 403).",
    )
    assert "Let the token's user see it" in (finding.remedy or "")


async def test_a_check_with_a_rejected_token_stops_after_one_call(opened: Open) -> None:
    account = await opened()
    await account.send_control("token-expired")

    (login,) = await account.port.check()

    assert not login.ok
    assert "token" in (login.remedy or "")
    assert sum((await account.count_calls()).values()) == 1


async def test_a_check_names_each_field_whose_type_the_mapping_key_cannot_be_read_from(opened: Open) -> None:
    """Given a health of type multi, hours of type date and a text as bill rate, when checked, then each is named."""
    account = await opened()
    fields = (await account.get("custom_fields.json", limit=200)).json()["custom_fields"]
    ids = {row["name"]: identifier for identifier, row in fields.items()}
    for name, kind in (("Health", "multi"), ("Hours", "date"), ("Bill rate", "string")):
        account.life.update("custom_fields", ids[name], {"value_type": kind})

    findings = [each for each in await account.port.check() if not each.ok]

    assert {each.subject: each.message for each in findings} == {
        "custom field Health of Workspace": (
            "Mapped to project.health, which needs the type number, single or string, but its type is multi."
        ),
        "custom field Bill rate of User": (
            "Mapped to user.bill_rate, which needs the type currency, but its type is string."
        ),
        "custom field Hours of StaffingDemand": (
            "Mapped to demand.hours, which needs the type number or string, but its type is date."
        ),
    }
    assert {each.remedy for each in findings} == {"Map a field of that type to the key, or create one."}


async def test_a_field_of_the_same_name_in_the_set_of_another_record_type_is_not_compared(opened: Open) -> None:
    """Given a date named Health in the set of tasks, when checked, then only the projects' Health counts."""
    account = await opened()
    tasks = account.life.create("custom_field_sets", {"name": "Task fields", "subject_type": "Story"})
    fields = (await account.get("custom_fields.json", limit=200)).json()["custom_fields"]
    health = next(identifier for identifier, row in fields.items() if row["name"] == "Health")
    projects = (await account.get("custom_fields.json", limit=200, include="custom_field_set")).json()
    group = projects["custom_fields"][health]["custom_field_set_id"]
    account.life.update("custom_fields", health, {"value_type": "date", "custom_field_set_id": tasks})
    account.life.create("custom_fields", {"name": "Health", "value_type": "single", "custom_field_set_id": group})

    assert [each for each in await account.port.check() if not each.ok] == []
