"""Cards are filled from every system in any order; nothing is lost, duplicated or stored about people."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.card import Card
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.canonical.records.erp import ErpCustomer, ErpJob, ErpLegalEntity
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaProject
from gateway.canonical.roles import Noun, SystemRole
from gateway.canonical.states import MappingDomain
from gateway.errors import SourceError
from gateway.identity.index import CardIndex
from gateway.identity.match import match_cards
from gateway.identity.reference_data import CodeMappings
from gateway.identity.sync import CardSync
from gateway.store import tables
from gateway.store.database import Store
from tests.unit.identity.systems import (
    MemorySystem,
    build_account,
    build_customer,
    build_entity,
    build_job,
    build_opportunity,
    build_project,
    build_worker,
)

CRM, PSA, ERP, HCM = SystemRole.CRM, SystemRole.PSA, SystemRole.ERP, SystemRole.HCM


def build_systems() -> dict[str, MemorySystem]:
    return {
        "crm": MemorySystem(
            "crm",
            CRM,
            {
                CrmAccount: [
                    build_account("a1", "Aurora", "C-1"),
                    build_account("a2", "Borealis", "C-2", parent_id="a1"),
                ],
                CrmOpportunity: [build_opportunity("o1", "a1", project_code="P-1")],
            },
        ),
        "psa": MemorySystem(
            "psa",
            PSA,
            {
                PsaProject: [
                    build_project("11", "P-1", status="ACTIVE", member_ids=(), legal_entity="NL01"),
                    build_project("12", "P-2"),
                ]
            },
        ),
        "hcm": MemorySystem(
            "hcm", HCM, {HcmWorker: [build_worker("w1", "W-1"), build_worker("w2", "W-2", manager_id="w1")]}
        ),
        "erp": MemorySystem(
            "erp",
            ERP,
            {
                ErpLegalEntity: [build_entity("NL01")],
                ErpCustomer: [build_customer("71", "Aurora BV", "C-1", legal_entity="NL01")],
                ErpJob: [build_job("91", "P-1", customer_id="71", legal_entity="NL01")],
            },
        ),
    }


def build_sync(store: Store, systems: dict[str, MemorySystem], order: Sequence[str] | None = None) -> CardSync:
    ports: Any = {name: systems[name] for name in order or systems}
    return CardSync(store, "main", ports, CodeMappings([]), b"k" * 32)


async def find_card(store: Store, noun: Noun, code: str) -> Card:
    found = await CardIndex(store, "main").get_by_codes([(noun.value, code)])
    return found[noun.value, code]


async def dump_store(store: Store) -> list[Any]:
    async with store.connect() as connection:
        cards = await connection.execute(
            select(tables.card.c.id, tables.card.c.name, tables.card.c.customer_id).order_by(tables.card.c.id)
        )
        keys = await connection.execute(select(tables.card_key).order_by(*tables.card_key.c))
        links = await connection.execute(
            select(tables.link.c.card_id, tables.link.c.connection, tables.link.c.external_id).order_by(
                tables.link.c.connection, tables.link.c.external_id, tables.link.c.noun
            )
        )
        return [list(cards), list(keys), list(links)]


@pytest.mark.parametrize(
    "order", [("crm", "psa", "hcm", "erp"), ("erp", "hcm", "psa", "crm"), ("psa", "erp", "crm", "hcm")]
)
async def test_relations_do_not_depend_on_the_order_of_the_systems(store: Store, order: tuple[str, ...]) -> None:
    await build_sync(store, build_systems(), order).run()

    aurora, borealis = await find_card(store, Noun.CUSTOMER, "C-1"), await find_card(store, Noun.CUSTOMER, "C-2")
    first = await find_card(store, Noun.PROJECT, "P-1")
    assert first.customer_id == aurora.id
    assert first.opportunity_id is not None
    assert borealis.parent_id == aurora.id
    assert {link.native.connection for link in aurora.links} == {"crm", "erp"}
    assert {link.native.connection for link in first.links} == {"psa", "erp"}
    assert first.legal_entities == ("NL01",)
    assert first.region == "EU"


async def test_a_second_round_changes_nothing(store: Store) -> None:
    systems = build_systems()
    sync = build_sync(store, systems)
    await sync.run()
    before = await dump_store(store)

    again = await sync.run()
    fresh = build_sync(store, systems)
    await fresh.run()

    assert [result.rows for result in again] == [0] * len(again)
    assert await dump_store(store) == before


async def test_canonical_ids_survive_a_lost_store(store: Store) -> None:
    systems = build_systems()
    await build_sync(store, systems).run()
    first = (await find_card(store, Noun.PROJECT, "P-1")).id

    async with store.begin() as connection:
        for table in (tables.card_key, tables.card, tables.link, tables.watermark):
            await connection.execute(table.delete())
    await build_sync(store, systems).run()

    assert (await find_card(store, Noun.PROJECT, "P-1")).id == first


async def test_a_system_that_fails_is_reported_and_does_not_stop_the_others(store: Store) -> None:
    systems = build_systems()
    systems["crm"].broken = SourceError(FaultCode.TIMEOUT, "no answer")
    sync = build_sync(store, systems)

    results = await sync.run()

    assert {result.connection for result in results if result.failure} == {"crm"}
    assert (await find_card(store, Noun.PROJECT, "P-1")).code == "P-1"
    faults = await sync.load_faults("correlation")
    assert {name: fault.code for name, fault in faults.items()} == {"crm": FaultCode.TIMEOUT}

    systems["crm"].broken = None
    await sync.run()
    assert await sync.load_faults("correlation") == {}
    assert (await find_card(store, Noun.CUSTOMER, "C-2")).name == "Borealis"


async def test_a_status_without_a_mapping_is_not_replaced_by_that_of_another_system(store: Store) -> None:
    """The field shows none, so no filter may find the project by the ERP's status."""
    systems = build_systems()
    systems["psa"].rows[PsaProject] = [build_project("11", "P-1", status="strange")]
    systems["erp"].rows[ErpJob] = [build_job("91", "P-1", status="ACTIVE")]
    codes = CodeMappings([], {MappingDomain.PROJECT_STATUS: frozenset({"ACTIVE"})})
    ports: Any = systems
    await CardSync(store, "main", ports, codes, b"k" * 32).run()

    card = await find_card(store, Noun.PROJECT, "P-1")

    assert card.get_native_id(ERP) is not None
    assert card.status is None


async def test_a_card_disappears_when_every_system_has_deleted_it(store: Store) -> None:
    systems = build_systems()
    sync = build_sync(store, systems)
    await sync.run()
    systems["psa"].deleted[PsaProject] = ["11", "12"]

    await sync.run()

    found = await CardIndex(store, "main").get_by_codes([("Project", "P-1"), ("Project", "P-2")])
    assert list(found) == [("Project", "P-1")]
    assert found["Project", "P-1"].get_native_id(PSA) is None
    assert found["Project", "P-1"].get_native_id(ERP) is not None


async def test_a_record_missing_from_a_complete_listing_is_deleted(store: Store) -> None:
    systems = build_systems()
    sync = build_sync(store, systems)
    await sync.run()
    systems["psa"].present[PsaProject] = ["12"]

    results = await sync.run()

    assert [result.deleted for result in results if result.deleted] == [1]
    found = await CardIndex(store, "main").get_by_codes([("Project", "P-1"), ("Project", "P-2")])
    assert found["Project", "P-1"].get_native_id(PSA) is None
    assert found["Project", "P-2"].get_native_id(PSA) is not None
    assert (await find_card(store, Noun.CUSTOMER, "C-1")).get_native_id(CRM) is not None


async def test_a_record_linked_during_a_complete_listing_is_not_deleted(store: Store) -> None:
    """A workflow may link a record that it has just created, after the system was listed."""
    systems = build_systems()
    sync = build_sync(store, systems)
    await sync.run()
    systems["psa"].rows[PsaProject].append(build_project("13", "P-3"))
    systems["psa"].present[PsaProject] = ["11", "12"]

    await sync.run()

    assert (await find_card(store, Noun.PROJECT, "P-3")).get_native_id(PSA) is not None


async def test_no_personal_data_is_stored(store: Store) -> None:
    await build_sync(store, build_systems()).run()

    async with store.connect() as connection:
        for table in (tables.card, tables.link, tables.card_key):
            written = repr((await connection.execute(select(table))).all())
            for personal in ("Somebody", "Particular", "firm.example", "W-1", "W-2"):
                assert personal not in written, (table.name, personal)


async def test_two_records_of_one_system_with_the_same_number_are_proposed_and_not_joined(store: Store) -> None:
    systems = build_systems()
    systems["crm"].rows[CrmAccount].append(build_account("a9", "Aurora (old)", "C-1"))
    await build_sync(store, systems).run()

    report = await match_cards(store, "main", Noun.CUSTOMER)

    async with store.connect() as connection:
        linked = (
            await connection.execute(select(tables.link.c.card_id).where(tables.link.c.external_id.in_(["a1", "a9"])))
        ).scalars()
        assert len(set(linked)) == 2
    assert {proposal.rule for proposal in report.ambiguous} >= {"SAME_KEY"}


async def test_names_that_differ_only_by_legal_form_are_proposed_and_not_joined(store: Store) -> None:
    systems = build_systems()
    systems["erp"].rows[ErpCustomer].append(build_customer("72", "Borealis B.V.", "X-77"))
    await build_sync(store, systems).run()

    report = await match_cards(store, "main", Noun.CUSTOMER)

    assert report.linked == 0
    assert [proposal.rule for proposal in report.ambiguous] == ["SAME_NAME"]


async def test_legal_entities_of_one_system_are_never_matched_by_name(store: Store) -> None:
    systems = build_systems()
    (rows,) = [rows for kind, rows in systems["erp"].rows.items() if kind is ErpLegalEntity]
    rows.extend(
        msgspec.structs.replace(build_entity(code), name=name)
        for code, name in (("S1", "Sister B.V."), ("S2", "Sister Ltd"))
    )
    await build_sync(store, systems).run()

    report = await match_cards(store, "main", Noun.LEGAL_ENTITY)

    assert (report.linked, report.ambiguous) == (0, ())
