"""The record kinds of the CRM, PSA and HCM roles."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaClient, PsaProject, PsaTask, PsaTimeEntry, PsaUser
from gateway.ports.unreadable import collect_unreadable
from subgraphs.kit.failures import UnreadableValueError
from subgraphs.kit.record_mapping import RecordMapper, build_mappers
from subgraphs.suite.tryton.domain import Domain, match_ids
from subgraphs.suite.tryton.lineage import build_crm_lineage, build_hcm_lineage, build_psa_lineage
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.reads import Kind, build_each
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, OPPORTUNITY, PARTY, WORK, RecordBuilder
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import (
    AccountRow,
    EmployeeRow,
    LineRow,
    OpportunityRow,
    PartyRow,
    UserRow,
    WorkedRow,
    WorkRow,
)

Kinds = dict[type[Any], Kind[Any, Any]]

STAMPS = ("last_modified_at", "party.last_modified_at")
"""Change timestamps of a record whose name belongs to its party."""
PROJECTS: Domain = (["type", "=", "project"], ["parent", "=", None])
TIME: Domain = (["work.origin", "like", f"{WORK},%"],)


def build_crm_kinds(builder: RecordBuilder, mapping: TrytonMapping) -> Kinds:
    """Return the record kinds of the CRM role."""
    mappers = build_mappers(build_crm_lineage())
    return {
        CrmAccount: Kind(
            model=PARTY,
            row=AccountRow,
            build=build_each(mappers[CrmAccount], builder.build_account),
            domain=build_customer_domain(mapping),
            reference=match_field("code"),
            stamps=("last_modified_at", "addresses.last_modified_at"),
        ),
        CrmOpportunity: Kind(
            model=OPPORTUNITY,
            row=OpportunityRow,
            build=build_each(mappers[CrmOpportunity], builder.build_opportunity),
            reference=match_field("reference"),
        ),
    }


def build_customer_domain(mapping: TrytonMapping) -> Domain:
    """Return the domain of customers: every party if the mapping file names no category."""
    return () if mapping.client_category is None else (["categories.name", "=", mapping.client_category],)


def build_psa_kinds(rest: RestClient, builder: RecordBuilder, mapping: TrytonMapping) -> Kinds:
    """Return the record kinds of the PSA role. A work without a parent is a project; every work below it is a task."""
    mappers = build_mappers(build_psa_lineage())
    bracketed = match_bracketed_reference if mapping.bracketed_references else None
    return {
        PsaClient: Kind(
            model=PARTY,
            row=PartyRow,
            build=build_each(mappers[PsaClient], builder.build_client),
            domain=build_customer_domain(mapping),
            reference=match_field("code"),
        ),
        PsaUser: Kind(
            model=EMPLOYEE,
            row=UserRow,
            build=build_each(mappers[PsaUser], builder.build_user),
            reference=match_field("party.code"),
            stamps=STAMPS,
        ),
        PsaProject: Kind(
            model=WORK,
            row=WorkRow,
            build=build_each(mappers[PsaProject], builder.build_project),
            domain=PROJECTS,
            reference=match_field("number"),
        ),
        PsaTask: Kind(
            model=WORK,
            row=WorkRow,
            build=build_each(mappers[PsaTask], builder.build_task),
            domain=(["parent", "!=", None],),
        ),
        PsaTimeEntry: Kind(
            model=LINE,
            row=LineRow,
            build=_TimeBuilder(rest, builder, mappers[PsaTimeEntry]),
            domain=TIME,
            reference=bracketed,
        ),
    }


def build_hcm_kinds(builder: RecordBuilder) -> Kinds:
    """Return the record kinds of the HCM role."""
    mappers = build_mappers(build_hcm_lineage())
    reference = match_field("party.code")
    return {
        HcmWorker: Kind(
            model=EMPLOYEE,
            row=EmployeeRow,
            build=build_each(mappers[HcmWorker], builder.build_worker),
            reference=reference,
            stamps=STAMPS,
        )
    }


class _TimeBuilder:
    """Builds time entries. One more call reads the works, as REST does not read beyond `work.origin`."""

    def __init__(self, rest: RestClient, builder: RecordBuilder, mapper: RecordMapper[PsaTimeEntry]) -> None:
        self._rest = rest
        self._builder = builder
        self._mapper = mapper

    async def __call__(self, rows: Sequence[LineRow]) -> Sequence[PsaTimeEntry]:
        works = await read_works(self._rest, rows)
        return self._mapper.map_rows(rows, lambda row: self._builder.build_time_entry(row, find_work(works, row)))


async def read_works(rest: RestClient, rows: Sequence[WorkedRow]) -> Mapping[str, WorkRow]:
    """Return the works that time is booked for, by id; those that cannot be read are missing, and not reported."""
    ids = sorted({row.work_id for row in rows} - {""})
    with collect_unreadable():
        found = await rest.search_all(WORK, WorkRow, (match_ids("id", ids),)) if ids else []
    return {str(work.id): work for work in found}


def find_work(works: Mapping[str, WorkRow], row: WorkedRow) -> WorkRow:
    """Return the work that time is booked for. Raise SourceError(CONTRACT_MISMATCH) if it could not be read."""
    work = works.get(row.work_id)
    if work is None:
        raise UnreadableValueError("a reference to a readable work", row.work)
    return work


def match_field(field: str) -> Any:
    """Return a function from a reference to the domain of records with that field value."""
    return lambda reference: ([field, "=", reference],)


def match_bracketed_reference(reference: str) -> Domain:
    """Return the domain of records whose description starts with the reference in brackets."""
    literal = "".join(f"\\{char}" if char in "%_\\" else char for char in reference)
    return (["description", "like", f"[{literal}]%"],)
