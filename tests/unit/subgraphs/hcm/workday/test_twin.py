"""The tenant behaves as real clients expect: JWTs, page limits, both forms of ids, lists and reports."""

import base64
from dataclasses import replace
from datetime import date

import msgspec
import pytest

from subgraphs.hcm.workday.twin.store import build_wid
from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.hcm.workday.conftest import SETTINGS, TOKEN_PATH, Open

STAFFING = f"/ccx/api/staffing/v7/{SETTINGS.tenant}/workers"
WQL = f"/ccx/api/wql/v1/{SETTINGS.tenant}/data"
REPORTS = f"/ccx/service/customreport2/{SETTINGS.tenant}/isu_psgw"
ALICE = build_wid("worker", "W-1001")
DAYS = ("2026-11-26", "2026-11-27", "2027-01-01")


async def test_a_refresh_token_returns_an_access_token_that_is_a_jwt(opened: Open) -> None:
    tenant = await opened()

    answer = await tenant.request_token()

    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
    header, payload, _ = answer.json()["access_token"].split(".")
    assert msgspec.json.decode(decode_base64(header))["typ"] == "JWT"
    claims = msgspec.json.decode(decode_base64(payload))
    assert claims["exp"] - claims["iat"] == answer.json()["expires_in"] == 3600


def decode_base64(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize(
    ("fields", "error"),
    [({"refresh_token": "guess"}, "invalid_grant"), ({"grant_type": "client_credentials"}, "unsupported_grant_type")],
)
async def test_another_grant_or_refresh_token_is_rejected(opened: Open, fields: dict[str, str], error: str) -> None:
    tenant = await opened()

    answer = await tenant.request_token(**fields)

    assert (answer.status_code, answer.json()) == (400, {"error": error})


async def test_the_token_endpoint_needs_the_client_secret_and_every_call_a_token(opened: Open) -> None:
    tenant = await opened()

    login = await tenant.http.post(TOKEN_PATH, data={"grant_type": "refresh_token", "refresh_token": "refresh"})
    bare = await tenant.http.get(STAFFING)

    assert (login.status_code, login.json()) == (401, {"error": "invalid_client"})
    assert (bare.status_code, bare.json()["errors"][0]["code"]) == (401, "A001")


async def test_data_sources_are_found_by_alias_prefix_and_their_columns_by_id(opened: Open) -> None:
    tenant = await opened()
    sources = WQL.replace("/data", "/dataSources")

    sources_found = (await tenant.get(sources, alias="allWorkers")).json()["data"]
    none = (await tenant.get(sources, alias="nobody")).json()
    columns = await tenant.get(f"{sources}/{sources_found[1]['id']}/fields")
    by_alias = await tenant.get(f"{sources}/allWorkers/fields")

    assert [source["alias"] for source in sources_found] == ["allWorkersByOrganization", "allWorkers"]
    assert none == {"total": 0, "data": []}
    assert (columns.status_code, by_alias.status_code) == (200, 404)


async def test_lists_have_twenty_rows_by_default_and_at_most_a_hundred(opened: Open) -> None:
    first = FIRM.workers[0]
    large_firm = replace(
        FIRM, workers=tuple(replace(first, number=f"W-{number}", manager=None) for number in range(150))
    )
    tenant = await opened(large_firm)

    default = (await tenant.get(STAFFING)).json()
    largest = (await tenant.get(STAFFING, limit=500)).json()
    rest = (await tenant.get(STAFFING, limit=100, offset=100)).json()

    assert [(page["total"], len(page["data"])) for page in (default, largest, rest)] == [
        (150, 20),
        (150, 100),
        (150, 50),
    ]


async def test_a_worker_is_found_by_workday_id_and_by_number(opened: Open) -> None:
    tenant = await opened()

    by_id = await tenant.get(f"{STAFFING}/{ALICE}")
    by_number = await tenant.get(f"{STAFFING}/Employee_ID=W-1001")
    unknown = await tenant.get(f"{STAFFING}/Employee_ID=W-9")

    assert by_id.json() == by_number.json()
    assert (by_id.json()["workerId"], by_id.json()["workerType"]["descriptor"]) == ("W-1001", "Employee")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (404, "S21")


async def test_terminated_workers_are_listed_only_on_request(opened: Open) -> None:
    terminated = replace(FIRM.workers[1], termination_date=date(2026, 6, 30))
    tenant = await opened(replace(FIRM, workers=(FIRM.workers[0], terminated)))

    assert (await tenant.get(STAFFING)).json()["total"] == 1
    assert (await tenant.get(STAFFING, includeTerminatedWorkers="true")).json()["total"] == 2


async def test_wql_accepts_a_query_parameter_and_returns_instances(opened: Open) -> None:
    tenant = await opened()

    answer = await tenant.get(
        WQL, query="SELECT employeeID, company FROM allWorkers WHERE employeeID = 'W-1001' ORDER BY employeeID"
    )

    assert answer.json() == {
        "total": 1,
        "data": [
            {
                "employeeID": "W-1001",
                "company": {"id": build_wid("company", "Meridian Advisory Inc"), "descriptor": "Meridian Advisory Inc"},
            }
        ],
    }


async def test_wql_accepts_a_query_in_the_body_and_paginates(opened: Open) -> None:
    tenant = await opened()
    query = "SELECT employeeID FROM allWorkers ORDER BY employeeID"
    headers = {"authorization": (await tenant.get(WQL, query=query)).request.headers["authorization"]}

    answer = await tenant.http.post(WQL, params={"limit": 1, "offset": 1}, json={"query": query}, headers=headers)
    rejected = await tenant.http.post(WQL, json={"q": query}, headers=headers)

    whole = (await tenant.get(WQL, query=query)).json()
    assert answer.json() == {"total": whole["total"], "data": whole["data"][1:2]}
    assert rejected.status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "SELECT nothing FROM allWorkers",
        "SELECT employeeID FROM allUnicorns",
        "SELECT employeeID allWorkers",
        "DELETE FROM allWorkers",
        "SELECT employeeID FROM allWorkers WHERE employeeID = 'W",
        "",
    ],
)
async def test_invalid_wql_is_rejected(opened: Open, query: str) -> None:
    tenant = await opened()

    answer = await tenant.get(WQL, query=query)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "A212")


async def test_a_report_runs_under_its_owners_path_only(opened: Open) -> None:
    tenant = await opened()

    answer = await tenant.get(f"{REPORTS}/Worker_Skills", format="json", **{"Workers!WID": f"{ALICE}!{'0' * 32}"})
    missing = await tenant.get(f"{REPORTS}/Nothing", format="json")
    other = await tenant.get(f"{REPORTS.replace('isu_psgw', 'somebody')}/Worker_Skills", format="json")

    assert [(row["workdayID"], row["skillID"], row["proficiency"]) for row in answer.json()["Report_Entry"]] == [
        (ALICE, "ERP", "Expert"),
        (ALICE, "CHG", "Advanced"),
    ]
    assert (missing.status_code, other.status_code) == (404, 404)


async def test_a_report_returns_all_rows_without_pages(opened: Open) -> None:
    """A report ignores `limit` and `offset`."""
    copies = replace(FIRM, workers=tuple(replace(FIRM.workers[0], number=f"W-{number}") for number in range(100)))
    tenant = await opened(replace(copies, workers=(FIRM.workers[0], *copies.workers)))
    query = {"format": "json", "Workers!WID": "!".join(build_wid("worker", worker.number) for worker in copies.workers)}

    whole = (await tenant.get(f"{REPORTS}/Worker_Skills", **query)).json()["Report_Entry"]
    limited = (await tenant.get(f"{REPORTS}/Worker_Skills", limit=1, offset=1, **query)).json()["Report_Entry"]

    assert (len(whole), limited) == (200, whole)


async def test_the_absence_service_lists_the_time_off_of_one_worker(opened: Open) -> None:
    tenant = await opened()
    path = f"/ccx/api/absenceManagement/v5/{SETTINGS.tenant}/workers/{ALICE}/timeOffDetails"

    answer = await tenant.get(path, fromDate="2026-11-01", toDate="2026-11-30")

    assert [(row["date"], row["quantity"], row["timeOffType"]["descriptor"]) for row in answer.json()["data"]] == [
        ("2026-11-26", "8", "Public Holiday"),
        ("2026-11-27", "8", "Vacation"),
    ]
    later = await tenant.get(path, fromDate="2026-11-27", toDate="2026-11-27")
    assert [row["date"] for row in later.json()["data"]] == ["2026-11-27"]


async def test_a_service_of_another_version_is_unknown(opened: Open) -> None:
    tenant = await opened()

    answer = await tenant.get(STAFFING.replace("v7", "v9"))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "S21")


async def test_throttling_is_a_429_without_retry_after(opened: Open) -> None:
    tenant = await opened()
    await tenant.send_control("rate-limit", path="workers")

    answer = await tenant.get(STAFFING)

    assert answer.status_code == 429
    assert "retry-after" not in answer.headers


async def test_the_absence_balance_of_one_worker_is_as_of_a_date(opened: Open) -> None:
    """Five weeks of 40 hours, less one day of vacation in the year so far; a public holiday does not count."""
    tenant = await opened()
    path = "/ccx/api/absenceManagement/v5/acme_preview/balances"

    balances = {day: (await tenant.get(path, worker=ALICE, effective=day)).json() for day in DAYS}
    unknown = await tenant.get(path, worker="x")

    assert {day: [row["quantity"] for row in body["data"]] for day, body in balances.items()} == {
        "2026-11-26": ["200"],
        "2026-11-27": ["192"],
        "2027-01-01": ["200"],
    }
    assert {body["data"][0]["absencePlan"]["descriptor"] for body in balances.values()} == {"Vacation"}
    assert unknown.status_code == 400


async def test_contingent_workers_have_their_own_reference_type(opened: Open) -> None:
    tenant = await opened()
    contractor = next(worker for worker in FIRM.workers if worker.type == "CONTRACTOR")
    path = "/ccx/api/staffing/v7/acme_preview/workers"

    by_own_type = await tenant.get(f"{path}/Contingent_Worker_ID={contractor.number}")
    by_other_type = await tenant.get(f"{path}/Employee_ID={contractor.number}")

    assert by_own_type.json()["id"] == build_wid("worker", contractor.number)
    assert by_other_type.status_code == 404
