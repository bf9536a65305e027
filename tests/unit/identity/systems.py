"""Small in-memory systems that implement a port, for tests of the card sync."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.canonical.records.erp import ErpCustomer, ErpJob, ErpLegalEntity
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaProject
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.ports.base import Capabilities, Changes, Finding

STAMP = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


class MemorySystem:
    """A system whose feeds are lists; a watermark is the number of rows sent. `broken` makes every feed fail."""

    api_version = "1"
    vendor = "memory"
    lineage: ClassVar[dict[type[Record], Any]] = {}
    capabilities = Capabilities(read_batch=10, parent_batch=10, page_cap=10, concurrency=1)

    def __init__(self, connection: str, role: SystemRole, rows: dict[type[Record], list[Record]]) -> None:
        self.connection = connection
        self.role = role
        self.rows = rows
        self.deleted: dict[type[Record], list[str]] = {}
        self.present: dict[type[Record], list[str]] = {}
        self.broken: SourceError | None = None
        self.page = 2

    @property
    def feeds(self) -> Sequence[type[Record]]:
        return list(self.rows)

    async def list_changes(self, kind: type[Record], watermark: str | None) -> AsyncIterator[Changes[Any]]:
        if self.broken is not None:
            raise self.broken
        sent = int(watermark or 0)
        rows = self.rows[kind]
        for start in range(sent, len(rows), self.page):
            page = tuple(rows[start : start + self.page])
            yield Changes(rows=page, watermark=str(start + len(page)))
        deleted = tuple(self.deleted.pop(kind, ()))
        if deleted:
            yield Changes(rows=(), deleted=deleted, watermark=str(len(rows)))
        if kind in self.present:
            yield Changes(rows=(), present=tuple(self.present.pop(kind)), watermark=str(len(rows)))

    async def find_by_reference(self, kind: type[Record], reference: str) -> Sequence[Any]:
        return [row for row in self.rows[kind] if reference in {value for _, value in row.references}]

    async def check(self) -> Sequence[Finding]:
        return []

    async def aclose(self) -> None:
        return None


def build_entity(code: str, region: str = "EU") -> ErpLegalEntity:
    return ErpLegalEntity(
        native=NativeId("erp", "company", code),
        code=code,
        name=f"Company {code}",
        country="NL",
        functional_currency="EUR",
        region=region,
        modified_at=STAMP,
    )


def build_account(native_id: str, name: str, number: str | None = None, **more: Any) -> CrmAccount:
    return CrmAccount(
        native=NativeId("crm", "Account", native_id), name=name, display_number=number, modified_at=STAMP, **more
    )


def build_customer(native_id: str, name: str, number: str | None = None, **more: Any) -> ErpCustomer:
    return ErpCustomer(
        native=NativeId("erp", "customer", native_id), name=name, number=number, modified_at=STAMP, **more
    )


def build_project(native_id: str, code: str, **more: Any) -> PsaProject:
    return PsaProject(
        native=NativeId("psa", "project", native_id), code=code, name=f"Project {code}", modified_at=STAMP, **more
    )


def build_job(native_id: str, code: str | None, **more: Any) -> ErpJob:
    return ErpJob(native=NativeId("erp", "job", native_id), code=code, modified_at=STAMP, **more)


def build_worker(native_id: str, number: str, **more: Any) -> HcmWorker:
    return HcmWorker(
        native=NativeId("hcm", "worker", native_id),
        worker_number=number,
        name="Somebody Particular",
        email=f"{number.lower()}@firm.example",
        modified_at=STAMP,
        **more,
    )


def build_opportunity(native_id: str, account_id: str, **more: Any) -> CrmOpportunity:
    return CrmOpportunity(
        native=NativeId("crm", "Opportunity", native_id),
        name=f"Deal {native_id}",
        account_id=account_id,
        stage="CLOSED_WON",
        modified_at=STAMP,
        **more,
    )
