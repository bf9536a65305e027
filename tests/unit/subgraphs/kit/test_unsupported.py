import inspect
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact
from gateway.canonical.values import DateRange
from gateway.ports.base import PageRequest, SystemPort
from gateway.ports.crm import CrmPort
from gateway.ports.erp import ErpPort
from gateway.ports.hcm import HcmPort
from gateway.ports.lineage import Lineage, Supplied, Unsupported, is_supported, require_complete
from gateway.ports.psa import PsaPort
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere
from subgraphs.kit.lineage import complete_lineage
from subgraphs.kit.origins import build_origins
from subgraphs.kit.unsupported.crm import CRM_RECORDS, UnsupportedCrm
from subgraphs.kit.unsupported.erp import ERP_RECORDS, UnsupportedErp
from subgraphs.kit.unsupported.hcm import HCM_RECORDS, UnsupportedHcm
from subgraphs.kit.unsupported.psa import PSA_RECORDS, UnsupportedPsa
from tests.contract.reads import BY_ID, OTHER_RECORDS

BASES: dict[str, tuple[type[Any], type, Iterable[type[Record]]]] = {
    "crm": (UnsupportedCrm, CrmPort, CRM_RECORDS),
    "erp": (UnsupportedErp, ErpPort, ERP_RECORDS),
    "hcm": (UnsupportedHcm, HcmPort, HCM_RECORDS),
    "psa": (UnsupportedPsa, PsaPort, PSA_RECORDS),
}
SECOND_PAGE = PageRequest(10, "cursor")
ARGUMENTS = {
    "page": SECOND_PAGE,
    "within": DateRange(date(2026, 1, 1), date(2026, 12, 31)),
    "as_of": date(2026, 1, 1),
    "keys": [],
}
CONDITIONS = {kind.__name__: kind for kind in (AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere)}
EMPTY: Page[Any] = Page(rows=(), cursors=(), has_previous=True)


def list_reads(port: type) -> list[str]:
    """Return the methods of a role's port that the common port does not have."""
    common = dir(SystemPort)
    return [name for name, _ in inspect.getmembers(port, inspect.iscoroutinefunction) if name not in common]


CASES = [(role, read) for role, (_, port, _) in BASES.items() for read in list_reads(port)]


@pytest.mark.parametrize(("role", "read"), CASES)
async def test_every_read_of_the_port_answers_empty(role: str, read: str) -> None:
    base, _, _ = BASES[role]
    method = getattr(base(), read)
    parameters = inspect.signature(method, eval_str=True).parameters
    arguments = [
        CONDITIONS[parameter.annotation.__name__]() if name == "where" else ARGUMENTS.get(name, ["1", "2"])
        for name, parameter in parameters.items()
    ]
    pages = {"1": EMPTY, "2": EMPTY}
    assert await method(*arguments) == (pages if "page" in parameters else () if read == "list_dimensions" else {})


@pytest.mark.parametrize("role", BASES)
def test_every_attribute_of_every_record_is_absent_by_default(role: str) -> None:
    base, _, records = BASES[role]
    require_complete(base.lineage)
    assert base.lineage.keys() == set(records) == BY_ID[base.role].keys() | OTHER_RECORDS[base.role]
    assert not any(is_supported(base.lineage, record) for record in records)


def test_the_lineage_of_a_small_vendor_names_its_own_records_and_a_reason_for_the_rest() -> None:
    supported: Lineage = {CrmContact: build_origins(CrmContact, "people", {}, name="full_name")}
    lineage = complete_lineage(supported, CRM_RECORDS, "Acme keeps people only.")
    assert lineage[CrmContact] == {"name": Supplied("people", "full_name")}
    assert set(lineage[CrmAccount].values()) == {Unsupported("Acme keeps people only.")}
