"""The switch `rows-changed` on every object of every twin: it changes the first row in the vendor's order."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from subgraphs.crm.salesforce.twin.faults import OrgFaults
from subgraphs.crm.salesforce.twin.objects import object_types
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.seed import seed
from subgraphs.crm.salesforce.twin.tokens import Client, Sessions
from subgraphs.erp.netsuite.twin.faults import AccountFaults as NetSuiteFaults
from subgraphs.erp.netsuite.twin.seed import Seed as NetSuiteSeed
from subgraphs.erp.netsuite.twin.seed_ledger import LedgerSeed
from subgraphs.erp.netsuite.twin.settings import TwinSettings, key_pair
from subgraphs.erp.netsuite.twin.store import Store
from subgraphs.erp.netsuite.twin.tokens import Tokens
from subgraphs.hcm.workday.twin.faults import TenantFaults
from subgraphs.hcm.workday.twin.settings import TwinSettings as WorkdayTwin
from subgraphs.hcm.workday.twin.store import SOURCE, filled
from subgraphs.hcm.workday.twin.tokens import Tokens as WorkdayTokens
from subgraphs.kit.faults import Vendor
from subgraphs.kit.static_token import StaticToken
from subgraphs.kit.switches import Change
from subgraphs.kit.tables import Tables
from subgraphs.psa.kantata.twin.faults import AccountFaults as KantataFaults
from subgraphs.psa.kantata.twin.seed import Seed as KantataSeed
from subgraphs.psa.kantata.twin.tables import RESOURCES
from subgraphs.psa.productive.twin.faults import OrganizationFaults
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.rows import Rows as ProductiveRows
from subgraphs.psa.productive.twin.seed import Seed as ProductiveSeed
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM

NOON: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EMPTY_FIRM: Final = replace(FIRM, customers=(), workers=(), projects=(), invoices=(), contracts=(), opportunities=())


class Twin(NamedTuple):
    """A twin's fault switches, and the ids of an object's rows in the vendor's order."""

    vendor: Vendor
    ids: Callable[[str], list[str]]


def _build_salesforce(firm: Firm) -> Twin:
    org = Org(object_types(multi_currency=True), lambda: NOON)
    seed(org, firm)
    vendor = OrgFaults(org, Sessions(org, Client(id="c", secret="s")))
    return Twin(vendor, lambda name: sorted(str(row["Id"]) for row in org.rows(org.types[name])))


def _build_netsuite(firm: Firm) -> Twin:
    store, settings = Store(ZoneInfo("UTC")), TwinSettings(client_id="c", certificate_id="c", public_key=key_pair()[1])
    netsuite_seed = NetSuiteSeed(store, firm)
    netsuite_seed.master_data()
    LedgerSeed(netsuite_seed).transactions()
    vendor = NetSuiteFaults(store, Tokens(settings), 5, lambda: NOON)
    return Twin(vendor, lambda name: [str(row["id"]) for row in store.rows(name)])


def _build_workday(firm: Firm) -> Twin:
    store, settings = filled(firm), WorkdayTwin(client_id="c", client_secret="s", refresh_token="r")
    vendor = TenantFaults(store, WorkdayTokens(settings), "/token", 5, lambda: NOON)
    return Twin(vendor, lambda _name: sorted(person.id for person in store.people.values() if person.active))


def _build_kantata(firm: Firm) -> Twin:
    tables = Tables(RESOURCES)
    KantataSeed(tables, firm).run()
    return Twin(KantataFaults(tables, StaticToken("t"), 5, lambda: NOON), tables.ids)


def _build_productive(firm: Firm) -> Twin:
    tables = Tables(TYPES)
    ProductiveSeed(ProductiveRows(tables), firm).run()
    return Twin(OrganizationFaults(tables, StaticToken("t"), lambda: NOON), tables.ids)


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

    twin.vendor.change(name, Change.TOUCHED)
    touched = twin.ids(name)
    twin.vendor.change(name, Change.INSERTED)
    twin.vendor.change(name, Change.INSERTED)
    inserted = twin.ids(name)
    for _ in range(3):
        twin.vendor.change(name, Change.DELETED)

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
@pytest.mark.parametrize("change", Change)
def test_an_object_without_rows_does_not_change(vendor: str, name: str, change: Change) -> None:
    twin = TWINS[vendor](EMPTY_FIRM)

    twin.vendor.change(name, change)

    assert twin.ids(name) == []
