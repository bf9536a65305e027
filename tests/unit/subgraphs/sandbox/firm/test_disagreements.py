"""Every listed disagreement of the scaled firm is visible through the adapters, in the systems that it names."""

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
from subgraphs.erp.netsuite.twin.settings import generate_key_pair
from subgraphs.hcm.workday import adapter as workday
from subgraphs.hcm.workday import twin as workday_twin
from subgraphs.psa.kantata import adapter as kantata
from subgraphs.psa.kantata import twin as kantata_twin
from subgraphs.sandbox.firm.disagreements import DisagreementKind
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.scaled import build_scaled_firm
from tests.fixtures.in_process import BASE_URL, build_opener

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

    async def find(self, system: str, kind: type[Any], code: str) -> Any:
        """Return the record with the firm's code, or None."""
        found = await getattr(self, system).find_by_reference(kind, code)
        assert len(found) <= 1
        return found[0] if found else None

    def list_subjects(self, kind: DisagreementKind) -> Mapping[str, tuple[str, ...]]:
        """Return subjects and systems of the disagreements of a kind."""
        return {each.subject: each.systems for each in self.firm.known_disagreements if each.kind is kind}


def load_mapping(vendor: str) -> dict[str, Any]:
    return tomllib.loads((files("subgraphs.sandbox") / "mappings" / f"{vendor}.toml").read_text(encoding="utf-8"))


def connect_port(
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
            mapping=load_mapping(vendor),
            secrets={name: lambda value=value: value for name, value in secrets.items()},  # type: ignore[misc] # bound early
            open_upstream=build_opener(twin),
        )
    )


def drop_posted_time(firm: Firm) -> Firm:
    """Return the firm without the time entries that are in no disagreement."""
    projects = tuple(
        replace(project, time_entries=tuple(entry for entry in project.time_entries if not entry.posted))
        for project in firm.projects
    )
    return replace(firm, projects=projects, invoices=())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def systems() -> AsyncIterator[Systems]:
    firm = drop_posted_time(build_scaled_firm(1))
    private, public = generate_key_pair()
    account = NetSuiteTwin(client_id="integration", certificate_id="c", public_key=public, now=lambda: NOON)
    org = salesforce_twin.TwinSettings(
        client=salesforce_twin.ConnectedApp(id="consumer", secret="secret"), clock=lambda: NOON
    )
    tenant = workday_twin.TwinSettings(client_id="client", client_secret="secret", refresh_token="refresh")
    erp_secrets = {"client_id": "integration", "private_key": private}
    twins = (
        salesforce_twin.build_twin(firm, org),
        kantata_twin.build_twin(firm, kantata_twin.TwinSettings(token="token")),
        workday_twin.build_twin(firm, tenant),
        build_netsuite(firm, account),
    )
    crm = connect_port("salesforce", SystemRole.CRM, salesforce.connect, twins[0], SECRETS["salesforce"])
    psa = connect_port("kantata", SystemRole.PSA, kantata.connect, twins[1], SECRETS["kantata"])
    hcm = connect_port("workday", SystemRole.HCM, workday.connect, twins[2], SECRETS["workday"], tenant="acme_preview")
    options = {"certificate_id": "c", "algorithm": "ES256"}
    erp = connect_port("netsuite", SystemRole.ERP, netsuite.connect, twins[3], erp_secrets, **options)
    yield Systems(firm, crm, psa, hcm, erp)
    for port in (crm, psa, hcm, erp):
        await port.aclose()


async def test_every_kind_of_disagreement_occurs(systems: Systems) -> None:
    assert {each.kind for each in systems.firm.known_disagreements} == set(DisagreementKind)


async def test_the_status_of_a_project_differs(systems: Systems) -> None:
    psa, erp = (load_mapping(vendor)["codes"]["PROJECT_STATUS"] for vendor in ("kantata", "netsuite"))
    for code in systems.list_subjects(DisagreementKind.STATUS_DIFFERS):
        project, job = await systems.find("psa", PsaProject, code), await systems.find("erp", ErpJob, code)
        assert psa[project.status] != erp[job.status], code


async def test_a_project_is_missing_in_the_erp(systems: Systems) -> None:
    for code in systems.list_subjects(DisagreementKind.PROJECT_UNKNOWN):
        assert await systems.find("psa", PsaProject, code) is not None
        assert await systems.find("erp", ErpJob, code) is None


async def test_a_dimension_is_missing_in_the_erp(systems: Systems) -> None:
    unknown = systems.list_subjects(DisagreementKind.PROJECT_UNKNOWN)
    known = [code for code in systems.list_subjects(DisagreementKind.DIMENSION_MISSING) if code not in unknown]
    assert known
    for code in known:
        job = await systems.find("erp", ErpJob, code)
        assert "COST_CENTER" not in {tag.dimension for tag in job.dimensions}, code


async def test_a_won_opportunity_has_no_project(systems: Systems) -> None:
    for number in systems.list_subjects(DisagreementKind.WON_WITHOUT_PROJECT):
        deal = await systems.find("crm", CrmOpportunity, number)
        assert (deal.stage, deal.project_code) == ("CLOSED_WON", None)


async def test_a_former_worker_is_still_booked(systems: Systems) -> None:
    booked = {each.code: each.worker for project in systems.firm.projects for each in project.assignments}
    for number in {booked[code] for code in systems.list_subjects(DisagreementKind.LEAVER_BOOKED)}:
        worker, user = await systems.find("hcm", HcmWorker, number), await systems.find("psa", PsaUser, number)
        later = DateRange(worker.termination_date + timedelta(days=1), worker.termination_date + timedelta(days=365))
        assert (await systems.psa.list_bookings_by_user([user.native.id], later))[user.native.id], number


async def test_approved_time_is_missing_in_the_erp(systems: Systems) -> None:
    codes = list(systems.list_subjects(DisagreementKind.TIME_UNPOSTED))
    assert codes
    assert await systems.erp.get_time_postings(codes) == {}
    for code in codes:
        assert (await systems.find("psa", PsaTimeEntry, code)).approval == "approved"


async def test_a_customer_is_missing_in_one_system_only(systems: Systems) -> None:
    kinds = {"CRM": CrmAccount, "PSA": PsaClient, "ERP": ErpCustomer}
    for number, absent in systems.list_subjects(DisagreementKind.CUSTOMER_UNKNOWN).items():
        present = {name for name, kind in kinds.items() if await systems.find(name.lower(), kind, number)}
        assert (number, present) == (number, kinds.keys() - set(absent))


async def test_a_customer_is_duplicated(systems: Systems) -> None:
    """Two accounts whose names differ only by the legal form."""
    names = [customer.name for customer in systems.firm.customers]
    for number in systems.list_subjects(DisagreementKind.CUSTOMER_DUPLICATE):
        account = await systems.find("crm", CrmAccount, number)
        assert account.name.removesuffix(" Ltd.") in names


async def test_two_systems_have_different_parents_for_a_customer(systems: Systems) -> None:
    for number in systems.list_subjects(DisagreementKind.HIERARCHY_CONFLICT):
        account, customer = (
            await systems.find("crm", CrmAccount, number),
            await systems.find("erp", ErpCustomer, number),
        )
        crm_parent = (await systems.crm.get_accounts([account.parent_id]))[account.parent_id].display_number
        erp_parent = (await systems.erp.get_customers([customer.parent_id]))[customer.parent_id].number
        assert crm_parent != erp_parent


async def test_a_customer_is_its_own_ancestor(systems: Systems) -> None:
    for number in systems.list_subjects(DisagreementKind.HIERARCHY_CYCLE):
        account = await systems.find("crm", CrmAccount, number)
        parent = (await systems.crm.get_accounts([account.parent_id]))[account.parent_id]
        assert parent.parent_id == account.native.id
