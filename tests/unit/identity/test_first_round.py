"""The first round: canonical ids follow the order of the settings, and a system that does not answer delays nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.records.base import Record
from gateway.canonical.records.card import Card
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.canonical.records.erp import ErpCustomer
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.roles import Noun, SystemRole
from gateway.identity.crosswalk import mint_card_id
from gateway.identity.index import CardIndex
from gateway.identity.reference_data import CodeMappings
from gateway.identity.sync import CardSync
from gateway.ports.base import Changes
from gateway.store.database import Store
from tests.unit.identity.systems import MemorySystem, build_account, build_customer, build_opportunity, build_worker

LONG, SHORT = 30.0, 0.1


class Gated(MemorySystem):
    """A system that waits before each page until a gate is open; with a closed gate it hangs."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.gates = [asyncio.Event() for _ in range(3)]

    def open(self, pages: int = 3) -> None:
        for gate in self.gates[:pages]:
            gate.set()

    async def list_changes(self, kind: type[Record], watermark: str | None) -> AsyncIterator[Changes[Any]]:
        gates = iter(self.gates)
        await next(gates).wait()
        async for page in super().list_changes(kind, watermark):
            yield page
            await next(gates).wait()


@pytest.fixture
def systems() -> dict[str, Any]:
    crm = Gated(
        "crm", SystemRole.CRM, {CrmAccount: [build_account(f"a{n}", f"Customer {n}", f"C-{n}") for n in range(3)]}
    )
    erp = MemorySystem("erp", SystemRole.ERP, {ErpCustomer: [build_customer("71", "Customer 0 BV", "C-0")]})
    hcm = MemorySystem("hcm", SystemRole.HCM, {HcmWorker: [build_worker("w1", "W-1")]})
    return {"crm": crm, "erp": erp, "hcm": hcm}


def build_sync(store: Store, ports: dict[str, Any]) -> CardSync:
    return CardSync(store, "main", ports, CodeMappings([]), b"k" * 32)


@asynccontextmanager
async def keep_running(sync: CardSync, patience: float) -> AsyncIterator[None]:
    task = asyncio.create_task(sync.keep(LONG, patience))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def wait_until_filled(sync: CardSync, *names: str) -> None:
    async def holds() -> bool:
        health = await sync.load_health()
        return all(health[name].filled for name in names)

    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110 -- the store sends no event
            await asyncio.sleep(0.01)


async def find_customer_card(store: Store, code: str = "C-0") -> Card | None:
    return (await CardIndex(store, "main").get_by_codes([(Noun.CUSTOMER.value, code)])).get((Noun.CUSTOMER.value, code))


def mint_customer_id(connection: str, kind: str, native: str) -> Any:
    return mint_card_id("main", Noun.CUSTOMER, NativeId(connection, kind, native))


async def test_a_slow_system_still_determines_the_ids(store: Store, systems: dict[str, Any]) -> None:
    sync = build_sync(store, systems)
    async with keep_running(sync, LONG):
        await asyncio.sleep(SHORT)
        assert await find_customer_card(store) is None
        systems["crm"].open()
        await wait_until_filled(sync, "crm", "erp", "hcm")

    found = await find_customer_card(store)
    assert found is not None
    assert found.id == mint_customer_id("crm", "Account", "a0")
    assert {link.native.connection for link in found.links} == {"crm", "erp"}


@pytest.mark.parametrize("pages", [0, 1])
async def test_a_system_that_hangs_delays_the_others_only_for_the_patience(
    store: Store, systems: dict[str, Any], pages: int
) -> None:
    systems["crm"].open(pages)
    sync = build_sync(store, systems)

    async with keep_running(sync, SHORT):
        await wait_until_filled(sync, "erp", "hcm")

        assert await find_customer_card(store) is not None
        faults = await sync.load_faults("correlation")
        assert {name: (fault.code, fault.message) for name, fault in faults.items()} == {
            "crm": (FaultCode.UNAVAILABLE, "The CRM has not been read completely yet; rows may be missing.")
        }


async def test_several_hanging_systems_delay_the_others_only_once(store: Store, systems: dict[str, Any]) -> None:
    hanging = {f"crm{n}": Gated(f"crm{n}", SystemRole.CRM, {CrmAccount: []}) for n in range(20)}
    sync = build_sync(store, {**hanging, "hcm": systems["hcm"]})

    # Waiting for each of them in turn would take 20 s; the margin is for a busy machine.
    async with keep_running(sync, 1.0), asyncio.timeout(15):
        await wait_until_filled(sync, "hcm")


async def test_a_system_that_recovers_is_linked_to_the_cards_of_the_others(
    store: Store, systems: dict[str, Any]
) -> None:
    sync = build_sync(store, systems)
    async with keep_running(sync, SHORT):
        await wait_until_filled(sync, "erp", "hcm")
        systems["crm"].open()
        await wait_until_filled(sync, "crm")

    found, other = await find_customer_card(store), await find_customer_card(store, "C-2")
    assert found is not None
    assert found.id == mint_customer_id("erp", "customer", "71")
    assert {link.native.connection for link in found.links} == {"crm", "erp"}
    assert other is not None
    assert await sync.load_faults("correlation") == {}


async def test_a_single_run_waits_for_every_system(store: Store, systems: dict[str, Any]) -> None:
    sync = build_sync(store, systems)
    filling = asyncio.create_task(sync.run())
    await asyncio.sleep(SHORT)
    assert await find_customer_card(store) is None
    systems["crm"].open()

    results = await filling

    assert [(each.connection, each.rows) for each in results] == [("crm", 3), ("erp", 1), ("hcm", 1)]
    found = await find_customer_card(store)
    assert found is not None
    assert found.id == mint_customer_id("crm", "Account", "a0")


async def test_before_the_first_round_every_system_has_a_fault(store: Store, systems: dict[str, Any]) -> None:
    assert set(await build_sync(store, systems).load_faults("correlation")) == {"crm", "erp", "hcm"}


class Faulty(MemorySystem):
    """A system whose second feed raises an unexpected exception."""

    async def list_changes(self, kind: type[Record], watermark: str | None) -> AsyncIterator[Changes[Any]]:
        if kind is CrmOpportunity:
            raise ZeroDivisionError
        async for page in super().list_changes(kind, watermark):
            yield page


async def test_the_next_process_resolves_the_relations_of_an_interrupted_round(store: Store) -> None:
    rows: dict[type[Record], list[Record]] = {
        CrmAccount: [build_account("a1", "Aurora", "C-1"), build_account("a2", "Borealis", "C-2", parent_id="a1")],
        CrmOpportunity: [build_opportunity("o1", "a1")],
    }
    with pytest.raises(ZeroDivisionError):
        await build_sync(store, {"crm": Faulty("crm", SystemRole.CRM, rows)}).run()
    rows.pop(CrmOpportunity)

    results = await build_sync(store, {"crm": MemorySystem("crm", SystemRole.CRM, rows)}).run()

    assert [each.rows for each in results] == [0]
    parent, child = await find_customer_card(store, "C-1"), await find_customer_card(store, "C-2")
    assert parent is not None
    assert child is not None
    assert child.parent_id == parent.id
