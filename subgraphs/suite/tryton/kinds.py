"""The record kinds of the CRM, PSA and HCM roles."""

from collections.abc import Sequence
from typing import Any

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaClient, PsaProject, PsaTask, PsaTimeEntry, PsaUser
from gateway.errors import SourceError
from subgraphs.suite.tryton.domain import Domain, match_ids
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.reads import Kind, build_each, build_record
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, OPPORTUNITY, PARTY, WORK, RecordBuilder
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import AccountRow, EmployeeRow, LineRow, OpportunityRow, PartyRow, UserRow, WorkRow

Kinds = dict[type[Any], Kind[Any, Any]]

STAMPS = ("last_modified_at", "party.last_modified_at")
"""Change timestamps of a record whose name belongs to its party."""
PROJECTS: Domain = (["type", "=", "project"], ["parent", "=", None])
TIME: Domain = (["work.origin", "like", f"{WORK},%"],)


def build_crm_kinds(builder: RecordBuilder, mapping: TrytonMapping) -> Kinds:
    """Return the record kinds of the CRM role."""
    return {
        CrmAccount: Kind(
            model=PARTY,
            row=AccountRow,
            build=build_each(builder.build_account),
            domain=build_customer_domain(mapping),
            reference=match_field("code"),
            stamps=("last_modified_at", "addresses.last_modified_at"),
        ),
        CrmOpportunity: Kind(
            model=OPPORTUNITY,
            row=OpportunityRow,
            build=build_each(builder.build_opportunity),
            reference=match_field("reference"),
        ),
    }


def build_customer_domain(mapping: TrytonMapping) -> Domain:
    """Return the domain of customers: every party if the mapping file names no category."""
    return () if mapping.client_category is None else (["categories.name", "=", mapping.client_category],)


def build_psa_kinds(rest: RestClient, builder: RecordBuilder, mapping: TrytonMapping) -> Kinds:
    """Return the record kinds of the PSA role. A work without a parent is a project; every work below it is a task."""
    bracketed = match_bracketed_reference if mapping.bracketed_references else None
    return {
        PsaClient: Kind(
            model=PARTY,
            row=PartyRow,
            build=build_each(builder.build_client),
            domain=build_customer_domain(mapping),
            reference=match_field("code"),
        ),
        PsaUser: Kind(
            model=EMPLOYEE,
            row=UserRow,
            build=build_each(builder.build_user),
            reference=match_field("party.code"),
            stamps=STAMPS,
        ),
        PsaProject: Kind(
            model=WORK,
            row=WorkRow,
            build=build_each(builder.build_project),
            domain=PROJECTS,
            reference=match_field("number"),
        ),
        PsaTask: Kind(model=WORK, row=WorkRow, build=build_each(builder.build_task), domain=(["parent", "!=", None],)),
        PsaTimeEntry: Kind(
            model=LINE,
            row=LineRow,
            build=_TimeBuilder(rest, builder),
            domain=TIME,
            reference=bracketed,
        ),
    }


def build_hcm_kinds(builder: RecordBuilder) -> Kinds:
    """Return the record kinds of the HCM role."""
    reference = match_field("party.code")
    return {
        HcmWorker: Kind(
            model=EMPLOYEE, row=EmployeeRow, build=build_each(builder.build_worker), reference=reference, stamps=STAMPS
        )
    }


class _TimeBuilder:
    """Builds time entries. One more call reads the works, as REST does not read beyond `work.origin`."""

    def __init__(self, rest: RestClient, builder: RecordBuilder) -> None:
        self._rest = rest
        self._builder = builder

    async def __call__(self, rows: Sequence[LineRow]) -> Sequence[PsaTimeEntry | SourceError]:
        ids = {row.work_id for row in rows}
        found = await self._rest.search(WORK, WorkRow, (match_ids("id", sorted(ids)),)) if ids else []
        works = {str(work.id): work for work in found}
        return [self._build(row, works.get(row.work_id)) for row in rows]

    def _build(self, row: LineRow, work: WorkRow | None) -> PsaTimeEntry | SourceError:
        if work is None:
            return SourceError(FaultCode.CONTRACT_MISMATCH, "time booked for an unreadable work")
        return build_record(self._builder.build_time_entry, row, work)


def match_field(field: str) -> Any:
    """Return a function from a reference to the domain of records with that field value."""
    return lambda reference: ([field, "=", reference],)


def match_bracketed_reference(reference: str) -> Domain:
    """Return the domain of records whose description starts with the reference in brackets."""
    literal = "".join(f"\\{char}" if char in "%_\\" else char for char in reference)
    return (["description", "like", f"[{literal}]%"],)
