"""Every disagreement that the scaled firm lists can be seen on the wire, and the systems that it names are those that differ."""

import tomllib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
import pytest_asyncio

from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.canonical.records.erp import ErpCustomer, ErpJob
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaClient, PsaProject, PsaTimeEntry, PsaUser
from gateway.canonical.roles import DataRegion, SystemRole
from gateway.canonical.values import DateRange
from gateway.ports.connection import Connection
from subgraphs.crm.salesforce import adapter as salesforce
from subgraphs.crm.salesforce import twin as salesforce_twin
from subgraphs.erp.netsuite import adapter as netsuite
from subgraphs.erp.netsuite.twin.app import build_twin as build_netsuite
from subgraphs.erp.netsuite.twin.settings import TwinSettings as NetSuiteTwin
from subgraphs.erp.netsuite.twin.settings import key_pair
from subgraphs.hcm.workday import adapter as workday
from subgraphs.hcm.workday import twin as workday_twin
from subgraphs.psa.kantata import adapter as kantata
from subgraphs.psa.kantata import twin as kantata_twin
from subgraphs.sandbox.firm.findings import Finding
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.scaled import scaled
from tests.fixtures.in_process import BASE_URL, opener_to

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRETS = {
    "salesforce": {"client_id": "consumer", "client_secret": "secret"},
    "kantata": {"token": "token"},
    "workday": {"client_id": "client", "client_secret": "secret", "refresh_token": "refresh"},
}
pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass
class Systems:
    """The four systems of one firm."""

    firm: Firm
    crm: Any
    psa: Any
    hcm: Any
    erp: Any

    async def one(self, system: str, kind: type[Any], code: str) -> Any:
        """Return the record with the firm's code, or None."""
        found = await getattr(self, system).find_by_reference(kind, code)
        assert len(found) <= 1
        return found[0] if found else None

    def listed(self, finding: Finding) -> Mapping[str, tuple[str, ...]]:
        """Return subjects and systems of the disagreements of a kind."""
        return {each.subject: each.systems for each in self.firm.known_disagreements if each.finding is finding}


def mapping_of(vendor: str) -> dict[str, Any]:
    return tomllib.loads((files("subgraphs.sandbox") / "mappings" / f"{vendor}.toml").read_text(encoding="utf-8"))


def connected(
    vendor: str, role: SystemRole, connect: Any, twin: Any, secrets: Mapping[str, str], **options: Any
) -> Any:
    return connect(
        Connection(
            name=role.value.lower(),
            role=role,
            vendor=vendor,
            base_url=BASE_URL,
            region=DataRegion.US,
            time_zone="America/New_York",
            options=options,
            mapping=mapping_of(vendor),
            secrets={name: lambda value=value: value for name, value in secrets.items()},  # type: ignore[misc] # bound early
            open_upstream=opener_to(twin),
        )
    )


def slim(firm: Firm) -> Firm:
    """Leave out the bulk of the hours, which no disagreement is about."""
    kept = tuple(
        replace(project, time_entries=tuple(entry for entry in project.time_entries if not entry.posted))
        for project in firm.projects
    )
    return replace(firm, projects=kept, invoices=())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def systems() -> AsyncIterator[Systems]:
    firm = slim(scaled(1))
    private, public = key_pair()
    account = NetSuiteTwin(client_id="integration", certificate_id="c", public_key=public, now=lambda: NOON)
    org = salesforce_twin.TwinSettings(
        client=salesforce_twin.Client(id="consumer", secret="secret"), clock=lambda: NOON
    )
    tenant = workday_twin.TwinSettings(client_id="client", client_secret="secret", refresh_token="refresh")
    erp_secrets = {"client_id": "integration", "private_key": private}
    twins = (
        salesforce_twin.build_twin(firm, org),
        kantata_twin.build_twin(firm, kantata_twin.TwinSettings(token="token")),
        workday_twin.build_twin(firm, tenant),
        build_netsuite(firm, account),
    )
    crm = connected("salesforce", SystemRole.CRM, salesforce.connect, twins[0], SECRETS["salesforce"])
    psa = connected("kantata", SystemRole.PSA, kantata.connect, twins[1], SECRETS["kantata"])
    hcm = connected("workday", SystemRole.HCM, workday.connect, twins[2], SECRETS["workday"], tenant="acme_preview")
    books = {"certificate_id": "c", "algorithm": "ES256"}
    erp = connected("netsuite", SystemRole.ERP, netsuite.connect, twins[3], erp_secrets, **books)
    yield Systems(firm, crm, psa, hcm, erp)
    for port in (crm, psa, hcm, erp):
        await port.aclose()


async def test_every_kind_of_disagreement_is_there(systems: Systems) -> None:
    assert {each.finding for each in systems.firm.known_disagreements} == set(Finding)


async def test_the_status_of_a_project_differs(systems: Systems) -> None:
    psa, erp = (mapping_of(vendor)["codes"]["PROJECT_STATUS"] for vendor in ("kantata", "netsuite"))
    for code in systems.listed(Finding.STATUS_DIFFERS):
        project, job = await systems.one("psa", PsaProject, code), await systems.one("erp", ErpJob, code)
        assert psa[project.status] != erp[job.status], code


async def test_a_project_is_unknown_to_finance(systems: Systems) -> None:
    for code in systems.listed(Finding.PROJECT_UNKNOWN):
        assert await systems.one("psa", PsaProject, code) is not None
        assert await systems.one("erp", ErpJob, code) is None


async def test_a_dimension_is_missing_in_finance(systems: Systems) -> None:
    unknown = systems.listed(Finding.PROJECT_UNKNOWN)
    known = [code for code in systems.listed(Finding.DIMENSION_MISSING) if code not in unknown]
    assert known
    for code in known:
        job = await systems.one("erp", ErpJob, code)
        assert "COST_CENTER" not in {tag.dimension for tag in job.dimensions}, code


async def test_a_won_deal_has_no_project(systems: Systems) -> None:
    for number in systems.listed(Finding.WON_WITHOUT_PROJECT):
        deal = await systems.one("crm", CrmOpportunity, number)
        assert (deal.stage, deal.project_code) == ("CLOSED_WON", None)


async def test_somebody_who_left_is_still_booked(systems: Systems) -> None:
    booked = {each.code: each.worker for project in systems.firm.projects for each in project.assignments}
    for number in {booked[code] for code in systems.listed(Finding.LEAVER_BOOKED)}:
        worker, user = await systems.one("hcm", HcmWorker, number), await systems.one("psa", PsaUser, number)
        later = DateRange(worker.termination_date + timedelta(days=1), worker.termination_date + timedelta(days=365))
        assert (await systems.psa.bookings_by_user([user.native.id], later))[user.native.id], number


async def test_approved_time_has_not_reached_finance(systems: Systems) -> None:
    codes = list(systems.listed(Finding.TIME_UNPOSTED))
    assert codes
    assert await systems.erp.time_postings(codes) == {}
    for code in codes:
        assert (await systems.one("psa", PsaTimeEntry, code)).approval == "approved"


async def test_a_customer_is_unknown_to_a_system_and_known_to_the_others(systems: Systems) -> None:
    kinds = {"CRM": CrmAccount, "PSA": PsaClient, "ERP": ErpCustomer}
    for number, absent in systems.listed(Finding.CUSTOMER_UNKNOWN).items():
        there = {name for name, kind in kinds.items() if await systems.one(name.lower(), kind, number)}
        assert (number, there) == (number, kinds.keys() - set(absent))


async def test_a_customer_is_there_twice(systems: Systems) -> None:
    """Two accounts, whose names differ by the legal form alone."""
    names = [customer.name for customer in systems.firm.customers]
    for number in systems.listed(Finding.CUSTOMER_DUPLICATE):
        account = await systems.one("crm", CrmAccount, number)
        assert account.name.removesuffix(" Ltd.") in names


async def test_two_systems_place_a_customer_differently(systems: Systems) -> None:
    for number in systems.listed(Finding.HIERARCHY_CONFLICT):
        account, customer = (
            await systems.one("crm", CrmAccount, number),
            await systems.one("erp", ErpCustomer, number),
        )
        above = (await systems.crm.accounts([account.parent_id]))[account.parent_id].display_number
        beside = (await systems.erp.customers([customer.parent_id]))[customer.parent_id].number
        assert above != beside


async def test_a_customer_is_its_own_ancestor(systems: Systems) -> None:
    for number in systems.listed(Finding.HIERARCHY_CYCLE):
        account = await systems.one("crm", CrmAccount, number)
        parent = (await systems.crm.accounts([account.parent_id]))[account.parent_id]
        assert parent.parent_id == account.native.id
