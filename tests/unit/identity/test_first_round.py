"""The first round: ids follow the order of the settings however quick a system is, one that is silent holds nobody up, and lists say what they miss."""

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
from gateway.identity.crosswalk import minted
from gateway.identity.index import CardIndex
from gateway.identity.reference_data import ReferenceData
from gateway.identity.sync import CardSync
from gateway.ports.base import Changes
from gateway.store.engine import Store
from tests.unit.identity.systems import MemorySystem, account, customer, deal, worker

LONG, SHORT = 30.0, 0.1


class Gated(MemorySystem):
    """A system that waits before each page until a gate is open: a closed one is a system that hangs."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.gates = [asyncio.Event() for _ in range(3)]

    def open(self, pages: int = 3) -> None:
        for gate in self.gates[:pages]:
            gate.set()

    async def changed_since(self, kind: type[Record], watermark: str | None) -> AsyncIterator[Changes[Any]]:
        gates = iter(self.gates)
        await next(gates).wait()
        async for page in super().changed_since(kind, watermark):
            yield page
            await next(gates).wait()


@pytest.fixture
def systems() -> dict[str, Any]:
    crm = Gated("crm", SystemRole.CRM, {CrmAccount: [account(f"a{n}", f"Customer {n}", f"C-{n}") for n in range(3)]})
    erp = MemorySystem("erp", SystemRole.ERP, {ErpCustomer: [customer("71", "Customer 0 BV", "C-0")]})
    hcm = MemorySystem("hcm", SystemRole.HCM, {HcmWorker: [worker("w1", "W-1")]})
    return {"crm": crm, "erp": erp, "hcm": hcm}


def sync_of(store: Store, ports: dict[str, Any]) -> CardSync:
    return CardSync(store, "main", ports, ReferenceData([]), b"k" * 32)


@asynccontextmanager
async def kept(sync: CardSync, patience: float) -> AsyncIterator[None]:
    task = asyncio.create_task(sync.keep(LONG, patience))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def followed(sync: CardSync, *names: str) -> None:
    async def holds() -> bool:
        health = await sync.health()
        return all(health[name].filled for name in names)

    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110 -- what the store holds is not an event
            await asyncio.sleep(0.01)


async def customer_card(store: Store, code: str = "C-0") -> Card | None:
    return (await CardIndex(store, "main").by_codes([(Noun.CUSTOMER.value, code)])).get((Noun.CUSTOMER.value, code))


def of(connection: str, kind: str, native: str) -> Any:
    return minted("main", Noun.CUSTOMER, NativeId(connection, kind, native))


async def test_a_slow_system_gives_its_ids_all_the_same(store: Store, systems: dict[str, Any]) -> None:
    sync = sync_of(store, systems)
    async with kept(sync, LONG):
        await asyncio.sleep(SHORT)
        assert await customer_card(store) is None
        systems["crm"].open()
        await followed(sync, "crm", "erp", "hcm")

    found = await customer_card(store)
    assert found is not None
    assert found.id == of("crm", "Account", "a0")
    assert {link.native.connection for link in found.links} == {"crm", "erp"}


@pytest.mark.parametrize("pages", [0, 1])
async def test_a_system_that_hangs_from_the_start_or_in_mid_page_holds_nobody_up_for_long(
    store: Store, systems: dict[str, Any], pages: int
) -> None:
    systems["crm"].open(pages)
    sync = sync_of(store, systems)

    async with kept(sync, SHORT):
        await followed(sync, "erp", "hcm")

        assert await customer_card(store) is not None
        faults = await sync.faults("correlation")
        assert {name: (fault.code, fault.message) for name, fault in faults.items()} == {
            "crm": (FaultCode.UNAVAILABLE, "The CRM has not been read to the end yet; rows may be missing.")
        }


async def test_several_that_hang_cost_the_patience_of_one(store: Store, systems: dict[str, Any]) -> None:
    hanging = {f"crm{n}": Gated(f"crm{n}", SystemRole.CRM, {CrmAccount: []}) for n in range(20)}
    sync = sync_of(store, {**hanging, "hcm": systems["hcm"]})

    # Waiting for each of them in turn would take 20 s; the margin is for a busy machine.
    async with kept(sync, 1.0), asyncio.timeout(15):
        await followed(sync, "hcm")


async def test_one_that_comes_back_joins_what_others_have_shown_meanwhile(
    store: Store, systems: dict[str, Any]
) -> None:
    sync = sync_of(store, systems)
    async with kept(sync, SHORT):
        await followed(sync, "erp", "hcm")
        systems["crm"].open()
        await followed(sync, "crm")

    found, other = await customer_card(store), await customer_card(store, "C-2")
    assert found is not None
    assert found.id == of("erp", "customer", "71")
    assert {link.native.connection for link in found.links} == {"crm", "erp"}
    assert other is not None
    assert await sync.faults("correlation") == {}


async def test_a_fill_by_command_waits_for_every_system(store: Store, systems: dict[str, Any]) -> None:
    sync = sync_of(store, systems)
    filling = asyncio.create_task(sync.run())
    await asyncio.sleep(SHORT)
    assert await customer_card(store) is None
    systems["crm"].open()

    results = await filling

    assert [(each.connection, each.rows) for each in results] == [("crm", 3), ("erp", 1), ("hcm", 1)]
    found = await customer_card(store)
    assert found is not None
    assert found.id == of("crm", "Account", "a0")


async def test_before_anything_was_followed_every_system_is_named(store: Store, systems: dict[str, Any]) -> None:
    assert set(await sync_of(store, systems).faults("correlation")) == {"crm", "erp", "hcm"}


class Faulty(MemorySystem):
    """A system whose second feed meets a bug of ours."""

    async def changed_since(self, kind: type[Record], watermark: str | None) -> AsyncIterator[Changes[Any]]:
        if kind is CrmOpportunity:
            raise ZeroDivisionError
        async for page in super().changed_since(kind, watermark):
            yield page


async def test_what_a_round_that_was_cut_off_has_taken_is_related_by_the_next_process(store: Store) -> None:
    rows: dict[type[Record], list[Record]] = {
        CrmAccount: [account("a1", "Aurora", "C-1"), account("a2", "Borealis", "C-2", parent_id="a1")],
        CrmOpportunity: [deal("o1", "a1")],
    }
    with pytest.raises(ZeroDivisionError):
        await sync_of(store, {"crm": Faulty("crm", SystemRole.CRM, rows)}).run()
    rows.pop(CrmOpportunity)

    results = await sync_of(store, {"crm": MemorySystem("crm", SystemRole.CRM, rows)}).run()

    assert [each.rows for each in results] == [0]
    parent, child = await customer_card(store, "C-1"), await customer_card(store, "C-2")
    assert parent is not None
    assert child is not None
    assert child.parent_id == parent.id
