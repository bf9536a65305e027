"""The kinds of records that a connection reads."""

from collections.abc import Sequence
from typing import Any

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaClient, PsaProject, PsaTask, PsaTimeEntry, PsaUser
from gateway.errors import SourceError
from subgraphs.suite.tryton.domain import Domain, among
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.reads import Kind, attempt, each
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, OPPORTUNITY, PARTY, WORK, RecordBuilder
from subgraphs.suite.tryton.rest import Rest
from subgraphs.suite.tryton.wire import AccountRow, EmployeeRow, LineRow, OpportunityRow, PartyRow, UserRow, WorkRow

Kinds = dict[type[Any], Kind[Any, Any]]

STAMPS = ("last_modified_at", "party.last_modified_at")
"""What changes a record of which the party says the name."""
PROJECTS: Domain = (["type", "=", "project"], ["parent", "=", None])
TIME: Domain = (["work.origin", "like", f"{WORK},%"],)


def crm_kinds(builder: RecordBuilder, mapping: TrytonMapping) -> Kinds:
    """Return what is read of customers and deals."""
    return {
        CrmAccount: Kind(
            model=PARTY,
            row=AccountRow,
            build=each(builder.account),
            domain=customers_of(mapping),
            reference=by_field("code"),
            stamps=("last_modified_at", "addresses.last_modified_at"),
        ),
        CrmOpportunity: Kind(
            model=OPPORTUNITY, row=OpportunityRow, build=each(builder.opportunity), reference=by_field("reference")
        ),
    }


def customers_of(mapping: TrytonMapping) -> Domain:
    """Return the domain of customers: every party, where the mapping file names no category."""
    return () if mapping.client_category is None else (["categories.name", "=", mapping.client_category],)


def psa_kinds(rest: Rest, builder: RecordBuilder, mapping: TrytonMapping) -> Kinds:
    """Return what is read for projects. A project is a work at the top; everything below it, projects of their own included, is a task."""
    bracketed = by_bracket if mapping.bracketed_references else None
    return {
        PsaClient: Kind(
            model=PARTY,
            row=PartyRow,
            build=each(builder.client),
            domain=customers_of(mapping),
            reference=by_field("code"),
        ),
        PsaUser: Kind(
            model=EMPLOYEE, row=UserRow, build=each(builder.user), reference=by_field("party.code"), stamps=STAMPS
        ),
        PsaProject: Kind(
            model=WORK,
            row=WorkRow,
            build=each(builder.project),
            domain=PROJECTS,
            reference=by_field("number"),
        ),
        PsaTask: Kind(model=WORK, row=WorkRow, build=each(builder.task), domain=(["parent", "!=", None],)),
        PsaTimeEntry: Kind(
            model=LINE,
            row=LineRow,
            build=_TimeBuilder(rest, builder),
            domain=TIME,
            reference=bracketed,
        ),
    }


def hcm_kinds(builder: RecordBuilder) -> Kinds:
    """Return what is read of people."""
    reference = by_field("party.code")
    return {
        HcmWorker: Kind(model=EMPLOYEE, row=EmployeeRow, build=each(builder.worker), reference=reference, stamps=STAMPS)
    }


class _TimeBuilder:
    """Builds time entries: the works that lines are booked for come with one call more, as REST does not read beyond `work.origin`."""

    def __init__(self, rest: Rest, builder: RecordBuilder) -> None:
        self._rest = rest
        self._builder = builder

    async def __call__(self, rows: Sequence[LineRow]) -> Sequence[PsaTimeEntry | SourceError]:
        ids = {row.work_id for row in rows}
        found = await self._rest.search(WORK, WorkRow, (among("id", sorted(ids)),)) if ids else []
        works = {str(work.id): work for work in found}
        return [self._built(row, works.get(row.work_id)) for row in rows]

    def _built(self, row: LineRow, work: WorkRow | None) -> PsaTimeEntry | SourceError:
        if work is None:
            return SourceError(FaultCode.CONTRACT_MISMATCH, "time booked for a work that cannot be read")
        return attempt(self._builder.time_entry, row, work)


def by_field(field: str) -> Any:
    """Return what makes the domain of a reference that is a field's value."""
    return lambda reference: ([field, "=", reference],)


def by_bracket(reference: str) -> Domain:
    """Return the domain of a reference in brackets at the start of a description."""
    literal = "".join(f"\\{char}" if char in "%_\\" else char for char in reference)
    return (["description", "like", f"[{literal}]%"],)
