"""The switch `rows-changed` on every object of every twin: it changes the first row in the vendor's order."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from subgraphs.crm.salesforce.twin.faults import OrgFaults
from subgraphs.crm.salesforce.twin.objects import build_object_types
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.seed import seed
from subgraphs.crm.salesforce.twin.tokens import ConnectedApp, Sessions
from subgraphs.erp.netsuite.twin.faults import AccountFaults as NetSuiteFaults
from subgraphs.erp.netsuite.twin.seed import MasterDataSeeder as NetSuiteSeed
from subgraphs.erp.netsuite.twin.seed_transactions import TransactionSeeder
from subgraphs.erp.netsuite.twin.settings import TwinSettings, generate_key_pair
from subgraphs.erp.netsuite.twin.store import Store
from subgraphs.erp.netsuite.twin.tokens import TokenService
from subgraphs.hcm.workday.twin.faults import TenantFaults
from subgraphs.hcm.workday.twin.settings import TwinSettings as WorkdayTwin
from subgraphs.hcm.workday.twin.store import SOURCE, build_store
from subgraphs.hcm.workday.twin.tokens import Tokens as WorkdayTokens
from subgraphs.kit.twin.fault_injection import FaultHooks
from subgraphs.kit.twin.faults import RowChange
from subgraphs.kit.twin.static_token import StaticToken
from subgraphs.kit.twin.table_store import TableStore
from subgraphs.psa.kantata.twin.faults import AccountFaults as KantataFaults
from subgraphs.psa.kantata.twin.seed import Seed as KantataSeed
from subgraphs.psa.kantata.twin.tables import RESOURCES
from subgraphs.psa.productive.twin.faults import OrganizationFaults
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.rows import RowWriter as ProductiveRows
from subgraphs.psa.productive.twin.seed import Seed as ProductiveSeed
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM

NOON: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EMPTY_FIRM: Final = replace(FIRM, customers=(), workers=(), projects=(), invoices=(), contracts=(), opportunities=())


class Twin(NamedTuple):
    """A twin's fault injection, and the ids of an object's rows in the vendor's order."""

    vendor: FaultHooks
    ids: Callable[[str], list[str]]


def _build_salesforce(firm: Firm) -> Twin:
    org = Org(build_object_types(multi_currency=True), lambda: NOON)
    seed(org, firm)
    vendor = OrgFaults(org, Sessions(ConnectedApp(id="c", secret="s"), lambda: NOON))
    return Twin(vendor, lambda name: sorted(str(row["Id"]) for row in org.list_rows(org.types[name])))


def _build_netsuite(firm: Firm) -> Twin:
    store, settings = (
        Store(ZoneInfo("UTC")),
        TwinSettings(client_id="c", certificate_id="c", public_key=generate_key_pair()[1]),
    )
    netsuite_seed = NetSuiteSeed(store, firm)
    netsuite_seed.seed_master_data()
    TransactionSeeder(netsuite_seed).seed_transactions()
    vendor = NetSuiteFaults(store, TokenService(settings), 5, lambda: NOON)
    return Twin(vendor, lambda name: [str(row["id"]) for row in store.find_rows(name)])


def _build_workday(firm: Firm) -> Twin:
    store, settings = build_store(firm), WorkdayTwin(client_id="c", client_secret="s", refresh_token="r")
    vendor = TenantFaults(store, WorkdayTokens(settings), "/token", 5, lambda: NOON)
    return Twin(vendor, lambda _name: sorted(person.id for person in store.people.values() if person.active))


def _build_kantata(firm: Firm) -> Twin:
    tables = TableStore(RESOURCES)
    KantataSeed(tables, firm).run()
    return Twin(KantataFaults(tables, StaticToken("t"), 5, lambda: NOON), tables.list_ids)


def _build_productive(firm: Firm) -> Twin:
    tables = TableStore(TYPES)
    ProductiveSeed(ProductiveRows(tables), firm).run()
    return Twin(OrganizationFaults(tables, StaticToken("t"), lambda: NOON), tables.list_ids)


TWINS: Final = {
    "salesforce": _build_salesforce,
    "netsuite": _build_netsuite,
    "workday": _build_workday,
    "kantata": _build_kantata,
    "productive": _build_productive,
}


def list_objects() -> Iterator[tuple[str, str]]:
    for vendor, build in TWINS.items():
        for name in sorted(build(FIRM).vendor.objects):
            yield vendor, name


@pytest.mark.parametrize(("vendor", "name"), list(list_objects()))
def test_rows_are_inserted_and_deleted_at_the_front_and_keep_their_place_when_touched(vendor: str, name: str) -> None:
    twin = TWINS[vendor](FIRM)
    before = twin.ids(name)

    twin.vendor.change(name, RowChange.TOUCHED)
    touched = twin.ids(name)
    twin.vendor.change(name, RowChange.INSERTED)
    twin.vendor.change(name, RowChange.INSERTED)
    inserted = twin.ids(name)
    for _ in range(3):
        twin.vendor.change(name, RowChange.DELETED)

    assert touched == before
    assert (len(inserted), inserted[2:]) == (len(before) + (2 if before else 0), before)
    assert twin.ids(name) == before[1:]


@pytest.mark.parametrize(
    ("vendor", "name"),
    [
        ("salesforce", "Account"),
        ("netsuite", "customer"),
        ("workday", SOURCE),
        ("kantata", "workspaces"),
        ("productive", "projects"),
    ],
)
@pytest.mark.parametrize("change", RowChange)
def test_an_object_without_rows_does_not_change(vendor: str, name: str, change: RowChange) -> None:
    twin = TWINS[vendor](EMPTY_FIRM)

    twin.vendor.change(name, change)

    assert twin.ids(name) == []
